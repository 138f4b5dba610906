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

describe('Query Conversions under faults', () => {
	it(
		'gives every row that stayed in a changing list of 20,000, once',
		async () => {
			const result = await queryUnderFaults({
				rows: 20_000,
				order: 'newest',
				seed: 19,
				pageSize: 500,
			});
			const { stayed, missing, repeated, inserted, changed } = result;
			note({
				place: 6,
				campaign: 'Query of 20,000 rows that change meanwhile',
				mustHold: 'every row that stayed in the list, once',
				measured: `${inWords(stayed - missing.length)} of ${inWords(stayed)} rows, ${repeated.length} twice (${inserted} inserted, ${changed} changed)`,
				seconds: result.seconds,
			});
			expectEveryRowOnce(result);
			expect(stayed).toBe(20_000);
			expect(result.run.hints.filter(({ type }) => type === 'warning')).toEqual([]);
		},
		LIMIT_MS,
	);

	it.each(['newest', 'oldest', 'shuffled'] as const)(
		'gives every row that kept its status while others leave and join the list, once (%s)',
		async (order) => {
			const result = await queryUnderFaults({
				rows: 4_000,
				order,
				seed: 23,
				pageSize: 50,
				status: 'approved',
			});
			expectEveryRowOnce(result);
			expect(result.stayed).toBeGreaterThan(1_000);
		},
		LIMIT_MS,
	);
});
