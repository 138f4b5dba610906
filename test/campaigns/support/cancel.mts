import { startSandbox } from '../../../sandbox/server.mts';
import { type NodeRun, runNode, type RunControl } from '../../../harness/engine/engine.mts';
import { withLog } from '../../../harness/engine/n8n.mts';
import { secondsSince } from './faults.mts';

/** Requests already on the wire at the signal have arrived by then: some milliseconds, on one host. */
const ON_THE_WIRE_MS = 150;
const LOOK_MS = 5;
const PATIENCE_MS = 120_000;

export interface CancelResult {
	run: NodeRun;
	seconds: number;
	/** Conversions the account holds, and how many the node's line in n8n's log names. */
	stored: number;
	logged?: number;
	/** That line of n8n's log. */
	logLine: string;
	/** Requests the server saw before the signal, and after those that were on the wire then. */
	before: number;
	after: number;
	/** Requests whose reply was not taken. */
	unanswered: number;
}

async function until(isTrue: () => boolean): Promise<void> {
	const end = Date.now() + PATIENCE_MS;
	while (!isTrue()) {
		if (Date.now() > end) throw new Error('Waited in vain');
		await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
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
		let canceledAt = Number.POSITIVE_INFINITY;
		const cancelHalfway = async (control: RunControl): Promise<void> => {
			await until(() => counters.stored >= count / 2);
			canceledAt = Date.now();
			control.cancel();
		};
		const lines: string[] = [];
		const ownLine = () => lines.find((line) => line.includes('stopped by hand'));
		// n8n's engine does not wait for the node, so its log is listened to for longer than the run.
		const run = await withLog(lines, async () => {
			let cancelling: Promise<void> | undefined;
			const ended = await runNode({
				credential: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
				items,
				parameters: {
					operation: 'record',
					clickId: '={{ $json.clickId }}',
					offerId: '={{ $json.offerId }}',
				},
				onStart: (control) => {
					cancelling = cancelHalfway(control);
				},
			});
			await cancelling;
			await until(() => ownLine() !== undefined);
			return ended;
		});
		const seconds = secondsSince(start);
		await until(() => counters.inFlight === 0);
		const logLine = ownLine() ?? '';
		const logged = /Of \d+ items (\d+) stored/.exec(logLine)?.[1];
		return {
			run,
			seconds,
			stored: sandbox.account.conversions.size,
			logged: logged === undefined ? undefined : Number(logged),
			logLine,
			before: log.filter(({ at }) => at <= canceledAt).length,
			after: log.filter(({ at }) => at > canceledAt + ON_THE_WIRE_MS).length,
			unanswered: log.filter(({ answered }) => !answered).length,
		};
	} finally {
		await sandbox.close();
	}
}
