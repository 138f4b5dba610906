import { NotSent } from '../errors';
import type { Semaphore } from './semaphore';

/** What becomes of one item: one request or several. */
export interface Job<T> {
	/** Jobs with the same key run one at a time, in order; without a key a job is on its own. */
	key?: string | undefined;
	/**
	 * @param stop given when nothing new may be sent: by a failure that ends the run, or by hand
	 * @param onFailure to be told of a failure as soon as it is certain; rejecting comes later, when
	 * the place of the failed request may have been given to another
	 */
	run(stop: AbortSignal, onFailure: (error: unknown) => void): Promise<T>;
	/** Called once with what came of it; never for a job that was not started. */
	onEnd(outcome: Outcome<T>): void;
}

export type Outcome<T> =
	{ status: 'done'; value: T } | { status: 'failed'; error: unknown } | { status: 'notSent' };

export interface DispatchOptions {
	/** The places for requests in flight; a job starts when one is free. */
	semaphore: Semaphore;
	/** Whether this failure ends the run: nothing new is sent, what is in flight is awaited. */
	endsRun(error: unknown): boolean;
	/** n8n's signal that the execution was stopped by hand. */
	cancelSignal?: AbortSignal | undefined;
}

/** Jobs may wait for their next try without holding a place; so many for each place, at most. */
const OPEN_JOBS_PER_PERMIT = 20;

/**
 * Runs many jobs, as many at a time as there are places for their requests, those with the same key
 * strictly in order. Never rejects: each job is told its own outcome.
 */
export async function dispatch<T>(
	jobs: Array<Job<T>>,
	{ semaphore, endsRun, cancelSignal }: DispatchOptions,
): Promise<void> {
	const lanes = new Lanes(jobs);
	const ended = new AbortController();
	const stop = cancelSignal ? AbortSignal.any([ended.signal, cancelSignal]) : ended.signal;
	let open = 0;
	const onFailure = (error: unknown): void => {
		if (endsRun(error)) ended.abort();
	};

	const runOne = async (job: Job<T>): Promise<void> => {
		try {
			job.onEnd({ status: 'done', value: await job.run(stop, onFailure) });
		} catch (error) {
			if (error instanceof NotSent) return;
			job.onEnd({ status: 'failed', error });
			onFailure(error);
		}
	};

	await new Promise<void>((resolve) => {
		const startMore = (): void => {
			while (
				!stop.aborted &&
				semaphore.hasFreePermit &&
				open < semaphore.permits * OPEN_JOBS_PER_PERMIT
			) {
				const job = lanes.next();
				if (job === undefined) break;
				open++;
				void runOne(job).then(() => {
					open--;
					lanes.finish(job);
					startMore();
				});
			}
			if (open === 0 && (stop.aborted || lanes.isEmpty)) {
				stopListening();
				// Node keeps a combined signal for good while anyone listens to it, and with it all outcomes.
				stop.removeEventListener('abort', startMore);
				resolve();
			}
		};
		const stopListening = semaphore.onPermitFreed(startMore);
		stop.addEventListener('abort', startMore, { once: true });
		startMore();
	});
}

/** Hands out jobs in input order, holding back those whose key is still being worked on. */
class Lanes<T> {
	private readonly waiting = new Map<string, Array<Job<T>>>();

	/** Jobs whose key came free again. */
	private readonly freed: Array<Job<T>> = [];

	private position = 0;

	constructor(private readonly jobs: Array<Job<T>>) {}

	next(): Job<T> | undefined {
		const freed = this.freed.shift();
		if (freed !== undefined) return freed;
		for (let job = this.jobs[this.position]; job; job = this.jobs[this.position]) {
			this.position++;
			if (job.key === undefined) return job;
			const queue = this.waiting.get(job.key);
			if (!queue) {
				this.waiting.set(job.key, []);
				return job;
			}
			queue.push(job);
		}
		return undefined;
	}

	/** Whether nothing is left to hand out, now or when a key comes free. */
	get isEmpty(): boolean {
		return this.freed.length === 0 && this.position >= this.jobs.length;
	}

	finish({ key }: Job<T>): void {
		if (key === undefined) return;
		const next = this.waiting.get(key)?.shift();
		if (next === undefined) this.waiting.delete(key);
		else this.freed.push(next);
	}
}
