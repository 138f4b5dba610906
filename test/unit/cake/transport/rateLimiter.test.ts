import { Random } from '../../../../sandbox/account/random.mts';
import { RateLimiter } from '../../../../nodes/cake/transport/rateLimiter';

beforeEach(() => {
	const random = new Random(1);
	jest.spyOn(Math, 'random').mockImplementation(() => random.fraction());
	jest.useFakeTimers();
});
afterEach(() => {
	jest.useRealTimers();
	jest.restoreAllMocks();
});

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

/** Throttles as many replies in a row as show that CAKE has a limit. */
function beginLimit(rateLimiter: RateLimiter): void {
	for (let i = 0; i < 6; i++) rateLimiter.onThrottled();
}

/** A limiter that met a limit after 100 replies in a second. Its first interval begins now. */
async function cutOnce(): Promise<RateLimiter> {
	const rateLimiter = new RateLimiter();
	await passSecond(rateLimiter, 100);
	beginLimit(rateLimiter);
	await jest.advanceTimersByTimeAsync(1_000);
	return rateLimiter;
}

describe('RateLimiter', () => {
	it('lets every request go out at once until CAKE throttles', async () => {
		const rateLimiter = new RateLimiter();
		for (let i = 0; i < 1_000; i++) await rateLimiter.acquire();
		expect(rateLimiter.rate).toBe(Number.POSITIVE_INFINITY);
	});

	it('takes six throttles in a row for a limit, not five', async () => {
		const rateLimiter = new RateLimiter();
		await passSecond(rateLimiter, 100);
		for (let i = 0; i < 5; i++) rateLimiter.onThrottled(1_000);
		expect(rateLimiter.rate).toBe(Number.POSITIVE_INFINITY);
		rateLimiter.onThrottled(1_000);
		expect(rateLimiter.rate).toBeCloseTo(90);
	});

	it('starts at 90 % of the rate accepted before, at least 1 a second', async () => {
		expect((await cutOnce()).rate).toBeCloseTo(90);
		const long = new RateLimiter();
		for (let i = 0; i < 3; i++) await passSecond(long, 40);
		beginLimit(long);
		expect(long.rate).toBeCloseTo(36);
		const slow = new RateLimiter();
		beginLimit(slow);
		expect(slow.rate).toBe(1);
	});

	it('pauses after a single throttle, before there is a limit', async () => {
		const rateLimiter = new RateLimiter();
		rateLimiter.onThrottled(3_000);
		const request = rateLimiter.acquire();
		expect(await isAcquiredWithin(2_900, request)).toBe(false);
		expect(await isAcquiredWithin(200, request)).toBe(true);
	});

	it('spreads requests evenly over time', async () => {
		const rateLimiter = await cutOnce();
		await rateLimiter.acquire();
		await jest.advanceTimersByTimeAsync(20);
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

	it('cuts the rate at once when CAKE names a wait', async () => {
		const rateLimiter = await cutOnce();
		rateLimiter.onThrottled(1_000);
		expect(rateLimiter.rate).toBeCloseTo(90 * 0.9);
		await jest.advanceTimersByTimeAsync(1_000);
		rateLimiter.onThrottled(1_000);
		expect(rateLimiter.rate).toBeCloseTo(90 * 0.9 * 0.9);
	});

	it.each([
		[100, 7, 'raises'],
		[100, 8, 'keeps'],
		[100, 9, 'cuts'],
		[50, 4, 'keeps'],
		[50, 5, 'cuts'],
	])('with %i replies, %i of them throttled without a wait, %s the rate', async (all, few, how) => {
		const rateLimiter = await cutOnce();
		await passSecond(rateLimiter, all, few);
		const { rate } = rateLimiter;
		expect(rate > 90 ? 'raises' : rate < 90 ? 'cuts' : 'keeps').toBe(how);
	});

	it('adjusts the rate once a second, by the replies since the last time', async () => {
		const rateLimiter = await cutOnce();
		await passSecond(rateLimiter, 100, 8);
		for (let i = 0; i < 100; i++) rateLimiter.onThrottled();
		await jest.advanceTimersByTimeAsync(999);
		rateLimiter.onAccepted();
		expect(rateLimiter.rate).toBe(90);
		await jest.advanceTimersByTimeAsync(1);
		rateLimiter.onAccepted();
		expect(rateLimiter.rate).toBeCloseTo(90 * 0.9);
	});

	it('does not judge a new rate by replies within a second after the cut', async () => {
		const rateLimiter = await cutOnce();
		rateLimiter.onThrottled(1);
		const { rate } = rateLimiter;
		await passSecond(rateLimiter, 99, 99);
		await passSecond(rateLimiter, 80);
		expect(rateLimiter.rate).toBeGreaterThan(rate);
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

	it('raises the rate by 1 % a second up to the rate that was cut, then faster and faster', async () => {
		const rateLimiter = await cutOnce();
		const rates: number[] = [];
		for (let i = 0; i < 16; i++) {
			await passSecond(rateLimiter, Math.ceil(rateLimiter.rate) + 1);
			rates.push(Math.round(rateLimiter.rate));
		}
		const slow = [91, 92, 93, 94, 95, 96, 97, 98, 99, 100];
		expect(rates).toEqual([...slow, 101, 102, 104, 108, 116, 132]);
	});

	it('goes back to the last good rate after it was raised too far', async () => {
		const rateLimiter = await cutOnce();
		for (let i = 0; i < 16; i++) await passSecond(rateLimiter, Math.ceil(rateLimiter.rate) + 1);
		expect(rateLimiter.rate).toBeCloseTo(132);
		rateLimiter.onThrottled(1_000);
		expect(rateLimiter.rate).toBeCloseTo(116 * 0.9);
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
		beginLimit(rateLimiter);
		for (let i = 0; i < 10; i++) {
			await jest.advanceTimersByTimeAsync(4_000);
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
			await jest.advanceTimersByTimeAsync(25_000);
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
