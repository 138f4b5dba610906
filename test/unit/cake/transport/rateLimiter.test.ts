import { Random } from '../../../../sandbox/account/random.mts';
import { RateLimiter } from '../../../../nodes/cake/transport/rateLimiter';
import { note, percent } from '../../../campaigns/support/figures.mts';
import {
	sendAtLimiter,
	listShares,
	type Model,
} from '../../../campaigns/support/limiter-model.mts';

const SEED = 1;
const WARM_UP_MS = 15_000;
const END_MS = 60_000;

beforeEach(() => {
	const random = new Random(SEED);
	jest.spyOn(Math, 'random').mockImplementation(() => random.fraction());
	jest.useFakeTimers();
});
afterEach(() => {
	jest.useRealTimers();
	jest.restoreAllMocks();
});

/** Lets simulated time pass at a made-up server: a minute, unless the model says otherwise. */
async function simulate(model: Partial<Model>) {
	let isOver = false;
	const sending = sendAtLimiter(
		new RateLimiter(),
		{ latencyMs: 5, atOnce: 20, seconds: END_MS / 1000, seed: SEED, ...model },
		Date.now,
	).finally(() => (isOver = true));
	while (!isOver) await jest.advanceTimersByTimeAsync(1_000);
	return await sending;
}

/** What the tests of one kind of server measured; noted as one line. */
class Measured {
	private refused = 0;

	private used = Number.POSITIVE_INFINITY;

	add({ refused, used }: { refused: number; used: number }): void {
		this.refused = Math.max(this.refused, refused);
		this.used = Math.min(this.used, used);
	}

	toString(): string {
		return `at most ${percent(this.refused)} refused, at least ${percent(this.used)} used`;
	}
}

/** Whether a turn is given within so many simulated milliseconds. */
async function isGivenWithin(ms: number, turn: Promise<void>): Promise<boolean> {
	let isGiven = false;
	void turn.then(() => (isGiven = true));
	await jest.advanceTimersByTimeAsync(ms);
	return isGiven;
}

/** Replies to this many requests in a second, evenly spread. The first of them are throttled. */
async function second(rateLimiter: RateLimiter, replies: number, throttled = 0): Promise<void> {
	const at = (reply: number) => Math.round((reply * 1_000) / replies);
	for (let i = 0; i < replies; i++) {
		await jest.advanceTimersByTimeAsync(at(i + 1) - at(i));
		if (i < throttled) rateLimiter.onThrottled(0);
		else rateLimiter.onAccepted();
	}
}

/** A limiter that was throttled once, after 100 replies in a second. */
async function cutOnce(): Promise<RateLimiter> {
	const rateLimiter = new RateLimiter();
	await second(rateLimiter, 100);
	rateLimiter.onThrottled(0);
	return rateLimiter;
}

