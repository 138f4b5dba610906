import { sleep } from 'n8n-workflow';

/** How often a wait checks `stop`. n8n's `sleep` cannot be ended early, and lint bans timers in nodes. */
const SLICE_MS = 200;

/** Waits, or ends early when `stop` is given. A change of the system's clock makes no difference. */
export async function wait(ms: number, stop: AbortSignal | undefined): Promise<void> {
	const end = performance.now() + ms;
	for (let left = ms; left > 0 && !stop?.aborted; left = end - performance.now()) {
		await sleep(Math.min(left, SLICE_MS));
	}
}
