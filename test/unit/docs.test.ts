import { hasTest, listGuarantees, listMissingFiles } from '../support/docs.mts';

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

	it('names only files that exist in the architecture', () => {
		expect(listMissingFiles('docs/development/architecture.md', FOLDERS)).toEqual([]);
	});
});
