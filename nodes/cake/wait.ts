import { sleep } from 'n8n-workflow';

/** How often a wait looks whether it was stopped. n8n's `sleep` cannot be, and timers are not for nodes. */
const SLICE_MS = 200;

/** Waits, or less when `stop` is given meanwhile. */
export async function wait(ms: number, stop: AbortSignal | undefined): Promise<void> {
	// Monotonic: a clock that is set back must not prolong it.
	const end = performance.now() + ms;
	for (let left = ms; left > 0 && !stop?.aborted; left = end - performance.now()) {
		await sleep(Math.min(left, SLICE_MS));
	}
}
