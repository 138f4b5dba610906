const { mkdirSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const base = require('./jest.config.js');
const { createBundle } = require('./harness/engine/bundle.cjs');

const ENGINE_TESTS = join(__dirname, 'test/engine');
const BUNDLES = join(__dirname, '.tmp/bundles');

/** Writes one test file for each folder of engine tests. n8n's linter would read a .ts. */
function writeBundles() {
	rmSync(BUNDLES, { recursive: true, force: true });
	mkdirSync(BUNDLES, { recursive: true });
	for (const folder of readdirSync(ENGINE_TESTS)) {
		const names = readdirSync(join(ENGINE_TESTS, folder)).filter((name) =>
			name.endsWith('.test.ts'),
		);
		const paths = names.map((name) => join(ENGINE_TESTS, folder, name));
		writeFileSync(join(BUNDLES, `${folder}.test.mts`), createBundle(paths));
	}
}

writeBundles();

/**
 * For `npm test` and `npm run test:compat`: all tests, with the engine tests of a folder in one file.
 * Jest loads n8n's engine anew for each file, which takes as long as the tests themselves.
 * @type {import('jest').Config}
 */
module.exports = {
	...base,
	testMatch: ['<rootDir>/test/{unit,campaigns}/**/*.test.ts', '<rootDir>/.tmp/bundles/*.test.mts'],
};
