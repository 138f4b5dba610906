/** One request, or a group of them that belong to one item. */
export interface Job<T> {
	/** Jobs with the same key run one at a time, in order; without a key a job is on its own. */
	key?: string;
	run(): Promise<T>;
}

export type Outcome<T> =
	{ status: 'done'; value: T } | { status: 'failed'; error: unknown } | { status: 'notStarted' };

export interface DispatchOptions {
	/** At most this many jobs at a time. */
	maxConcurrent: number;
	/** Whether this failure ends the run: nothing new starts, what is in flight is awaited. */
	endsRun(error: unknown): boolean;
	/** n8n's signal that the execution was stopped by hand. */
	cancelSignal?: AbortSignal;
}

/**
 * Runs many jobs, a bounded number at a time, those with the same key strictly in order.
 * Never rejects: what became of each job stands at its index.
 */
export async function dispatch<T>(
	jobs: Array<Job<T>>,
	options: DispatchOptions,
): Promise<Array<Outcome<T>>> {
	const outcomes = jobs.map((): Outcome<T> => ({ status: 'notStarted' }));
	const lanes = new Lanes(jobs.map((job) => job.key));
	let hasEnded = false;

	const work = async (): Promise<void> => {
		for (;;) {
			if (hasEnded || options.cancelSignal?.aborted) return;
			const index = lanes.next();
			if (index === undefined) return;
			try {
				outcomes[index] = { status: 'done', value: await jobs[index].run() };
			} catch (error) {
				outcomes[index] = { status: 'failed', error };
				hasEnded ||= options.endsRun(error);
			}
			// A lane that goes on is this worker's: nobody else waits for it.
			lanes.finish(index);
		}
	};
	const workers = Math.min(options.maxConcurrent, jobs.length);
	await Promise.all(Array.from({ length: workers }, work));
	return outcomes;
}

/** Hands out job indexes in input order, holding back those whose key is still being worked on. */
class Lanes {
	private readonly waiting = new Map<string, number[]>();

	/** Indexes that came free again, lowest first to be taken. */
	private readonly freed: number[] = [];

	private position = 0;

	constructor(private readonly keys: Array<string | undefined>) {}

	next(): number | undefined {
		const freed = this.freed.shift();
		if (freed !== undefined) return freed;
		while (this.position < this.keys.length) {
			const index = this.position++;
			const key = this.keys[index];
			if (key === undefined) return index;
			const queue = this.waiting.get(key);
			if (!queue) {
				this.waiting.set(key, []);
				return index;
			}
			queue.push(index);
		}
		return undefined;
	}

	finish(index: number): void {
		const key = this.keys[index];
		if (key === undefined) return;
		const next = this.waiting.get(key)?.shift();
		if (next === undefined) this.waiting.delete(key);
		else this.freed.push(next);
	}
}
