import { Random } from '../../../sandbox/account/random.mts';
import type { RateLimiter } from '../../../nodes/cake/transport/rateLimiter';

/** Resolves later; under Jest's fake timers by simulated time. */
export const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export interface Model {
	/** Requests a second the server takes, with one second's worth saved up. */
	perSecond?: number;
	/** When the server lifts its limit, in ms since the start. */
	liftedAtMs?: number;
	/** What a refusal asks to wait; undefined says nothing. */
	retryAfterMs?: number;
	/** Share of requests the server refuses at random, whatever the rate. */
	noise?: number;
	latencyMs: number;
	atOnce: number;
	/** The senders stop after this time; without it, or before it, when `count` requests were taken. */
	seconds?: number;
	count?: number;
	seed: number;
}

/** One request: when it came, in ms since the start, and whether it was taken. */
export interface Arrival {
	at: number;
	taken: boolean;
}

/**
 * Many senders that share one rate limiter, at a server that limits the number of requests. Time is
 * that of the clock given, which may be simulated.
 */
export async function sendAtLimiter(
	rateLimiter: RateLimiter,
	model: Model,
	now: () => number,
): Promise<Arrival[]> {
	const random = new Random(model.seed);
	const limit = model.perSecond ?? Number.POSITIVE_INFINITY;
	const arrivals: Arrival[] = [];
	const start = now();
	let tokens = limit;
	let last = start;
	let count = 0;
	const isOver = () =>
		count >= (model.count ?? Number.POSITIVE_INFINITY) ||
		now() - start >= (model.seconds ?? Number.POSITIVE_INFINITY) * 1000;
	const take = () => {
		const at = now();
		if (at - start >= (model.liftedAtMs ?? Number.POSITIVE_INFINITY)) {
			tokens = Number.POSITIVE_INFINITY;
		} else if (limit < Number.POSITIVE_INFINITY) {
			tokens = Math.min(limit, tokens + ((at - last) / 1000) * limit);
		}
		last = at;
		const taken = tokens >= 1 && !random.chance(model.noise ?? 0);
		if (taken) {
			tokens--;
			count++;
		}
		arrivals.push({ at: at - start, taken });
		return taken;
	};
	const sender = async () => {
		while (!isOver()) {
			await rateLimiter.acquire();
			const taken = take();
			await later(model.latencyMs);
			if (taken) rateLimiter.onAccepted();
			else rateLimiter.onThrottled(model.retryAfterMs);
		}
	};
	await Promise.all(Array.from({ length: model.atOnce }, sender));
	return arrivals;
}

/** What a limiter's log says of the time from `fromMs` to `toMs`: shares refused and used. */
export function listShares(arrivals: Arrival[], perSecond: number, fromMs: number, toMs: number) {
	const late = arrivals.filter(({ at }) => at >= fromMs && at < toMs);
	const taken = late.filter((arrival) => arrival.taken).length;
	return {
		refused: (late.length - taken) / late.length,
		used: taken / (perSecond * ((toMs - fromMs) / 1000)),
	};
}