describe('a server that limits the number of requests', () => {
	const limits = [5, 10, 20, 50, 100, 200].flatMap((perSecond) =>
		[5, 80].map((latencyMs) => ({ perSecond, latencyMs })),
	);
	const obeyed = new Measured();
	const guessed = new Measured();

	it.each(limits)(
		'to $perSecond a second, and says how long to wait, is used well and obeyed ($latencyMs ms a reply)',
		async (limit) => {
			const arrivals = await simulate({ ...limit, retryAfterMs: 1_000 });
			const shares = listShares(arrivals, limit.perSecond, WARM_UP_MS, END_MS);
			obeyed.add(shares);
			expect(shares.refused).toBeLessThanOrEqual(0.1);
			expect(shares.used).toBeGreaterThanOrEqual(0.8);
		},
	);

	it.each(limits)(
		'to $perSecond a second, without a word about waiting, is not run down ($latencyMs ms a reply)',
		async (limit) => {
			const arrivals = await simulate(limit);
			const shares = listShares(arrivals, limit.perSecond, WARM_UP_MS, END_MS);
			guessed.add(shares);
			// One refused in six a second cannot be told from noise.
			expect(shares.refused).toBeLessThanOrEqual(limit.perSecond < 20 ? 0.2 : 0.12);
			expect(shares.used).toBeGreaterThanOrEqual(0.8);
		},
	);

	afterAll(() => {
		note({
			place: 40,
			campaign: 'Simulated limits of 5 to 200 a second, with Retry-After',
			mustHold: 'at most 10 % refused, at least 80 % used',
			measured: String(obeyed),
		});
		note({
			place: 41,
			campaign: 'The same without Retry-After',
			mustHold: 'at most 12 % refused (20 % below 20 a second), at least 80 % used',
			measured: String(guessed),
		});
	});

	it('is sent more again when it lifts its limit', async () => {
		const arrivals = await simulate({ perSecond: 50, liftedAtMs: 30_000, latencyMs: 20 });
		const takenIn = (interval: number) =>
			arrivals.filter(({ at, taken }) => taken && Math.floor(at / 1_000) === interval).length;
		note({
			place: 42,
			campaign: 'A simulated limit of 50 a second that is lifted',
			mustHold: 'more than 200 a second ten seconds later',
			measured: [1, 5, 10].map((after) => `${takenIn(30 + after)} after ${after} s`).join(', '),
		});
		expect(takenIn(40)).toBeGreaterThan(200);
	});

	it('is asked for more again when it allows more', async () => {
		const rateLimiter = new RateLimiter();
		await second(rateLimiter, 100);
		rateLimiter.onThrottled(1_000);
		await jest.advanceTimersByTimeAsync(1_000);
		for (let i = 0; i < 20 && rateLimiter.rate < 200; i++)
			await second(rateLimiter, Math.ceil(rateLimiter.rate));
		expect(rateLimiter.rate).toBeGreaterThan(200);
	});
});

describe('a server that refuses some at random', () => {
	it.each([0.02, 0.05])('%p of all is not taken for one with a limit', async (noise) => {
		const arrivals = await simulate({ noise, latencyMs: 20 });
		const late = arrivals.filter(({ at }) => at >= 30_000).length / 30;
		expect(late).toBeGreaterThan(80);
	});

	it('is sent more and more when it says that there is no need to wait', async () => {
		const arrivals = await simulate({ noise: 0.05, retryAfterMs: 0, latencyMs: 20, atOnce: 10 });
		const late = arrivals.filter(({ at }) => at >= 30_000).length / 30;
		expect(late).toBeGreaterThan(250);
	});

	it('takes 2,000 requests within a minute on average although it refuses 5 %', async () => {
		const seconds: number[] = [];
		for (let seed = 1; seed <= 20; seed++) {
			const model = {
				noise: 0.05,
				retryAfterMs: 0,
				latencyMs: 20,
				count: 2_000,
				seconds: undefined,
			};
			seconds.push(((await simulate({ ...model, seed })).at(-1)?.at ?? 0) / 1_000);
		}
		const mean = seconds.reduce((sum, one) => sum + one) / seconds.length;
		note({
			place: 43,
			campaign: 'Simulated 2,000 requests, 5 % of them refused at random',
			mustHold: 'at most 60 s on average of 20 seeds',
			measured: `${mean.toFixed(1)} s on average, ${Math.max(...seconds).toFixed(1)} s at most`,
		});
		expect(mean).toBeLessThanOrEqual(60);
	});
});

