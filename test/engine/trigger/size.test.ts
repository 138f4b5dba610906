import { inWords, note } from '../../campaigns/support/figures.mts';
import { listIds, Poller } from '../../../harness/engine/poller.mts';
import { startSandbox, type Sandbox } from '../../../sandbox/server.mts';

const ROWS = 10_000;
const LATENCY_MS = 50;

/**
 * Publishes the trigger on an account of rejected conversions. Gives the fastest of three polls.
 * @param latencyMs CAKE's time to answer a page
 */
async function readPollWindow(rows: number, latencyMs: number) {
	const sandbox = await startSandbox({ rows, days: 20, latencyMs });
	try {
		const { account } = sandbox;
		for (const id of account.conversions.keys()) account.setStatus(id, 'rejected');
		const credential = { baseUrl: sandbox.url, apiKey: sandbox.apiKey };
		const poller = await new Poller({ credential }).publish();
		const polls = [];
		// Other tests run meanwhile, so only the fastest poll counts.
		for (let count = 0; count < 3; count++) polls.push(await pollOnce(sandbox, poller, latencyMs));
		const memory = JSON.stringify(poller.memory).length;
		return { ...polls.sort((a, b) => a.ms - b.ms)[0], memory };
	} finally {
		await sandbox.close();
	}
}

async function pollOnce(
	{ account, counters, log, reset }: Sandbox,
	poller: Poller,
	latencyMs: number,
) {
	reset();
	const { conversionId } = account.addConversion({ status: 'rejected' });
	const start = performance.now();
	const found = listIds(await poller.tick());
	const ms = performance.now() - start;
	expect(found).toEqual([conversionId]);
	expect(counters.refusedParameters).toEqual([]);
	const waits = countWaits(
		log.map(({ at }) => at),
		latencyMs,
	);
	return { ms, waits, requests: counters.requests, atOnce: counters.maxInFlight };
}

/** Counts waits for pages. Requests within one latency of a wait's first request share it. */
function countWaits(times: number[], latencyMs: number): number {
	let waits = 0;
	let since = -Infinity;
	for (const time of [...times].sort((a, b) => a - b)) {
		if (time - since < latencyMs) continue;
		waits++;
		since = time;
	}
	return waits;
}

describe('a poll of 10,000 rejected conversions', () => {
	it('polls 10,000 rejected conversions in at most five page waits and 3 bytes of memory each', async () => {
		const small = await readPollWindow(100, LATENCY_MS);
		const large = await readPollWindow(ROWS, LATENCY_MS);
		// Slow pages keep the waits apart on a busy machine.
		const { waits } = await readPollWindow(ROWS, 250);
		note({
			place: 9,
			campaign: `Poll of a window of ${inWords(ROWS)} rejected, ${LATENCY_MS} ms a page`,
			mustHold: '≤ 5 page waits; nothing else grows but memory, ≤ 3 bytes each',
			measured: `${waits} page waits, ${large.requests} requests, ${large.ms.toFixed(0)} ms (a window of 100: ${small.ms.toFixed(0)} ms, ${small.requests} request); memory ${inWords(large.memory)} bytes (${inWords(small.memory)})`,
			seconds: (large.ms + small.ms) / 1000,
		});
		expect(waits).toBeLessThanOrEqual(5);
		expect(large.requests).toBeLessThanOrEqual(Math.ceil((ROWS + 1) / 499) + 1);
		expect(large.atOnce).toBeLessThanOrEqual(8);
		expect([small.waits, small.requests]).toEqual([1, 1]);
		expect(large.memory - small.memory).toBeLessThan(3 * (ROWS - 100));
	}, 60_000);
});
