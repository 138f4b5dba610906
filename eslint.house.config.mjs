/**
 * The second half of `npm run lint`. n8n's own linter (eslint.config.mjs, which has to equal n8n's
 * template) reads every .ts file but no .mts, without types, and knows no folder of this
 * repository. Here are the rules with types for everything that is not published, and for all code
 * which folder may import which.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const ROOT = import.meta.dirname;
const ACTIONS = 'nodes/CakeConversions/actions';

/** The files of one folder without its subfolders, and with them. */
const files = (folder) => `${folder}/*`;
const tree = (folder) => `${folder}/**`;

/** What may import what: [importing files, files they may import besides those]. */
const FLOORS = [
	// CAKE's API knows nothing of the nodes.
	[tree('nodes/cake')],
	[files('nodes/cake')],
	[tree('nodes/cake/transport'), files('nodes/cake')],
	[tree('nodes/cake/paging'), files('nodes/cake')],
	[
		tree('nodes/cake/conversions'),
		files('nodes/cake'),
		tree('nodes/cake/transport'),
		tree('nodes/cake/paging'),
	],
	[tree('nodes/cake/directory'), files('nodes/cake'), tree('nodes/cake/transport')],
	[
		tree('nodes/cake/account'),
		files('nodes/cake'),
		tree('nodes/cake/transport'),
		tree('nodes/cake/paging'),
		tree('nodes/cake/conversions'),
		tree('nodes/cake/directory'),
	],
	[tree('credentials'), tree('nodes/cake')],

	[tree('nodes/shared'), tree('nodes/cake')],
	[tree('nodes/CakeConversionsTrigger'), tree('nodes/shared'), tree('nodes/cake')],
	[tree('nodes/CakePostbackTrigger'), tree('nodes/shared'), tree('nodes/cake')],
	[tree('nodes/CakeConversions'), tree('nodes/shared'), tree('nodes/cake')],
	[tree('nodes/CakeConversions/items'), tree(ACTIONS), tree('nodes/shared'), tree('nodes/cake')],
	[files(ACTIONS), tree('nodes/shared'), tree('nodes/cake')],
	// No operation imports another one.
	...foldersIn(ACTIONS).map((operation) => [
		tree(operation),
		files(ACTIONS),
		tree('nodes/shared'),
		tree('nodes/cake'),
	]),

	// The sandbox stands alone, so that it can be copied out of here.
	[tree('sandbox')],
	[tree('sandbox/account')],
	[tree('sandbox/protocol'), tree('sandbox/account')],
	[tree('sandbox/faults'), tree('sandbox/protocol'), tree('sandbox/account')],
	[tree('sandbox/http'), tree('sandbox/faults'), tree('sandbox/protocol'), tree('sandbox/account')],
	[
		tree('sandbox/page'),
		tree('sandbox/http'),
		tree('sandbox/faults'),
		tree('sandbox/protocol'),
		tree('sandbox/account'),
	],

	[tree('harness'), tree('sandbox')],
	[tree('harness/engine'), tree('sandbox')],
	[tree('harness/server'), tree('sandbox')],
	[tree('scripts'), tree('harness'), tree('sandbox')],
];

