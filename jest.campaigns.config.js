const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const base = require('./jest.config.js');

/** The tests in a folder that are costly, and so let test/support/scale.mts choose their size. */
function listScaledTests(folder) {
	return readdirSync(join(__dirname, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.test.ts'))
		.map((file) => join(folder, file))
		.filter((file) => readFileSync(join(__dirname, file), 'utf8').includes('support/scale.mts'))
		.map((file) => `<rootDir>/${file}`);
}

/**
 * For `npm run test:campaigns`: costly tests at full size, and the tests of what only developers run.
 * @type {import('jest').Config}
 */
module.exports = {
	...base,
	// A fresh process for each file: what one leaves to the garbage would distort what another measures.
	workerIdleMemoryLimit: '1MB',
	globals: { IS_FULL_SCALE: true },
	// These print a table of figures when the run is over.
	globalSetup: '<rootDir>/test/campaigns/support/global-setup.ts',
	globalTeardown: '<rootDir>/test/campaigns/support/global-teardown.ts',
	testMatch: [
		'<rootDir>/test/{campaigns,tools}/**/*.test.ts',
		...listScaledTests('test/unit'),
		...listScaledTests('test/engine'),
	],
};
