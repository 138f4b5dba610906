import { CASES, TEXTS } from '../../nodes/shared/failureTexts';
import type { Failure } from '../../nodes/shared/failures';
import { URL_BLOCK } from '../../nodes/CakePostbackTrigger/urlBlock';
import {
	countLines,
	hasTest,
	listAnchors,
	listBrokenLinks,
	listBrokenSamples,
	listCurlCommands,
	listDocuments,
	listGuarantees,
	listJsonSamples,
	listLinkedAnchors,
	listMissingFiles,
	listMissingScripts,
	listRecipes,
	readSection,
	readText,
} from '../support/docs.mts';
import { readExampleNames, readNoteTitles } from '../support/examples.mts';

/** Where the documents leave out the beginning of a path. */
const FOLDERS = [
	'.',
	'nodes/CakeConversions',
	'nodes/CakeConversionsTrigger',
	'nodes/CakePostbackTrigger',
	'nodes/shared',
	'nodes/cake',
	'nodes/cake/transport',
	'nodes/cake/paging',
	'nodes/CakeConversions/actions/record',
	'nodes/CakeConversions/actions/reconcile',
	'credentials',
	'nodes/CakeConversions/items',
];

describe('the documents for developers', () => {
	it('names an existing test for each guarantee', () => {
		const guarantees = listGuarantees();
		expect(guarantees.length).toBeGreaterThan(40);
		const broken = guarantees.filter(({ file, title }) => !hasTest(file, title));
		expect(broken.map(({ line }) => line)).toEqual([]);
	});

	it.each(['docs/development/architecture.md', 'CONTRIBUTING.md'])(
		'names only files that exist in %s',
		(document) => {
			expect(listMissingFiles(document, FOLDERS)).toEqual([]);
		},
	);

	it('names only npm scripts that exist, in the workflows of CI too', () => {
		const documents = listDocuments();
		expect(documents).toEqual(
			expect.arrayContaining(['.ci/run', '.github/workflows/ci.yml', 'CONTRIBUTING.md']),
		);
		const missing = documents.flatMap((document) =>
			listMissingScripts(document).map((script) => `${document}: npm run ${script}`),
		);
		expect(missing).toEqual([]);
	});

	it('links only to files and headings that exist', () => {
		const broken = listDocuments().flatMap((document) =>
			listBrokenLinks(document).map((target) => `${document}: ${target}`),
		);
		expect(broken).toEqual([]);
	});
});

/** The kinds of failure that have no text in `TEXTS`. The type makes the list complete. */
const OTHER_KINDS: Record<Exclude<Failure['kind'], keyof typeof TEXTS>, true> = {
	invalidValue: true,
	limitExceeded: true,
	nodeDefect: true,
	notConfigured: true,
	stopped: true,
};

describe('the documents for users', () => {
	it('shows the same to paste into CAKE as the postback trigger', () => {
		expect(readText('docs/postback-trigger.md')).toContain(`\n   ${URL_BLOCK}\n`);
	});

	it('keeps the README to 200 lines', () => {
		expect(countLines('README.md')).toBeLessThanOrEqual(200);
	});

	it('has every heading of the README that the nodes and the credential link to', () => {
		const linked = listLinkedAnchors();
		expect(linked.length).toBeGreaterThan(0);
		expect(listAnchors('README.md')).toEqual(expect.arrayContaining(linked));
	});

	it('shows only JSON that can be parsed', () => {
		const documents = listDocuments();
		expect(documents.flatMap(listJsonSamples).length).toBeGreaterThan(10);
		expect(documents.flatMap(listBrokenSamples)).toEqual([]);
	});

	it('has a recipe for each example, which has its number and title in n8n, too', () => {
		const recipes = listRecipes();
		const names = recipes.map(({ name, title }, i) => [`${name}.json`, `${i + 1}. ${title}`]);
		expect(readExampleNames()).toEqual(new Map(names as Array<[string, string]>));
		for (const { name, title } of recipes) expect(readNoteTitles(`${name}.json`)).toEqual([title]);
	});

	it.each(['docs/recipes/crm-deal-won.md', 'docs/recipes/refund-reject.md'])(
		'shows one command in %s, without a sign that a shell changes',
		(document) => {
			const commands = listCurlCommands(document);
			expect(commands).toHaveLength(1);
			for (const word of commands.flat()) expect(word).toMatch(/^(-d|[A-Za-z]+=[\w.:-]+)$/);
		},
	);

	it.each([...Object.keys(TEXTS), ...Object.keys(CASES), ...Object.keys(OTHER_KINDS)])(
		'explains the failure %s under a heading of its own',
		(name) => {
			expect(readSection('docs/failures.md', name)).toBeDefined();
		},
	);

	it.each(
		Object.entries({ ...TEXTS, ...CASES }).flatMap(([name, { message }]) =>
			typeof message === 'string' ? [[name, message]] : [],
		),
	)('explains the failure %s with its message: %s', (name, message) => {
		expect(readSection('docs/failures.md', name)).toContain(message);
	});
});
