import type { IDataObject } from 'n8n-workflow';

import type { Grouping } from '../../nodes/cake/conversions/totals';
import type { CakeCall } from '../../nodes/cake/transport/call';
import type { CakeClient } from '../../nodes/cake/transport/client';
import { RateLimiter } from '../../nodes/cake/transport/rateLimiter';
import { Semaphore } from '../../nodes/cake/transport/semaphore';
import type { Session } from '../../nodes/CakeConversions/actions/operation';
import { query } from '../../nodes/CakeConversions/actions/query/query.operation';
import { totals } from '../../nodes/CakeConversions/actions/totals/totals.operation';
import { formatRow, SPECIFIED } from '../../sandbox/protocol/answer.mts';
import { startSandbox, type Sandbox } from '../../sandbox/server.mts';
import { inWords, note } from './support/figures.mts';
import { measureHeap } from '../support/garbage.mts';
import { chooseCount } from '../support/scale.mts';

const ROWS = chooseCount(20_000, 100_000);
/** In a small list, what a read takes for any list weighs more. One that kept its rows would be at 1. */
const LARGEST_SHARE = chooseCount(0.8, 0.5);
const pageSize = 500;
const groupings: Grouping[] = ['day', 'offer'];
/** The last page but one. What a read keeps of rows stays until it has ended. */
const LATE_PAGE = ROWS / pageSize;

const selection = { range: { startDate: '2024-01-01', endDate: '2024-01-31' }, filters: {} };

/**
 * A session with a client that gives the account's rows, parsed from text as those of a server.
 * @returns also the memory that the read had added when it asked for its last page but one
 */
function createSession({ account }: Sandbox) {
	const list = account.select({ from: 0, to: Number.MAX_SAFE_INTEGER });
	const measured = { pages: 0, before: 0, added: 0 };
	const client = {
		async send<T>({ parameters, read }: CakeCall<T>): Promise<T> {
			if (measured.pages === 0) measured.before = measureHeap();
			if (++measured.pages === LATE_PAGE) measured.added = measureHeap() - measured.before;
			const first = Number(parameters.start_at_row) - 1;
			const rows = list.slice(first, first + Number(parameters.row_limit));
			const texts = rows.map((row) => formatRow(row, SPECIFIED, account));
			await null;
			const reply = `{"total_rows":${ROWS},"conversions":[${texts.join()}]}`;
			return read(JSON.parse(reply) as IDataObject);
		},
	};
	const session: Session = {
		client: client as unknown as CakeClient,
		semaphore: new Semaphore(20),
		rateLimiter: new RateLimiter(),
		retries: 0,
		remainingMs: () => 60_000,
		hint() {},
	};
	return { session, measured };
}

const inMegabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

describe('totals of many conversions', () => {
	it('equal exact sums, in at most half of the memory that the rows add', async () => {
		const sandbox = await startSandbox({ rows: ROWS, days: 20 });
		await sandbox.close();
		const wanted = { ...selection, pageSize };
		const grouped = { ...wanted, groupings };
		const ofTotals = createSession(sandbox);
		const start = performance.now();
		const report = await totals.perform(grouped, ofTotals.session);
		const seconds = (performance.now() - start) / 1000;
		const ofQuery = createSession(sandbox);
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
