import { Random } from '../../../../sandbox/account/random.mts';
import { RateLimiter } from '../../../../nodes/cake/transport/rateLimiter';
import { note, percent } from '../../../campaigns/support/figures.mts';
import { sendAtLimiter, getShares, type Model } from '../../../campaigns/support/limiter-model.mts';

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

/** Sends to a made-up server in simulated time, for a minute unless the model says otherwise. */
async function simulate(model: Partial<Model>) {
	let isOver = false;
	const sending = sendAtLimiter(
		new RateLimiter(),
		{ latencyMs: 5, senders: 20, seconds: END_MS / 1000, seed: SEED, ...model },
		Date.now,
	).finally(() => (isOver = true));
	while (!isOver) await jest.advanceTimersByTimeAsync(1_000);
	return await sending;
}

/** The worst shares that the tests of one kind of server measured, for one row of the table. */
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

/** Whether a request may go out within `ms` simulated milliseconds. */
async function isAcquiredWithin(ms: number, request: Promise<unknown>): Promise<boolean> {
	let isAcquired = false;
	void request.then(() => (isAcquired = true));
	await jest.advanceTimersByTimeAsync(ms);
	return isAcquired;
}

/** Passes one second with `replies` replies, evenly spread. The first `throttled` are throttled. */
async function passSecond(rateLimiter: RateLimiter, replies: number, throttled = 0): Promise<void> {
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
	await passSecond(rateLimiter, 100);
	rateLimiter.onThrottled(0);
	return rateLimiter;
}

