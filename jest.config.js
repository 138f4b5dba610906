/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	setupFiles: ['reflect-metadata'],
	testMatch: ['<rootDir>/test/{unit,engine}/**/*.test.ts'],
	// A whole n8n may be installed there, and another one's data.
	modulePathIgnorePatterns: ['<rootDir>/test/e2e/', '<rootDir>/.n8n-data/'],
	moduleFileExtensions: ['ts', 'mts', 'js', 'mjs', 'cjs', 'json', 'node'],
	transform: {
		'^.+\\.m?ts$': [
			'@swc/jest',
			{
				jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
				module: { type: 'commonjs' },
				swcrc: false,
			},
		],
	},
};
