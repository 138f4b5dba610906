import type { Grouping } from '../../nodes/cake/conversions/totals';
import { query } from '../../nodes/CakeConversions/actions/query/query.operation';
import { totals } from '../../nodes/CakeConversions/actions/totals/totals.operation';
import { startSandbox } from '../../sandbox/server.mts';
import { inWords, note } from './support/figures.mts';
import { createListSession, inMegabytes, PAGE_SIZE } from './support/list-session.mts';
import { chooseCount } from '../support/scale.mts';

const ROWS = chooseCount(20_000, 100_000);
/** In a small list, what a read takes for any list weighs more. One that kept its rows would be at 1. */
const LARGEST_SHARE = chooseCount(0.8, 0.5);
const pageSize = PAGE_SIZE;
const groupings: Grouping[] = ['day', 'offer'];
const selection = { range: { startDate: '2024-01-01', endDate: '2024-01-31' }, filters: {} };

describe('totals of many conversions', () => {
	it('equal exact sums, in at most half of the memory that the rows add', async () => {
		const sandbox = await startSandbox({ rows: ROWS, days: 20 });
		await sandbox.close();
		const wanted = { ...selection, pageSize };
		const grouped = { ...wanted, groupings };
		const ofTotals = createListSession(sandbox);
		const start = performance.now();
		const report = await totals.perform(grouped, ofTotals.session);
		const seconds = (performance.now() - start) / 1000;
		const ofQuery = createListSession(sandbox);
		const rows = await query.perform({ ...wanted, startAtRow: 1 }, ofQuery.session);
		const share = ofTotals.measured.added / ofQuery.measured.added;
		const [less, more] = [ofTotals, ofQuery].map(({ measured }) => inMegabytes(measured.added));
		note({
			place: 10,
			campaign: `Totals of ${inWords(ROWS)} conversions by day and offer`,
			mustHold: 'equal to exact sums; ≤ 0.5 of the memory that the rows add',
			measured: `${report.groups.length} totals; ${less}, the rows ${more}: ${share.toFixed(2)}`,
			seconds,
		});

		expect(rows).toHaveLength(ROWS);
		for (const member of ['payout', 'revenue'] as const) {
			const cents = rows.reduce((sum, { row }) => sum + Math.round(Number(row[member]) * 100), 0);
			const sums = totals.toRows(report, grouped);
			expect(sums.reduce((sum, one) => sum + Math.round(Number(one[member]) * 100), 0)).toBe(cents);
		}
		expect(share).toBeLessThanOrEqual(LARGEST_SHARE);
	}, 120_000);
});
