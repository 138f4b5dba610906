import { listIds, Poller } from '../../../harness/engine/poller.mts';
import { startSandbox } from '../../../sandbox/server.mts';

const ROWS = 10_000;
/** Each page repeats the last row of the page before. */
const ROWS_PER_PAGE = 499;

/** Publishes the trigger on an account of rejected conversions, and polls once. */
async function poll(rows: number) {
	const sandbox = await startSandbox({ rows, days: 20, latencyMs: 50 });
	try {
		const { account, counters } = sandbox;
		for (const id of account.conversions.keys()) account.setStatus(id, 'rejected');
		const credential = { baseUrl: sandbox.url, apiKey: sandbox.apiKey };
		const poller = await new Poller({ credential }).publish();
		sandbox.reset();
		const { conversionId } = account.addConversion({ status: 'rejected' });
		expect(listIds(await poller.tick())).toEqual([conversionId]);
		expect(counters.refusedParameters).toEqual([]);
		const memory = JSON.stringify(poller.memory).length;
		return { requests: counters.requests, atOnce: counters.maxInFlight, memory };
	} finally {
		await sandbox.close();
	}
}

describe('a poll of 10,000 rejected conversions', () => {
	it('polls 10,000 rejected conversions with one request a page and 3 bytes of memory each', async () => {
		const small = await poll(100);
		const large = await poll(ROWS);
		expect(small.requests).toBe(1);
		expect(large.requests).toBeLessThanOrEqual(Math.ceil((ROWS + 1) / ROWS_PER_PAGE) + 1);
		expect(large.atOnce).toBeLessThanOrEqual(8);
		expect(large.memory - small.memory).toBeLessThan(3 * (ROWS - 100));
	}, 60_000);
});
