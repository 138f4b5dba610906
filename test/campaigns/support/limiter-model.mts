import { Random } from '../../../sandbox/account/random.mts';
import type { RateLimiter } from '../../../nodes/cake/transport/rateLimiter';

/** Under Jest's fake timers this waits in simulated time. */
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export interface Model {
	/** Requests a second that the server accepts. */
	perSecond?: number;
	/**
	 * `bucket`: it saves up one second's worth at most. `window`: it counts anew each second, of a
	 * clock that the seed sets. Default `bucket`.
	 */
	kind?: 'bucket' | 'window';
	/** Requests a second, evenly spread, that another client sends to the same limit. */
	otherPerSecond?: number;
	/** When the server lifts its limit, counted from the start. */
	liftedAtMs?: number;
	/** The wait that a refusal asks for. Absent when it names none. */
	retryAfterMs?: number;
	/** Share of requests the server refuses at random, at any rate. */
	noise?: number;
	/** The mean. A reply takes up to 30 % more or less. */
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
	/** Whether the other client sent it. */
	isOther: boolean;
}

/** The server's limit. */
class Limit {
	private tokens: number;

	private last: number;

	/** @param offsetMs how far the first of the server's seconds has passed already */
	constructor(
		private readonly model: Model,
		private readonly start: number,
		private readonly offsetMs: number,
	) {
		this.tokens = model.perSecond ?? Number.POSITIVE_INFINITY;
		this.last = start;
	}

	/** Takes one request, if there is room for it. */
	take(now: number): boolean {
		const { perSecond = Number.POSITIVE_INFINITY, kind, liftedAtMs } = this.model;
		if (now - this.start >= (liftedAtMs ?? Number.POSITIVE_INFINITY)) return true;
		if (perSecond === Number.POSITIVE_INFINITY) return true;
		const refill = ((now - this.last) / 1000) * perSecond;
		if (kind === 'window') this.tokens = this.isNewSecond(now) ? perSecond : this.tokens;
		else this.tokens = Math.min(perSecond, this.tokens + refill);
		this.last = now;
		if (this.tokens < 1) return false;
		this.tokens--;
		return true;
	}

	private isNewSecond(now: number): boolean {
		const getSecond = (at: number) => Math.floor((at - this.start + this.offsetMs) / 1000);
		return getSecond(now) > getSecond(this.last);
	}
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
	const start = now();
	const limit = new Limit(model, start, random.int(0, 999));
	const arrivals: Arrival[] = [];
	let count = 0;
	const isOver = () =>
		count >= (model.count ?? Number.POSITIVE_INFINITY) ||
		now() - start >= (model.seconds ?? Number.POSITIVE_INFINITY) * 1000;
	const receive = (isOther = false) => {
		const isAccepted = limit.take(now()) && !random.chance(model.noise ?? 0);
		arrivals.push({ at: now() - start, isAccepted, isOther });
		return isAccepted;
	};
	const sender = async () => {
		while (!isOver()) {
			await rateLimiter.acquire();
			const isAccepted = receive();
			if (isAccepted) count++;
			await wait(model.latencyMs * (0.7 + 0.6 * random.fraction()));
			if (isAccepted) rateLimiter.onAccepted();
			else rateLimiter.onThrottled(model.retryAfterMs);
		}
	};
	const other = async (perSecond: number) => {
		for (let i = 0; !isOver(); i++) {
			await wait(start + (i * 1000) / perSecond - now());
			receive(true);
		}
	};
	const senders = Array.from({ length: model.senders }, sender);
	await Promise.all(model.otherPerSecond ? [...senders, other(model.otherPerSecond)] : senders);
	return arrivals;
}

/**
 * The share of our requests that were refused from `fromMs` to `toMs`, and how much of what the
 * other client left of the limit we used.
 */
export function getShares(arrivals: Arrival[], perSecond: number, fromMs: number, toMs: number) {
	const late = arrivals.filter(({ at }) => at >= fromMs && at < toMs);
	const ours = late.filter(({ isOther }) => !isOther);
	const accepted = ours.filter(({ isAccepted }) => isAccepted).length;
	const taken = late.filter((one) => one.isOther && one.isAccepted).length;
	return {
		refused: (ours.length - accepted) / ours.length,
		used: accepted / ((perSecond * (toMs - fromMs)) / 1000 - taken),
	};
}
