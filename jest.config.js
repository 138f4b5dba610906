const { availableParallelism } = require('node:os');

const toCommonJs = [
	'@swc/jest',
	{
		jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
		module: { type: 'commonjs' },
		swcrc: false,
	},
];

// What n8n-core 2.0 requires although they are ES modules: Node 20.19 can do that, Jest cannot.
const ESM_ONLY = '/node_modules/(p-retry|is-network-error)/';

/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	// Most take milliseconds; machines that do other work as well take their time.
	testTimeout: 30_000,
	// Three even on two cores: some tests wait for a deadline.
	maxWorkers: Math.max(3, availableParallelism() - 1),
	setupFiles: ['reflect-metadata'],
	testMatch: ['<rootDir>/test/{unit,engine,campaigns}/**/*.test.ts'],
	// Costly tests are small here, and whole in jest.campaigns.config.js.
	globals: { IS_FULL_SCALE: false },
	// A whole n8n may be installed there, other engines, and another one's data.
	modulePathIgnorePatterns: [
		'<rootDir>/harness/n8n/',
		'<rootDir>/test/e2e/',
		'<rootDir>/test/compat/',
		'<rootDir>/.n8n-data/',
	],
	moduleFileExtensions: ['ts', 'mts', 'js', 'mjs', 'cjs', 'json', 'node'],
	transform: { '^.+\\.m?ts$': toCommonJs, [`${ESM_ONLY}.+\\.js$`]: toCommonJs },
	transformIgnorePatterns: [`/node_modules/(?!${ESM_ONLY.replace('/node_modules/', '')})`],
};
