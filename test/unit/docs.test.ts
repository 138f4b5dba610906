import {
	hasTest,
	listBrokenLinks,
	listDocuments,
	listGuarantees,
	listMissingFiles,
	listMissingScripts,
} from '../support/docs.mts';

/** Where the documents leave out the beginning of a path. */
const FOLDERS = [
	'.',
	'nodes/CakeConversions',
	'nodes/CakeConversionsTrigger',
	'nodes/shared',
	'nodes/cake',
	'nodes/cake/transport',
	'nodes/cake/paging',
	'nodes/CakeConversions/actions/record',
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

	it('links only to files that exist', () => {
		const broken = listDocuments().flatMap((document) =>
			listBrokenLinks(document).map((target) => `${document}: ${target}`),
		);
		expect(broken).toEqual([]);
	});
});
