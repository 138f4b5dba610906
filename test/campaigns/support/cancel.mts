import { startSandbox } from '../../../sandbox/server.mts';
import { type NodeRun, runNode, type RunControl } from '../../../harness/engine/engine.mts';
import { withLog } from '../../../harness/engine/n8n.mts';
import { getSecondsSince } from './faults.mts';

/** No more requests than this can be on the wire when the signal comes. */
export const MAX_CONCURRENT = 10;
const CHECK_EVERY_MS = 5;
const GIVE_UP_MS = 120_000;

export interface CancelResult {
	run: NodeRun;
	seconds: number;
	/** Conversions the account holds. */
	stored: number;
	/** The line that the node wrote to n8n's log, and the number stored that it names. */
	logLine: string;
	logged: number | undefined;
	/** Requests that arrived after the signal: those that were on the wire, if the node stops. */
	after: number;
	/** Requests whose reply the node did not wait for. */
	unanswered: number;
}

async function waitUntil(isTrue: () => boolean): Promise<void> {
	const end = Date.now() + GIVE_UP_MS;
	while (!isTrue()) {
		if (Date.now() > end) throw new Error('Waited in vain');
		await new Promise((resolve) => setTimeout(resolve, CHECK_EVERY_MS));
	}
}

/** Records `count` sales and stops the execution by hand once half of them are stored. */
export async function cancelInTheMiddle(count: number): Promise<CancelResult> {
	const sandbox = await startSandbox({ latencyMs: 60 });
	try {
		const { counters, log } = sandbox;
		const items = sandbox.account
			.freshClicks(count)
			.map(({ clickId, offerId }) => ({ clickId, offerId }));
		const start = Date.now();
		let arrived = 0;
		const cancelHalfway = async (control: RunControl): Promise<void> => {
			await waitUntil(() => counters.stored >= count / 2);
			arrived = log.length;
			control.cancel();
		};
		const lines: string[] = [];
		const findLogLine = () => lines.find((line) => line.includes('stopped by hand'));
		// n8n's engine does not wait for the node. The node may log after `runNode` has ended.
		const run = await withLog(lines, async () => {
			let canceling: Promise<void> | undefined;
			const ended = await runNode({
				credential: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
				items,
				parameters: {
					operation: 'record',
					clickId: '={{ $json.clickId }}',
					offerId: '={{ $json.offerId }}',
					options: { maxConcurrent: MAX_CONCURRENT },
				},
				onStart: (control) => {
					canceling = cancelHalfway(control);
				},
			});
			await canceling;
			await waitUntil(() => findLogLine() !== undefined);
			return ended;
		});
		const seconds = getSecondsSince(start);
		await waitUntil(() => counters.inFlight === 0);
		const logLine = findLogLine() ?? '';
		const logged = /Of \d+ items: (\d+) stored/.exec(logLine)?.[1];
		return {
			run,
			seconds,
			stored: sandbox.account.conversions.size,
			logged: logged === undefined ? undefined : Number(logged),
			logLine,
			after: log.length - arrived,
			unanswered: log.filter(({ answered }) => !answered).length,
		};
	} finally {
		await sandbox.close();
	}
}
