import { sleep } from 'n8n-workflow';

/** A wait checks `stop` this often: n8n's `sleep` cannot end early, and n8n's lint bans timers. */
const SLICE_MS = 200;

/** Ends early when `stop` is aborted. Changes of the system clock have no effect. */
export async function wait(ms: number, stop: AbortSignal | undefined): Promise<void> {
	const end = performance.now() + ms;
	for (let left = ms; left > 0 && !stop?.aborted; left = end - performance.now()) {
		await sleep(Math.min(left, SLICE_MS));
	}
}