describe('RateLimiter', () => {
	it('gives every turn at once until the first throttle', async () => {
		const rateLimiter = new RateLimiter();
		for (let i = 0; i < 1_000; i++) await rateLimiter.acquire();
		expect(rateLimiter.rate).toBe(Number.POSITIVE_INFINITY);
	});

	it('starts with a rate below what was accepted until the first throttle', async () => {
		expect((await cutOnce()).rate).toBeCloseTo(90);
		const long = new RateLimiter();
		for (let i = 0; i < 3; i++) await second(long, 40);
		long.onThrottled();
		expect(long.rate).toBeCloseTo(36);
		const slow = new RateLimiter();
		slow.onThrottled();
		expect(slow.rate).toBe(1);
	});

	it('spreads the turns evenly over time', async () => {
		const rateLimiter = await cutOnce();
		await jest.advanceTimersByTimeAsync(50);
		const given: number[] = [];
		const start = Date.now();
		const turns = Array.from({ length: 90 }, async () => {
			await rateLimiter.acquire();
			given.push(Date.now() - start);
		});
		await jest.advanceTimersByTimeAsync(1_100);
		await Promise.all(turns);
		for (const ms of [250, 500, 1_000]) {
			const share = given.filter((at) => at < ms).length / (90 * (ms / 1_000));
			expect(Math.abs(share - 1)).toBeLessThan(0.15);
		}
	});

	it('catches up 20 ms of lateness, and no more', async () => {
		const rateLimiter = await cutOnce();
		await jest.advanceTimersByTimeAsync(1_000);
		// At 90 a second a turn is due every 11 ms.
		expect(await isGivenWithin(0, rateLimiter.acquire())).toBe(true);
		expect(await isGivenWithin(0, rateLimiter.acquire())).toBe(true);
		const third = rateLimiter.acquire();
		expect(await isGivenWithin(0, third)).toBe(false);
		expect(await isGivenWithin(12, third)).toBe(true);
	});

	it('gives nobody a turn during the pause that one request was asked for', async () => {
		const rateLimiter = new RateLimiter();
		rateLimiter.onThrottled(5_000);
		const turns = Promise.race([
			rateLimiter.acquire(),
			rateLimiter.acquire(),
			rateLimiter.acquire(),
		]);
		expect(await isGivenWithin(4_900, turns)).toBe(false);
		expect(await isGivenWithin(200, turns)).toBe(true);
	});

	it('lets a pause that begins meanwhile hold for those who wait for their turn', async () => {
		const rateLimiter = new RateLimiter();
		rateLimiter.onThrottled(1_000);
		const turn = rateLimiter.acquire();
		await jest.advanceTimersByTimeAsync(500);
		rateLimiter.onThrottled(3_000);
		expect(await isGivenWithin(2_800, turn)).toBe(false);
		expect(await isGivenWithin(400, turn)).toBe(true);
	});

	it('pauses for longer from throttle to throttle, as long as no request is taken', async () => {
		jest.spyOn(Math, 'random').mockReturnValue(1);
		const rateLimiter = new RateLimiter();
		for (const ms of [50, 250, 1_250, 6_250, 20_000, 20_000]) {
			rateLimiter.onThrottled();
			const turn = rateLimiter.acquire();
			expect(await isGivenWithin(ms - 1, turn)).toBe(false);
			expect(await isGivenWithin(1, turn)).toBe(true);
			// Also the rate, 1 a second, has to allow the next.
			await jest.advanceTimersByTimeAsync(1_000);
		}
		rateLimiter.onAccepted();
		rateLimiter.onThrottled();
		expect(await isGivenWithin(50, rateLimiter.acquire())).toBe(true);
	});

	it('pauses for half of that time at least', async () => {
		jest.spyOn(Math, 'random').mockReturnValue(0);
		const rateLimiter = new RateLimiter();
		rateLimiter.onThrottled();
		const turn = rateLimiter.acquire();
		expect(await isGivenWithin(24, turn)).toBe(false);
		expect(await isGivenWithin(1, turn)).toBe(true);
	});

	it.each([0, 20])(
		'pauses as long when CAKE asks for a shorter wait: %p ms',
		async (retryAfterMs) => {
			jest.spyOn(Math, 'random').mockReturnValue(1);
			const rateLimiter = new RateLimiter();
			rateLimiter.onThrottled(retryAfterMs);
			const turn = rateLimiter.acquire();
			expect(await isGivenWithin(49, turn)).toBe(false);
			expect(await isGivenWithin(1, turn)).toBe(true);
		},
	);

	it('takes requests that were in flight together for one reason to slow down', async () => {
		const rateLimiter = await cutOnce();
		rateLimiter.onThrottled(1_000);
		const { rate } = rateLimiter;
		for (let i = 0; i < 30; i++) rateLimiter.onThrottled(1_000);
		expect(rateLimiter.rate).toBe(rate);
	});

	it('is cut when more than 9 % of the replies are throttled, and not before', async () => {
		const busy = await cutOnce();
		await second(busy, 100, 10);
		expect(busy.rate).toBeCloseTo(90 * 0.9);
		const calm = await cutOnce();
		await second(calm, 100, 9);
		expect(calm.rate).toBeGreaterThan(90);
	});

	it('is adjusted once a second, and each time by the replies since then', async () => {
		const rateLimiter = await cutOnce();
		await second(rateLimiter, 100, 50);
		const { rate } = rateLimiter;
		for (let i = 0; i < 100; i++) rateLimiter.onThrottled();
		await jest.advanceTimersByTimeAsync(999);
		rateLimiter.onAccepted();
		expect(rateLimiter.rate).toBe(rate);
		await jest.advanceTimersByTimeAsync(1);
		rateLimiter.onAccepted();
		expect(rateLimiter.rate).toBeCloseTo(rate * 0.9);
		await second(rateLimiter, 100);
		expect(rateLimiter.rate).toBeGreaterThan(rate * 0.9);
	});

	it('grows while it is used and little is throttled', async () => {
		const rateLimiter = await cutOnce();
		const rates = [rateLimiter.rate];
		for (let i = 0; i < 3; i++) {
			await second(rateLimiter, Math.ceil(rateLimiter.rate) + 1, 2);
			rates.push(rateLimiter.rate);
		}
		expect(rates.slice(1).every((rate, i) => rate > rates[i])).toBe(true);
	});

	it('grows carefully after a cut, then faster and faster', async () => {
		const rateLimiter = await cutOnce();
		await second(rateLimiter, 100, 20);
		const steps: number[] = [];
		for (let i = 0; i < 6; i++) {
			const { rate } = rateLimiter;
			await second(rateLimiter, Math.ceil(rate) + 1);
			steps.push(rateLimiter.rate / rate);
		}
		const expected = [1.05, 1.05 ** 2, 1.05 ** 4, 1.05 ** 8, 1.5, 1.5];
		steps.forEach((step, i) => expect(step).toBeCloseTo(expected[i]));
	});

	it('does not grow unless half of it is used: that proves nothing', async () => {
		const rateLimiter = await cutOnce();
		for (let i = 0; i < 20; i++) await second(rateLimiter, 44);
		expect(rateLimiter.rate).toBeCloseTo(90);
		await second(rateLimiter, 45);
		expect(rateLimiter.rate).toBeGreaterThan(90);
	});

	it('does not grow from replies that come more slowly than half its rate', async () => {
		const rateLimiter = new RateLimiter();
		rateLimiter.onThrottled();
		for (let i = 0; i < 10; i++) {
			await jest.advanceTimersByTimeAsync(3_000);
			rateLimiter.onAccepted();
		}
		expect(rateLimiter.rate).toBe(1);
	});

	it('ends a pause in time although the clock is set back by an hour', async () => {
		const rateLimiter = new RateLimiter();
		rateLimiter.onThrottled(3_000);
		const turn = rateLimiter.acquire();
		await jest.advanceTimersByTimeAsync(500);
		jest.setSystemTime(Date.now() - 3_600_000);
		expect(await isGivenWithin(2_400, turn)).toBe(false);
		expect(await isGivenWithin(200, turn)).toBe(true);
	});

	it('never slows down to nothing', async () => {
		const rateLimiter = await cutOnce();
		for (let i = 0; i < 100; i++) {
			rateLimiter.onThrottled(500);
			await jest.advanceTimersByTimeAsync(600);
		}
		expect(rateLimiter.rate).toBe(1);
	});

	it('keeps nobody waiting once the run is stopped', async () => {
		const rateLimiter = new RateLimiter();
		rateLimiter.onThrottled(50_000);
		const stop = new AbortController();
		const turns = Promise.all([rateLimiter.acquire(stop.signal), rateLimiter.acquire(stop.signal)]);
		expect(
			await isGivenWithin(
				1_000,
				turns.then(() => {}),
			),
		).toBe(false);
		stop.abort();
		expect(
			await isGivenWithin(
				250,
				turns.then(() => {}),
			),
		).toBe(true);
	});
});
