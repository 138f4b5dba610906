import { chooseCount } from '../support/scale.mts';
import { inWords, LIMIT_MS, runCampaign } from './support/figures.mts';
import { type PagingResult, queryUnderFaults } from './support/paging.mts';

const ROWS = chooseCount(1_000, 20_000);
const PAGE_SIZE = chooseCount(25, 500);

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
		'gives every row that stayed in a changing list, once',
		async () => {
			const result = await runCampaign(
				{
					place: 6,
					campaign: `Query of ${inWords(ROWS)} rows that change meanwhile`,
					mustHold: 'every row that stayed in the list, once',
				},
				async () =>
					await queryUnderFaults({ rows: ROWS, order: 'newest', seed: 19, pageSize: PAGE_SIZE }),
				({ stayed, missing, repeated, inserted, changed }) =>
					`${inWords(stayed - missing.length)} of ${inWords(stayed)} rows, ${repeated.length} twice (${inserted} inserted, ${changed} changed)`,
			);
			expectEveryRowOnce(result);
			expect(result.stayed).toBe(ROWS);
			expect(result.run.hints.filter(({ type }) => type === 'warning')).toEqual([]);
		},
		LIMIT_MS,
	);

	it.each(['newest', 'oldest', 'shuffled'] as const)(
		'gives every row that kept its status while others leave and join the list, once (%s)',
		async (order) => {
			const rows = chooseCount(1_000, 4_000);
			const result = await queryUnderFaults({
				rows,
				order,
				seed: 23,
				pageSize: chooseCount(20, 50),
				status: 'approved',
			});
			expectEveryRowOnce(result);
			expect(result.stayed).toBeGreaterThan(rows / 4);
		},
		LIMIT_MS,
	);
});
