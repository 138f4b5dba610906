import { useCake } from '../../support/cake.mts';
import { fromItems, sale } from '../../support/sales.mts';
import { SlowClock } from '../../support/slow-clock.mts';

const ROWS = 600;
const ITEMS = 200;

/** The node takes a break after 20 ms of work. The rest is for what n8n does in between. */
const LONGEST_BLOCK_MS = 60;

const cake = useCake({ rows: ROWS, days: 20 });
const clock = new SlowClock().use();
const all = { dateRange: 'last30Days', returnAll: true };
const sales = () => cake.account.freshClicks(ITEMS).map((click) => sale(click));

/** The node asked for each of so many pieces of work, and never worked for long between two turns. */
function expectFreeLoop(pieces: number): void {
	expect(clock.readings).toBeGreaterThanOrEqual(pieces);
	expect(clock.longestBlockMs).toBeLessThanOrEqual(LONGEST_BLOCK_MS);
}

describe('n8n’s event loop', () => {
	it('stays free while items are checked', async () => {
		const items = [...sales(), { clickId: '', offerId: 1 }];
		const run = await cake.record(fromItems, { items });
		expect(run.error?.message).toContain("'Click ID' is empty");
		expect(cake.requests).toBe(0);
		expectFreeLoop(ITEMS);
	});

	it('stays free while the items of a dry run are put out', async () => {
		const options = { dryRun: true };
		const run = await cake.record({ ...fromItems, options }, { items: sales() });
		expect(run.items).toHaveLength(ITEMS);
		expectFreeLoop(2 * ITEMS);
	});

	it('stays free while the rows of a query are put out', async () => {
		const run = await cake.query({ ...all, options: { pageSize: 100 } });
		expect(run.items).toHaveLength(ROWS);
		expectFreeLoop(ROWS);
	});

	it('stays free while names are added', async () => {
		const run = await cake.query({ ...all, options: { addNames: true } });
		expect(run.items).toHaveLength(ROWS);
		expectFreeLoop(2 * ROWS);
	});
});
