import { Random } from '../../../sandbox/account/random.mts';
import type { RateLimiter } from '../../../nodes/cake/transport/rateLimiter';

/** Under Jest's fake timers this waits in simulated time. */
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export interface Model {
	/** Requests a second that the server accepts. It saves up one second's worth at most. */
	perSecond?: number;
	/** When the server lifts its limit, counted from the start. */
	liftedAtMs?: number;
	/** The wait that a refusal asks for. Absent when it names none. */
	retryAfterMs?: number;
	/** Share of requests the server refuses at random, at any rate. */
	noise?: number;
	latencyMs: number;
	senders: number;
	/** The senders stop after this time or after this many accepted requests. */
	seconds?: number | undefined;
	count?: number;
	seed: number;
}

/** One request: when it arrived, in ms since the start, and whether the server accepted it. */
export interface Arrival {
	at: number;
	isAccepted: boolean;
}

/**
 * Lets many senders share one rate limiter at a server that limits the number of requests.
 * @param now a clock in ms, which may be simulated
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
	const receive = () => {
		const at = now();
		if (at - start >= (model.liftedAtMs ?? Number.POSITIVE_INFINITY)) {
			tokens = Number.POSITIVE_INFINITY;
		} else if (limit < Number.POSITIVE_INFINITY) {
			tokens = Math.min(limit, tokens + ((at - last) / 1000) * limit);
		}
		last = at;
		const isAccepted = tokens >= 1 && !random.chance(model.noise ?? 0);
		if (isAccepted) {
			tokens--;
			count++;
		}
		arrivals.push({ at: at - start, isAccepted });
		return isAccepted;
	};
	const sender = async () => {
		while (!isOver()) {
			await rateLimiter.acquire();
			const isAccepted = receive();
			await wait(model.latencyMs);
			if (isAccepted) rateLimiter.onAccepted();
			else rateLimiter.onThrottled(model.retryAfterMs);
		}
	};
	await Promise.all(Array.from({ length: model.senders }, sender));
	return arrivals;
}

/** The share of requests refused from `fromMs` to `toMs`, and the share of the limit used. */
export function getShares(arrivals: Arrival[], perSecond: number, fromMs: number, toMs: number) {
	const late = arrivals.filter(({ at }) => at >= fromMs && at < toMs);
	const accepted = late.filter(({ isAccepted }) => isAccepted).length;
	return {
		refused: (late.length - accepted) / late.length,
		used: accepted / (perSecond * ((toMs - fromMs) / 1000)),
	};
}
