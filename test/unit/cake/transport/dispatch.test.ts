import fc from 'fast-check';
import { sleep } from 'n8n-workflow';

import { CakeError, NotSent } from '../../../../nodes/cake/errors';
import {
	dispatch,
	type DispatchOptions,
	type Job,
	type Outcome,
} from '../../../../nodes/cake/transport/dispatch';
import { Semaphore } from '../../../../nodes/cake/transport/semaphore';

interface Plan {
	/** Absent for a job on its own. */
	key?: string | undefined;
	/** How long each try holds a place, and how long the job waits after it without one. */
	tries: Array<{ held: number; waited: number }>;
	fails: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
	key: fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: undefined }),
	tries: fc.array(fc.record({ held: fc.nat(6), waited: fc.nat(6) }), {
		minLength: 1,
		maxLength: 3,
	}),
	fails: fc.boolean(),
});

type Run<T> = Omit<Job<T>, 'onEnd'>;

/** Runs jobs and collects their outcomes. */
async function runAll<T>(
	jobs: Array<Run<T>>,
	options: DispatchOptions,
): Promise<Array<Outcome<T>>> {
	const outcomes = jobs.map((): Outcome<T> => ({ status: 'notSent' }));
	const collecting = jobs.map((job, index) => ({
		...job,
		onEnd: (outcome: Outcome<T>) => (outcomes[index] = outcome),
	}));
	await dispatch(collecting, options);
	return outcomes;
}

/** Runs made-up jobs. Gives the order they began and ended in, and the most places in use. */
async function play(plans: Plan[], count: number, endsRun = () => false, signal?: AbortSignal) {
	const semaphore = new Semaphore(count);
	const begun: number[] = [];
	const ended: number[] = [];
	let inUse = 0;
	let mostInUse = 0;
	const jobs = plans.map(({ key, tries, fails }, index): Run<number> => ({
		key,
		async run(_stop, onFailure) {
			begun.push(index);
			const error = new Error(`job ${index}`);
			for (const [i, { held, waited }] of tries.entries()) {
				const isLast = i === tries.length - 1;
				await semaphore.run(async () => {
					mostInUse = Math.max(mostInUse, ++inUse);
					await sleep(held);
					if (isLast && fails) onFailure(error);
					inUse--;
				});
				if (!isLast) await sleep(waited);
			}
			ended.push(index);
			if (fails) throw error;
			return index;
		},
	}));
	const outcomes = await runAll(jobs, { semaphore, endsRun, cancelSignal: signal });
	return { outcomes, begun, ended, inUse, mostInUse };
}

beforeEach(() => jest.useFakeTimers({ advanceTimers: false }));
afterEach(() => jest.useRealTimers());

/** Lets simulated time pass until a promise is fulfilled or rejected. */
async function simulated<T>(promise: Promise<T>): Promise<T> {
	let isOver = false;
	const over = () => (isOver = true);
	promise.then(over, over);
	while (!isOver) await jest.advanceTimersByTimeAsync(20);
	return await promise;
}

const plans = fc.array(plan, { maxLength: 40 });
const places = fc.integer({ min: 1, max: 8 });