describe('RateLimiter, at a server with a limit', () => {
	const limits = [5, 10, 20, 50, 100, 200].flatMap((perSecond) =>
		[5, 80].map((latencyMs) => ({ perSecond, latencyMs })),
	);
	const obeyed = new Measured();
	const guessed = new Measured();

	it.each(limits)(
		'obeys and uses a limit of $perSecond a second with Retry-After ($latencyMs ms a reply)',
		async (limit) => {
			const arrivals = await simulate({ ...limit, retryAfterMs: 1_000 });
			const shares = getShares(arrivals, limit.perSecond, WARM_UP_MS, END_MS);
			obeyed.add(shares);
			expect(shares.refused).toBeLessThanOrEqual(0.1);
			expect(shares.used).toBeGreaterThanOrEqual(0.8);
		},
	);

	it.each(limits)(
		'obeys and uses a limit of $perSecond a second without Retry-After ($latencyMs ms a reply)',
		async (limit) => {
			const arrivals = await simulate(limit);
			const shares = getShares(arrivals, limit.perSecond, WARM_UP_MS, END_MS);
			guessed.add(shares);
			// At 5 a second, one refusal a second is one in six, and yet no more than noise.
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

	it('sends more again when the server lifts its limit', async () => {
		const arrivals = await simulate({ perSecond: 50, liftedAtMs: 30_000, latencyMs: 20 });
		const countAccepted = (interval: number) =>
			arrivals.filter((one) => one.isAccepted && Math.floor(one.at / 1_000) === interval).length;
		note({
			place: 42,
			campaign: 'A simulated limit of 50 a second that is lifted',
			mustHold: 'more than 200 a second ten seconds later',
			measured: [1, 5, 10].map((s) => `${countAccepted(30 + s)} after ${s} s`).join(', '),
		});
		expect(countAccepted(40)).toBeGreaterThan(200);
	});

	it('raises the rate again when the server allows more', async () => {
		const rateLimiter = new RateLimiter();
		await passSecond(rateLimiter, 100);
		rateLimiter.onThrottled(1_000);
		await jest.advanceTimersByTimeAsync(1_000);
		for (let i = 0; i < 20 && rateLimiter.rate < 200; i++)
			await passSecond(rateLimiter, Math.ceil(rateLimiter.rate));
		expect(rateLimiter.rate).toBeGreaterThan(200);
	});
});

describe('RateLimiter, at a server that refuses at random', () => {
	it.each([0.02, 0.05])('does not take random refusals (%p of all) for a limit', async (noise) => {
		const arrivals = await simulate({ noise, latencyMs: 20 });
		const late = arrivals.filter(({ at }) => at >= 30_000).length / 30;
		expect(late).toBeGreaterThan(80);
	});

	it('sends more and more when random refusals ask for no wait', async () => {
		const arrivals = await simulate({ noise: 0.05, retryAfterMs: 0, latencyMs: 20, senders: 10 });
		const late = arrivals.filter(({ at }) => at >= 30_000).length / 30;
		expect(late).toBeGreaterThan(250);
	});

	it('sends 2,000 requests within a minute on average although 5 % are refused', async () => {
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
	it('lets every request go out at once until the first throttle', async () => {
		const rateLimiter = new RateLimiter();
		for (let i = 0; i < 1_000; i++) await rateLimiter.acquire();
		expect(rateLimiter.rate).toBe(Number.POSITIVE_INFINITY);
	});

	it('starts at 90 % of the rate accepted before the first throttle, at least 1 a second', async () => {
		expect((await cutOnce()).rate).toBeCloseTo(90);
		const long = new RateLimiter();
		for (let i = 0; i < 3; i++) await passSecond(long, 40);
		long.onThrottled();
		expect(long.rate).toBeCloseTo(36);
		const slow = new RateLimiter();
		slow.onThrottled();
		expect(slow.rate).toBe(1);
	});

	it('spreads requests evenly over time', async () => {
		const rateLimiter = await cutOnce();
		await jest.advanceTimersByTimeAsync(50);
		const acquired: number[] = [];
		const start = Date.now();
		const requests = Array.from({ length: 90 }, async () => {
			await rateLimiter.acquire();
			acquired.push(Date.now() - start);
		});
		await jest.advanceTimersByTimeAsync(1_100);
		await Promise.all(requests);
		for (const ms of [250, 500, 1_000]) {
			const share = acquired.filter((at) => at < ms).length / (90 * (ms / 1_000));
			expect(Math.abs(share - 1)).toBeLessThan(0.15);
		}
	});

	it('catches up 20 ms of lateness, and no more', async () => {
		const rateLimiter = await cutOnce();
		await jest.advanceTimersByTimeAsync(1_000);
		// At 90 a second a request may go out every 11 ms.
		expect(await isAcquiredWithin(0, rateLimiter.acquire())).toBe(true);
		expect(await isAcquiredWithin(0, rateLimiter.acquire())).toBe(true);
		const third = rateLimiter.acquire();
		expect(await isAcquiredWithin(0, third)).toBe(false);
		expect(await isAcquiredWithin(12, third)).toBe(true);
	});

	it('holds all requests during the pause that CAKE asked of one', async () => {
		const rateLimiter = new RateLimiter();
		rateLimiter.onThrottled(5_000);
		const first = Promise.race([1, 2, 3].map(async () => await rateLimiter.acquire()));
		expect(await isAcquiredWithin(4_900, first)).toBe(false);
		expect(await isAcquiredWithin(200, first)).toBe(true);
	});

	it('holds waiting requests during a pause that begins meanwhile', async () => {
		const rateLimiter = new RateLimiter();
		rateLimiter.onThrottled(1_000);
		const request = rateLimiter.acquire();
		await jest.advanceTimersByTimeAsync(500);
		rateLimiter.onThrottled(3_000);
		expect(await isAcquiredWithin(2_800, request)).toBe(false);
		expect(await isAcquiredWithin(400, request)).toBe(true);
	});

	it('pauses longer after each throttle until a request is accepted', async () => {
		jest.spyOn(Math, 'random').mockReturnValue(1);
		const rateLimiter = new RateLimiter();
		for (const ms of [50, 250, 1_250, 6_250, 20_000, 20_000]) {
			rateLimiter.onThrottled();
			const request = rateLimiter.acquire();
			expect(await isAcquiredWithin(ms - 1, request)).toBe(false);
			expect(await isAcquiredWithin(1, request)).toBe(true);
			// The rate of 1 a second has to allow the next request, too.
			await jest.advanceTimersByTimeAsync(1_000);
		}
		rateLimiter.onAccepted();
		rateLimiter.onThrottled();
		expect(await isAcquiredWithin(50, rateLimiter.acquire())).toBe(true);
	});

	it('shortens a pause at random, to half of it at least', async () => {
		jest.spyOn(Math, 'random').mockReturnValue(0);
		const rateLimiter = new RateLimiter();
		rateLimiter.onThrottled();
		const request = rateLimiter.acquire();
		expect(await isAcquiredWithin(24, request)).toBe(false);
		expect(await isAcquiredWithin(1, request)).toBe(true);
	});

	it.each([0, 20])(
		'pauses no shorter when CAKE asks for a wait of only %p ms',
		async (retryAfterMs) => {
			jest.spyOn(Math, 'random').mockReturnValue(1);
			const rateLimiter = new RateLimiter();
			rateLimiter.onThrottled(retryAfterMs);
			const request = rateLimiter.acquire();
			expect(await isAcquiredWithin(49, request)).toBe(false);
			expect(await isAcquiredWithin(1, request)).toBe(true);
		},
	);

	it('slows down once for requests that were in flight together', async () => {
		const rateLimiter = await cutOnce();
		rateLimiter.onThrottled(1_000);
		const { rate } = rateLimiter;
		for (let i = 0; i < 30; i++) rateLimiter.onThrottled(1_000);
		expect(rateLimiter.rate).toBe(rate);
	});

	it('cuts the rate when more than 9 % of the replies are throttled, and not before', async () => {
		const busy = await cutOnce();
		await passSecond(busy, 100, 10);
		expect(busy.rate).toBeCloseTo(90 * 0.9);
		const calm = await cutOnce();
		await passSecond(calm, 100, 9);
		expect(calm.rate).toBeGreaterThan(90);
	});

	it('adjusts the rate once a second, by the replies since the last time', async () => {
		const rateLimiter = await cutOnce();
		await passSecond(rateLimiter, 100, 50);
		const { rate } = rateLimiter;
		for (let i = 0; i < 100; i++) rateLimiter.onThrottled();
		await jest.advanceTimersByTimeAsync(999);
		rateLimiter.onAccepted();
		expect(rateLimiter.rate).toBe(rate);
		await jest.advanceTimersByTimeAsync(1);
		rateLimiter.onAccepted();
		expect(rateLimiter.rate).toBeCloseTo(rate * 0.9);
		await passSecond(rateLimiter, 100);
		expect(rateLimiter.rate).toBeGreaterThan(rate * 0.9);
	});

	it('raises the rate while it is used and few replies are throttled', async () => {
		const rateLimiter = await cutOnce();
		const rates = [rateLimiter.rate];
		for (let i = 0; i < 3; i++) {
			await passSecond(rateLimiter, Math.ceil(rateLimiter.rate) + 1, 2);
			rates.push(rateLimiter.rate);
		}
		expect(rates.slice(1).every((rate, i) => rate > rates[i])).toBe(true);
	});

	it('raises the rate slowly after a cut, then faster and faster', async () => {
		const rateLimiter = await cutOnce();
		await passSecond(rateLimiter, 100, 20);
		const steps: number[] = [];
		for (let i = 0; i < 6; i++) {
			const { rate } = rateLimiter;
			await passSecond(rateLimiter, Math.ceil(rate) + 1);
			steps.push(rateLimiter.rate / rate);
		}
		const expected = [1.05, 1.05 ** 2, 1.05 ** 4, 1.05 ** 8, 1.5, 1.5];
		steps.forEach((step, i) => expect(step).toBeCloseTo(expected[i]));
	});

	it('does not raise the rate unless half of it is used', async () => {
		const rateLimiter = await cutOnce();
		for (let i = 0; i < 20; i++) await passSecond(rateLimiter, 44);
		expect(rateLimiter.rate).toBeCloseTo(90);
		await passSecond(rateLimiter, 45);
		expect(rateLimiter.rate).toBeGreaterThan(90);
	});

	it('does not raise the rate for replies that come more slowly than half of it', async () => {
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
		const request = rateLimiter.acquire();
		await jest.advanceTimersByTimeAsync(500);
		jest.setSystemTime(Date.now() - 3_600_000);
		expect(await isAcquiredWithin(2_400, request)).toBe(false);
		expect(await isAcquiredWithin(200, request)).toBe(true);
	});

	it('never slows down below 1 request a second', async () => {
		const rateLimiter = await cutOnce();
		for (let i = 0; i < 100; i++) {
			rateLimiter.onThrottled(500);
			await jest.advanceTimersByTimeAsync(600);
		}
		expect(rateLimiter.rate).toBe(1);
	});

	it('keeps no request waiting after the run is stopped', async () => {
		const rateLimiter = new RateLimiter();
		rateLimiter.onThrottled(50_000);
		const stop = new AbortController();
		const both = Promise.all([rateLimiter.acquire(stop.signal), rateLimiter.acquire(stop.signal)]);
		expect(await isAcquiredWithin(1_000, both)).toBe(false);
		stop.abort();
		expect(await isAcquiredWithin(250, both)).toBe(true);
	});
});
