const { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const base = require('./jest.config.js');
const { createBundle } = require('./harness/engine/bundle.cjs');

const BUNDLES = join(__dirname, '.tmp/bundles');

/** How many bundles the tests of a folder become: some for each worker, since many tests only wait. */
const COUNTS = { engine: 4, campaigns: 2, unit: 3 };

/** Distributes files so that the bundles have about as much source. The largest files come first. */
function distribute(paths, count) {
	const bundles = Array.from({ length: count }, () => ({ size: 0, paths: [] }));
	const files = paths.map((path) => ({ path, size: statSync(path).size }));
	for (const { path, size } of files.sort((left, right) => right.size - left.size)) {
		const [smallest] = bundles.sort((left, right) => left.size - right.size);
		smallest.size += size;
		smallest.paths.push(path);
	}
	return bundles.map((bundle) => bundle.paths.sort());
}

/** Writes the test files that run the others. n8n's linter would read a .ts. */
function writeBundles() {
	rmSync(BUNDLES, { recursive: true, force: true });
	mkdirSync(BUNDLES, { recursive: true });
	for (const [name, count] of Object.entries(COUNTS)) {
		const folder = join(__dirname, 'test', name);
		const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
			.filter((path) => path.endsWith('.test.ts'))
			.map((path) => join(folder, path));
		distribute(paths, count).forEach((bundle, index) => {
			writeFileSync(join(BUNDLES, `${name}-${index + 1}.test.mts`), createBundle(bundle));
		});
	}
}

writeBundles();

/**
 * For `npm test`, `test:unit` and `test:compat`: all tests, many of them in one file. Jest loads n8n's
 * modules anew for each file, which takes as long as the tests themselves.
 * @type {import('jest').Config}
 */
module.exports = { ...base, testMatch: ['<rootDir>/.tmp/bundles/*.test.mts'] };