function foldersIn(folder) {
	return readdirSync(join(ROOT, folder), { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => `${folder}/${name}`);
}

/** Forbids a floor everything in the repository that it may not import. */
function toZone([target, ...mayImport]) {
	for (const pattern of [target, ...mayImport]) {
		// A zone for a folder that moved away would forbid nothing, and nobody would notice.
		const folder = pattern.replace(/\/[^/]*$/, '');
		if (!existsSync(join(ROOT, folder))) throw new Error(`No folder ${folder}: see FLOORS`);
	}
	return {
		target,
		from: '**/*',
		except: [target, ...mayImport, 'node_modules/**'].map((pattern) => join(ROOT, pattern)),
		message: `${target} may import ${mayImport.join(', ') || 'nothing else'}.`,
	};
}

/** Rules with types for published code too, which n8n's linter reads without types. */
const WITH_TYPES = {
	eqeqeq: 'error',
	'@typescript-eslint/await-thenable': 'error',
	'@typescript-eslint/consistent-type-imports': 'error',
	'@typescript-eslint/no-floating-promises': 'error',
	'@typescript-eslint/no-misused-promises': 'error',
	'@typescript-eslint/no-unnecessary-type-assertion': 'error',
	'@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
	'@typescript-eslint/switch-exhaustiveness-check': [
		'error',
		{ considerDefaultExhaustiveForUnions: true },
	],
};

const readTypes = (project) => ({ parserOptions: { project, tsconfigRootDir: ROOT } });

export default defineConfig(
	globalIgnores(['dist', 'coverage', '.tmp', '.n8n-data', '**/node_modules']),
	// The .ts files also have directives for n8n's rules, which are unknown here.
	{ linterOptions: { reportUnusedDisableDirectives: 'off' } },
	{ files: ['**/*.mts'], linterOptions: { reportUnusedDisableDirectives: 'error' } },

	{
		files: ['**/*.ts', '**/*.mts'],
		plugins: { 'import-x': importX },
		languageOptions: { parser: tseslint.parser },
		settings: {
			...importX.flatConfigs.typescript.settings,
			'import-x/resolver-next': [
				createTypeScriptImportResolver({ project: join(ROOT, 'tsconfig.dev.json') }),
			],
		},
		rules: {
			'import-x/no-cycle': 'error',
			'import-x/no-duplicates': 'error',
			'import-x/no-restricted-paths': ['error', { basePath: ROOT, zones: FLOORS.map(toZone) }],
			'import-x/no-self-import': 'error',
			// What cannot be resolved would pass the two rules above.
			'import-x/no-unresolved': 'error',
			'import-x/no-useless-path-segments': 'error',
		},
	},
	{
		files: ['nodes/cake/**/*.ts'],
		rules: {
			'no-restricted-imports': [
				'error',
				{
					patterns: [
						{
							regex: '^(?!\\.|n8n-workflow$|luxon$)',
							message: 'nodes/cake uses no package but n8n-workflow and luxon.',
						},
					],
				},
			],
		},
	},

	{
		files: ['nodes/**/*.ts', 'credentials/**/*.ts'],
		plugins: { '@typescript-eslint': tseslint.plugin },
		languageOptions: readTypes('./tsconfig.json'),
		rules: WITH_TYPES,
	},
	{
		files: ['**/*.mts', 'test/**/*.ts'],
		extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
		languageOptions: readTypes('./tsconfig.dev.json'),
		rules: {
			...WITH_TYPES,
			'no-console': 'error',
			'no-else-return': 'error',
			'no-param-reassign': 'error',
			'no-self-compare': 'error',
			'no-template-curly-in-string': 'error',
			'no-unreachable-loop': 'error',
			'object-shorthand': 'error',
			'@typescript-eslint/array-type': ['error', { default: 'array-simple' }],
			'@typescript-eslint/consistent-type-exports': 'error',
			'@typescript-eslint/no-deprecated': 'error',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-import-type-side-effects': 'error',
			'@typescript-eslint/no-non-null-assertion': 'error',
			'@typescript-eslint/no-shadow': 'error',
			'@typescript-eslint/no-unnecessary-boolean-literal-compare': 'error',
			'@typescript-eslint/no-unnecessary-template-expression': 'error',
			// A member is left out of an object by naming it beside the rest.
			'@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
			'@typescript-eslint/use-unknown-in-catch-callback-variable': 'error',

			// TypeScript knows the globals.
			'no-undef': 'off',
			// The sandbox looks for control characters.
			'no-control-regex': 'off',
			// The members of CAKE's rows are unknown, and what they are as text is what is wanted.
			'@typescript-eslint/no-base-to-string': 'off',
			// n8n's interfaces want a promise of many a function that has nothing to wait for.
			'@typescript-eslint/require-await': 'off',
			// Objects made of closures, taken apart: none of them has a `this`.
			'@typescript-eslint/unbound-method': 'off',
		},
	},
	{
		files: ['test/**/*.ts'],
		rules: {
			// `await null` lets one turn of the event loop's promises pass.
			'@typescript-eslint/await-thenable': 'off',
			// What Jest's expect.any() and its like give is any.
			'@typescript-eslint/no-unsafe-assignment': 'off',
		},
	},
);
