import { sleep } from 'n8n-workflow';

/** The longest time without a break: n8n runs other workflows and its editor on this thread. */
const MAX_BLOCKING_MS = 20;

/** Breaks in long work, so that n8n's event loop stays free. */
export class LoopBreaks {
	private lastBreak = performance.now();

	/** Whether the work since the last break has taken long enough. Ask it between two pieces of work. */
	get isDue(): boolean {
		return performance.now() - this.lastBreak >= MAX_BLOCKING_MS;
	}

	/** Lets n8n's event loop do what waits. */
	async take(): Promise<void> {
		await sleep(0);
		this.lastBreak = performance.now();
	}

	/** Takes a break if it is due. */
	async takeIfDue(): Promise<void> {
		if (this.isDue) await this.take();
	}
}
