import { inWords, note } from './support/figures.mts';
import { type PagingResult, queryUnderFaults } from './support/paging.mts';

const LIMIT_MS = 600_000;

function expectEveryRowOnce(result: PagingResult): void {
	const { run, missing, repeated, refusedParameters } = result;
	expect(run.error).toBeUndefined();
	expect({ missing, repeated, refusedParameters }).toEqual({
		missing: [],
		repeated: [],
		refusedParameters: [],
	});
	expect(result.inserted).toBeGreaterThan(5);
	expect(result.changed).toBeGreaterThan(5);
}

describe('a list of 20,000 rows that changes while it is read, and CAKE fails in every way', () => {
	it(
		'gives every row that was there throughout, once',
		async () => {
			const result = await queryUnderFaults({
				rows: 20_000,
				order: 'newest',
				seed: 19,
				pageSize: 500,
			});
			const { throughout, missing, repeated, inserted, changed } = result;
			note({
				place: 6,
				campaign: 'Query of 20,000 rows that change meanwhile',
				mustHold: 'every row that was there throughout, once',
				measured: `${inWords(throughout - missing.length)} of ${inWords(throughout)} rows, ${repeated.length} twice (${inserted} inserted, ${changed} changed)`,
				seconds: result.seconds,
			});
			expectEveryRowOnce(result);
			expect(throughout).toBe(20_000);
			expect(result.run.hints.filter(({ type }) => type === 'warning')).toEqual([]);
		},
		LIMIT_MS,
	);

	it.each(['newest', 'oldest', 'shuffled'] as const)(
		'gives every row that kept its status, though others leave and join the list (%s)',
		async (order) => {
			const result = await queryUnderFaults({
				rows: 4_000,
				order,
				seed: 23,
				pageSize: 50,
				status: 'approved',
			});
			expectEveryRowOnce(result);
			expect(result.throughout).toBeGreaterThan(1_000);
		},
		LIMIT_MS,
	);
});
