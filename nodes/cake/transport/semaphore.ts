/** A fixed number of places for requests in flight. Those who wait for one get it in order. */
export class Semaphore {
	private inUse = 0;

	private readonly queue: Array<() => void> = [];

	private readonly listeners = new Set<() => void>();

	constructor(readonly permits: number) {}

	/** Whether one more request could start now, ahead of nobody. */
	get hasFreePermit(): boolean {
		return this.inUse + this.queue.length < this.permits;
	}

	/** Calls back whenever a place may have come free, until the returned function is called. */
	onPermitFreed(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** Runs `task` in a place of its own, as soon as there is one. */
	async run<T>(task: () => Promise<T>): Promise<T> {
		if (this.inUse < this.permits) this.inUse++;
		else await new Promise<void>((resolve) => this.queue.push(resolve));
		try {
			return await task();
		} finally {
			this.release();
		}
	}

	private release(): void {
		const next = this.queue.shift();
		if (next) {
			// The place goes over to who waited longest.
			next();
			return;
		}
		this.inUse--;
		for (const listener of this.listeners) listener();
	}
}
