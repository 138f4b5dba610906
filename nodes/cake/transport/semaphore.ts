/** Limits the requests in flight to a number of permits. Waiting tasks get them in order. */
export class Semaphore {
	private inUse = 0;

	private readonly queue: Array<() => void> = [];

	private readonly listeners = new Set<() => void>();

	constructor(readonly permits: number) {}

	/** Whether a new task would start at once, without overtaking another. */
	get hasFreePermit(): boolean {
		return this.inUse + this.queue.length < this.permits;
	}

	/** Calls `listener` when a permit is free and no task waits. @returns a function that removes it */
	onPermitFreed(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** Runs `task` as soon as it has a permit. */
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
			// The permit goes to the task that has waited longest.
			next();
			return;
		}
		this.inUse--;
		for (const listener of this.listeners) listener();
	}
}
