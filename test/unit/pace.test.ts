import { Random } from '../../sandbox/random.mts';
import { Pace } from '../../nodes/cake/pace';
import { sendAtLimiter, sharesOf, type Model } from '../support/limiter-model.mts';

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

/** Lets a minute of simulated time pass at a made-up server. */
async function simulate(model: Partial<Model>) {
	const seconds = END_MS / 1000;
	const pace = new Pace(() => Date.now());
	let isOver = false;
	const sending = sendAtLimiter(
		pace,
		{ latencyMs: 5, atOnce: 20, seconds, seed: SEED, ...model },
		Date.now,
	).finally(() => (isOver = true));
	while (!isOver) await jest.advanceTimersByTimeAsync(1_000);
	return await sending;
}

/** Whether a turn is given within so many simulated milliseconds. */
async function isGivenWithin(ms: number, turn: Promise<void>): Promise<boolean> {
	let isGiven = false;
	void turn.then(() => (isGiven = true));
	await jest.advanceTimersByTimeAsync(ms);
	return isGiven;
}

/** Replies to so many requests in a second, some of them throttled, evenly spread. */
async function second(pace: Pace, replies: number, throttled = 0): Promise<void> {
	const at = (reply: number) => Math.round((reply * 1_000) / replies);
	for (let i = 0; i < replies; i++) {
		await jest.advanceTimersByTimeAsync(at(i + 1) - at(i));
		if (i < throttled) pace.throttled(0);
		else pace.took();
	}
}

/** A pace that has been throttled once, after 100 replies in a second. */
async function cutOnce(): Promise<Pace> {
	const pace = new Pace();
	await second(pace, 100);
	pace.throttled(0);
	return pace;
}

describe('a server that limits the number of requests', () => {
	const limits = [5, 10, 20, 50, 100, 200].flatMap((perSecond) =>
		[5, 80].map((latencyMs) => ({ perSecond, latencyMs })),
	);

	it.each(limits)(
		'to $perSecond a second, and says how long to wait, is used well and obeyed ($latencyMs ms a reply)',
		async (limit) => {
			const arrivals = await simulate({ ...limit, retryAfterMs: 1_000 });
			const { refused, used } = sharesOf(arrivals, limit.perSecond, WARM_UP_MS, END_MS);
			expect(refused).toBeLessThanOrEqual(0.1);
			expect(used).toBeGreaterThanOrEqual(0.8);
		},
	);

	it.each(limits)(
		'to $perSecond a second, without a word about waiting, is not run down ($latencyMs ms a reply)',
		async (limit) => {
			const arrivals = await simulate(limit);
			const { refused, used } = sharesOf(arrivals, limit.perSecond, WARM_UP_MS, END_MS);
			// One refused in six a second cannot be told from noise.
			expect(refused).toBeLessThanOrEqual(limit.perSecond < 20 ? 0.2 : 0.12);
			expect(used).toBeGreaterThanOrEqual(0.8);
		},
	);

	it('is asked for more again when it allows more', async () => {
		const pace = new Pace();
		await second(pace, 100);
		pace.throttled(1_000);
		await jest.advanceTimersByTimeAsync(1_000);
		for (let i = 0; i < 20 && pace.rate < 200; i++) await second(pace, Math.ceil(pace.rate));
		expect(pace.rate).toBeGreaterThan(200);
	});
});

describe('a server that refuses some at random', () => {
	it.each([0.02, 0.05])('%p of all is not taken for one with a limit', async (noise) => {
		const arrivals = await simulate({ noise, latencyMs: 20 });
		const late = arrivals.filter(({ at }) => at >= 30_000).length / 30;
		// Every refusal still pauses everyone for a quarter of a second, on average.
		expect(late).toBeGreaterThan(80);
	});
});