describe('dispatch', () => {
	it('runs every job once and gives it its own outcome', async () => {
		await fc.assert(
			fc.asyncProperty(plans, places, async (all, count) => {
				const { outcomes, begun, ended, inUse } = await simulated(play(all, count));
				expect(outcomes).toEqual(
					all.map(({ fails }, index) =>
						fails
							? { status: 'failed', error: new Error(`job ${index}`) }
							: { status: 'done', value: index },
					),
				);
				expect([...begun].sort((a, b) => a - b)).toEqual(all.map((_, index) => index));
				expect([ended.length, inUse]).toEqual([all.length, 0]);
			}),
			{ numRuns: 60 },
		);
	});

	it('runs jobs of one key one at a time, in input order, even if some fail', async () => {
		await fc.assert(
			fc.asyncProperty(plans, places, async (all, count) => {
				const { begun, ended } = await simulated(play(all, count));
				for (const key of ['a', 'b', 'c', 'd']) {
					const isOfKey = (index: number) => all[index].key === key;
					const expected = all.flatMap((_, index) => (isOfKey(index) ? [index] : []));
					expect(begun.filter(isOfKey)).toEqual(expected);
					expect(ended.filter(isOfKey)).toEqual(expected);
				}
			}),
			{ numRuns: 60 },
		);
	});

	it('never runs two jobs of one key at once', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(fc.nat(9), { maxLength: 30 }), places, async (held, count) => {
				const semaphore = new Semaphore(count);
				let underWay = 0;
				let most = 0;
				const jobs = held.map((ms) => ({
					key: 'same',
					async run() {
						most = Math.max(most, ++underWay);
						await semaphore.run(async () => await sleep(ms));
						underWay--;
					},
				}));
				await simulated(runAll(jobs, { semaphore, endsRun: () => false }));
				expect(most).toBe(Math.min(1, held.length));
			}),
			{ numRuns: 30 },
		);
	});

	it('starts a job ten seconds after one of its key that failed at a deadline', async () => {
		const keys = fc.array(fc.constantFrom('a', 'b', undefined), { maxLength: 60 });
		await fc.assert(
			fc.asyncProperty(keys, places, async (all, count) => {
				const semaphore = new Semaphore(count);
				const start = Date.now();
				const begunAt: number[] = [];
				const jobs = all.map((key, index) => ({
					key,
					async run() {
						begunAt[index] = Date.now() - start;
						await semaphore.run(async () => await sleep(5));
						throw new CakeError('unavailable', { isDeadline: true });
					},
				}));
				await simulated(runAll<never>(jobs, { semaphore, endsRun: () => false }));
				for (const key of ['a', 'b']) {
					const times = begunAt.filter((_, index) => all[index] === key);
					const gaps = times.slice(1).map((at, index) => at - times[index]);
					for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(10_000);
				}
				// Nothing waits for a job without a key, or after the last job of a key.
				const last = Math.max(0, ...begunAt);
				expect(Date.now() - start - last).toBeLessThan(1_000);
			}),
			{ numRuns: 30 },
		);
	});

	it('never has more requests in flight than places, and uses every place', async () => {
		await fc.assert(
			fc.asyncProperty(plans, places, async (all, count) => {
				const { mostInUse } = await simulated(play(all, count));
				expect(mostInUse).toBeLessThanOrEqual(count);
			}),
			{ numRuns: 60 },
		);
		const alone = Array.from({ length: 30 }, (): Plan => {
			return { tries: [{ held: 5, waited: 0 }], fails: false };
		});
		expect((await simulated(play(alone, 7))).mostInUse).toBe(7);
	});

	it('gives the place of a job that waits for its next try to another', async () => {
		const semaphore = new Semaphore(1);
		const order: string[] = [];
		const waiting = async () => {
			await semaphore.run(async () => void order.push('first try'));
			await sleep(100);
			await semaphore.run(async () => void order.push('second try'));
		};
		const other = async () => await semaphore.run(async () => void order.push('other'));
		await simulated(
			runAll([{ run: waiting }, { run: other }], { semaphore, endsRun: () => false }),
		);
		expect(order).toEqual(['first try', 'other', 'second try']);
	});

	it('starts no job after a failure that ends the run, and awaits the jobs that began', async () => {
		await fc.assert(
			fc.asyncProperty(plans, places, async (all, count) => {
				const { outcomes, begun, ended } = await simulated(play(all, count, () => true));
				// Each job that began has ended. The others are reported as not sent.
				expect([...ended].sort((a, b) => a - b)).toEqual([...begun].sort((a, b) => a - b));
				outcomes.forEach(({ status }, index) => {
					if (!begun.includes(index)) expect(status).toBe('notSent');
					else expect(status).toBe(all[index].fails ? 'failed' : 'done');
				});
				const firstFailure = ended.find((index) => all[index].fails);
				if (firstFailure === undefined) expect(begun).toHaveLength(all.length);
			}),
			{ numRuns: 60 },
		);
	});

	it('starts no job in the place that the failure that ends the run leaves free', async () => {
		const semaphore = new Semaphore(1);
		const jobs = Array.from({ length: 50 }, (_, index): Run<void> => {
			return {
				async run(_stop, onFailure) {
					const end = new Error('end');
					await semaphore.run(async () => {
						await sleep(5);
						if (index === 2) onFailure(end);
					});
					if (index === 2) throw end;
				},
			};
		});
		const outcomes = await simulated(runAll(jobs, { semaphore, endsRun: () => true }));
		expect(outcomes.map(({ status }) => status).slice(0, 4)).toEqual([
			'done',
			'done',
			'failed',
			'notSent',
		]);
		expect(outcomes.filter(({ status }) => status === 'notSent')).toHaveLength(47);
	});

	it('starts no job after one that rejects without reporting its failure first', async () => {
		// The jobs take no place. Their common key makes them run one after another.
		const jobs = Array.from({ length: 4 }, (_, index): Run<void> => {
			return {
				key: 'same',
				async run() {
					await sleep(5);
					if (index === 1) throw new Error('end');
				},
			};
		});
		const options = { semaphore: new Semaphore(1), endsRun: () => true };
		const outcomes = await simulated(runAll(jobs, options));
		const statuses = outcomes.map(({ status }) => status);
		expect(statuses).toEqual(['done', 'failed', 'notSent', 'notSent']);
	});

	it('starts no job once the cancel signal is given, and awaits the jobs that began', async () => {
		const cancel = new AbortController();
		const semaphore = new Semaphore(3);
		let begun = 0;
		const jobs = Array.from({ length: 20 }, () => ({
			async run() {
				if (++begun === 5) cancel.abort();
				await semaphore.run(async () => await sleep(10));
			},
		}));
		const options = { semaphore, endsRun: () => false, cancelSignal: cancel.signal };
		const outcomes = await simulated(runAll(jobs, options));
		expect(outcomes.filter(({ status }) => status === 'done')).toHaveLength(begun);
		expect(begun).toBe(5);
		const none = await simulated(runAll(jobs, options));
		expect(none.every(({ status }) => status === 'notSent')).toBe(true);
	});

	it('reports a job that was stopped before it sent anything as not sent', async () => {
		const run = async () => await Promise.reject(new NotSent());
		const options = { semaphore: new Semaphore(1), endsRun: () => true };
		expect(await simulated(runAll([{ run }], options))).toEqual([{ status: 'notSent' }]);
		expect(await simulated(runAll([], options))).toEqual([]);
	});
});
