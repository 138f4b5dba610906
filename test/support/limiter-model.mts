import { Random } from '../../sandbox/random.mts';
import type { Pace } from '../../nodes/cake/pace';

/** Resolves later; under Jest's fake timers by simulated time. */
export const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export interface Model {
	/** Requests a second the server takes, with one second's worth saved up. */
	perSecond?: number;
	/** What a refusal asks to wait; undefined says nothing. */
	retryAfterMs?: number;
	/** Share of requests the server refuses at random, whatever the rate. */
	noise?: number;
	latencyMs: number;
	atOnce: number;
	seconds: number;
	seed: number;
}

/** One request: when it came, in ms since the start, and whether it was taken. */
export interface Arrival {
	at: number;
	taken: boolean;
}

/**
 * Many senders that go by one pace, at a server that limits the number of requests. Ends by the
 * clock it is given, which may be simulated.
 */
export async function sendAtLimiter(
	pace: Pace,
	model: Model,
	now: () => number,
): Promise<Arrival[]> {
	const random = new Random(model.seed);
	const limit = model.perSecond ?? Number.POSITIVE_INFINITY;
	const arrivals: Arrival[] = [];
	const start = now();
	let tokens = limit;
	let last = start;
	const take = () => {
		const at = now();
		if (limit < Number.POSITIVE_INFINITY) {
			tokens = Math.min(limit, tokens + ((at - last) / 1000) * limit);
		}
		last = at;
		const taken = tokens >= 1 && !random.chance(model.noise ?? 0);
		if (taken) tokens--;
		arrivals.push({ at: at - start, taken });
		return taken;
	};
	const sender = async () => {
		while (now() - start < model.seconds * 1000) {
			await pace.turn();
			const taken = take();
			await later(model.latencyMs);
			if (taken) pace.took();
			else pace.throttled(model.retryAfterMs);
		}
	};
	await Promise.all(Array.from({ length: model.atOnce }, sender));
	return arrivals;
}

/** What a limiter's log says of the time from `fromMs` to `toMs`: shares refused and used. */
export function sharesOf(arrivals: Arrival[], perSecond: number, fromMs: number, toMs: number) {
	const late = arrivals.filter(({ at }) => at >= fromMs && at < toMs);
	const taken = late.filter((arrival) => arrival.taken).length;
	return {
		refused: (late.length - taken) / late.length,
		used: taken / (perSecond * ((toMs - fromMs) / 1000)),
	};
}