describe('Pace', () => {
	// Without jitter, a throttle that asks for no wait pauses for none.
	beforeEach(() => jest.spyOn(Math, 'random').mockReturnValue(0));

	it('gives every turn at once until the first throttle', async () => {
		const pace = new Pace();
		for (let i = 0; i < 1_000; i++) await pace.turn();
		expect(pace.rate).toBe(Number.POSITIVE_INFINITY);
	});

	it('goes on at a rate below what was taken in the last second', async () => {
		expect((await cutOnce()).rate).toBeCloseTo(85);
		const slow = new Pace();
		slow.throttled(0);
		expect(slow.rate).toBe(1);
	});

	it('spreads the turns evenly over time', async () => {
		const pace = await cutOnce();
		const given: number[] = [];
		const start = Date.now();
		const turns = Array.from({ length: 85 }, async () => {
			await pace.turn();
			given.push(Date.now() - start);
		});
		await jest.advanceTimersByTimeAsync(1_100);
		await Promise.all(turns);
		for (const ms of [250, 500, 1_000]) {
			const share = given.filter((at) => at < ms).length / (85 * (ms / 1_000));
			expect(Math.abs(share - 1)).toBeLessThan(0.15);
		}
	});

	it('gives nobody a turn during the pause that one request was asked for', async () => {
		const pace = new Pace();
		pace.throttled(5_000);
		const turns = Promise.race([pace.turn(), pace.turn(), pace.turn()]);
		expect(await isGivenWithin(4_900, turns)).toBe(false);
		expect(await isGivenWithin(200, turns)).toBe(true);
	});

	it('lets a pause that begins meanwhile hold for those who wait for their turn', async () => {
		const pace = new Pace();
		pace.throttled(1_000);
		const turn = pace.turn();
		await jest.advanceTimersByTimeAsync(500);
		pace.throttled(3_000);
		expect(await isGivenWithin(2_800, turn)).toBe(false);
		expect(await isGivenWithin(400, turn)).toBe(true);
	});

	it('pauses for longer from throttle to throttle, as long as no request is taken', async () => {
		jest.spyOn(Math, 'random').mockReturnValue(1);
		const pace = new Pace();
		for (const ms of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]) {
			pace.throttled();
			const turn = pace.turn();
			expect(await isGivenWithin(ms - 50, turn)).toBe(false);
			expect(await isGivenWithin(100, turn)).toBe(true);
		}
		pace.took();
		pace.throttled();
		expect(await isGivenWithin(2_000, pace.turn())).toBe(true);
	});

	it('takes requests that were in flight together for one reason to slow down', async () => {
		const pace = await cutOnce();
		pace.throttled(1_000);
		const { rate } = pace;
		for (let i = 0; i < 30; i++) pace.throttled(1_000);
		expect(pace.rate).toBe(rate);
	});

	it('is cut when too many of a second are throttled, and at once when asked to wait', async () => {
		const busy = await cutOnce();
		await second(busy, 100, 20);
		expect(busy.rate).toBeCloseTo(85 * 0.85);
		const asked = await cutOnce();
		asked.throttled(500);
		expect(asked.rate).toBeCloseTo(85 * 0.85);
	});

	it('grows while it is used and little is throttled', async () => {
		const pace = await cutOnce();
		const rates = [pace.rate];
		for (let i = 0; i < 3; i++) {
			await second(pace, Math.ceil(pace.rate) + 1, 2);
			rates.push(pace.rate);
		}
		expect(rates.slice(1).every((rate, i) => rate > rates[i])).toBe(true);
	});

	it('grows carefully near the rate that was too much, then faster', async () => {
		const pace = await cutOnce();
		pace.throttled(500);
		await jest.advanceTimersByTimeAsync(500);
		const steps: number[] = [];
		for (let i = 0; i < 5; i++) {
			const { rate } = pace;
			await second(pace, Math.ceil(rate) + 1);
			steps.push(pace.rate / rate);
		}
		expect(steps[0]).toBeLessThan(1.05);
		expect(steps.every((step, i) => i === 0 || step >= steps[i - 1])).toBe(true);
	});

	it('does not grow while it is not used: that proves nothing', async () => {
		const pace = await cutOnce();
		for (let i = 0; i < 20; i++) await second(pace, 10);
		expect(pace.rate).toBeCloseTo(85);
	});

	it('never slows down to nothing', async () => {
		const pace = await cutOnce();
		for (let i = 0; i < 100; i++) {
			pace.throttled(500);
			await jest.advanceTimersByTimeAsync(600);
		}
		expect(pace.rate).toBe(1);
	});

	it('keeps nobody waiting once the run is stopped', async () => {
		const pace = new Pace();
		pace.throttled(50_000);
		const stop = new AbortController();
		const turns = Promise.all([pace.turn(stop.signal), pace.turn(stop.signal)]);
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

	it.each([undefined, 0, 100])(
		'never pauses for less than its own growing pause when asked to wait %p ms',
		async (asked) => {
			jest.spyOn(Math, 'random').mockReturnValue(0.5);
			const pace = new Pace();
			for (const pause of [250, 500, 1_000]) {
				pace.throttled(asked);
				expect(await isGivenWithin(pause - 50, pace.turn())).toBe(false);
				await jest.advanceTimersByTimeAsync(2_000);
			}
		},
	);
});
