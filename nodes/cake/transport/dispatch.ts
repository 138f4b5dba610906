import { CakeError, NotSent } from '../errors';
import { AFTER_DEADLINE_MS } from './retry';
import type { Semaphore } from './semaphore';
import { wait } from './sleep';

/** The work for one item: one request or several. */
export interface Job<T> {
	/**
	 * Jobs with the same key run one at a time, in order. If one fails at a deadline, CAKE may still be
	 * working on it, and the next one waits `AFTER_DEADLINE_MS`. A job without a key waits for none.
	 */
	key?: string | undefined;
	/**
	 * @param stop aborted when nothing new may be sent: a failure or a person ended the run
	 * @param onFailure call it as soon as a failure is certain. The promise rejects too late: another
	 * request may already have the permit by then.
	 * @throws NotSent if stopped before CAKE can have stored anything
	 */
	run(stop: AbortSignal, onFailure: (error: unknown) => void): Promise<T>;
	/** Called once, never with `notSent`: a job that did not start or threw NotSent gets no call. */
	onEnd(outcome: Outcome<T>): void;
}

export type Outcome<T> =
	{ status: 'done'; value: T } | { status: 'failed'; error: unknown } | { status: 'notSent' };

export interface DispatchOptions {
	/** Limits the requests in flight. A job starts when a permit is free. */
	semaphore: Semaphore;
	/** Whether this failure ends the run: nothing new is sent, requests in flight are awaited. */
	endsRun(error: unknown): boolean;
	/** n8n's signal that a person stopped the execution. */
	cancelSignal?: AbortSignal | undefined;
}

/** A job that waits for its next try holds no permit. This bounds how many jobs are open. */
const OPEN_JOBS_PER_PERMIT = 20;

/**
 * Starts jobs in order, each when the semaphore has a free permit. Resolves when all jobs have ended.
 * If the run ends first, it awaits only the started ones. Never rejects: `onEnd` gets the errors.
 */
export async function dispatch<T>(
	jobs: Array<Job<T>>,
	{ semaphore, endsRun, cancelSignal }: DispatchOptions,
): Promise<void> {
	const queue = new JobQueue(jobs);
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
			const isDeadline = error instanceof CakeError && error.facts.isDeadline === true;
			if (isDeadline && queue.hasNext(job)) await wait(AFTER_DEADLINE_MS, stop);
		}
	};

	await new Promise<void>((resolve) => {
		const startMore = (): void => {
			while (
				!stop.aborted &&
				semaphore.hasFreePermit &&
				open < semaphore.permits * OPEN_JOBS_PER_PERMIT
			) {
				const job = queue.next();
				if (job === undefined) break;
				open++;
				void runOne(job).then(() => {
					open--;
					queue.finish(job);
					startMore();
				});
			}
			if (open === 0 && (stop.aborted || queue.isEmpty)) {
				stopListening();
				// Node never frees a combined signal that has a listener. This one would keep all outcomes.
				stop.removeEventListener('abort', startMore);
				resolve();
			}
		};
		const stopListening = semaphore.onPermitFreed(startMore);
		stop.addEventListener('abort', startMore, { once: true });
		startMore();
	});
}

/** Hands out jobs in input order. A job waits while another one with its key is open. */
class JobQueue<T> {
	private readonly waiting = new Map<string, Array<Job<T>>>();

	/** Jobs that have waited and may start now. */
	private readonly freed: Array<Job<T>> = [];

	private position = 0;

	constructor(private readonly jobs: Array<Job<T>>) {}

	next(): Job<T> | undefined {
		const freed = this.freed.shift();
		if (freed !== undefined) return freed;
		for (let job = this.jobs[this.position]; job; job = this.jobs[this.position]) {
			this.position++;
			if (job.key === undefined) return job;
			const waiting = this.waiting.get(job.key);
			if (!waiting) {
				this.waiting.set(job.key, []);
				return job;
			}
			waiting.push(job);
		}
		return undefined;
	}

	/** Whether no job is left, apart from jobs that wait for another one with their key. */
	get isEmpty(): boolean {
		return this.freed.length === 0 && this.position >= this.jobs.length;
	}

	/** Whether another job with the same key has still to start. */
	hasNext({ key }: Job<T>): boolean {
		if (key === undefined) return false;
		const isNext = (job: Job<T>, index: number) => index >= this.position && job.key === key;
		return (this.waiting.get(key)?.length ?? 0) > 0 || this.jobs.some(isNext);
	}

	finish({ key }: Job<T>): void {
		if (key === undefined) return;
		const next = this.waiting.get(key)?.shift();
		if (next === undefined) this.waiting.delete(key);
		else this.freed.push(next);
	}
}
