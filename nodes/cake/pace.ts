import { wait } from './wait';

/** The rate is judged anew once in so many milliseconds. */
const INTERVAL_MS = 1000;

/** Fewer throttled replies, by share or number, are noise: some servers refuse a few at any rate. */
const TOLERATED_SHARE = 0.08;
const TOLERATED_NUMBER = 1.5;

/** A rate that was not used at least so far says nothing about a higher one. */
const USED_SHARE = 0.7;

/** Timers are late by a few milliseconds; so much is caught up. */
const CATCH_UP_MS = 20;

/** A server that asks for at least this long means its limit, even if it refuses few. */
const CLEAR_RETRY_AFTER_MS = 500;

const CUT = 0.85;
const SLOWEST_PER_SECOND = 1;

/** How much faster after an interval without a cut, far below the rate that was last cut. */
const FAST_GROWTH = 1.5;

/** The same near that rate: carefully at first, then again to find out whether more is allowed by now. */
const GROWTH_NEAR_LIMIT = [1.02, 1.04, 1.08, 1.16, 1.32, FAST_GROWTH];

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;

/**
 * How fast requests may go out. No limit until CAKE first throttles (at 5 ms a reply even one request
 * at a time is 200 a second, so a bound on concurrency alone cannot obey); from then on so many a
 * second, cut when CAKE throttles again, and creeping up while it does not.
 * A throttle pauses every request of the run, not only the one it hit.
 */
export class Pace {
	private perSecond = Number.POSITIVE_INFINITY;

	private nextTurn = 0;

	/** The turn of who came last; each waits for the one before, to go by the rate of the moment. */
	private lastInLine: Promise<void> = Promise.resolve();

	private pausedUntil = 0;

	/** Throttles since a request was last taken: how often to double the pause. */
	private inARow = 0;

	/** Times of accepted replies within the last second, oldest first, until the first throttle. */
	private readonly accepted: number[] = [];

	/** The rate at the last cut: what CAKE is known not to allow. */
	private knownLimit = Number.POSITIVE_INFINITY;

	private interval = { start: 0, replies: 0, throttled: 0, pausedMs: 0 };

	/** Those of earlier intervals, the last for half, the one before for a quarter and so on. */
	private before = { replies: 0, throttled: 0 };

	private calmIntervals = 0;

	/** @param now a monotonic clock, in milliseconds */
	constructor(private readonly now: () => number = () => performance.now()) {}

	/** Requests a second at present; Infinity before the first throttle. */
	get rate(): number {
		return this.perSecond;
	}

	/** Waits until a request may go out; at once where there is no limit. */
	async turn(stop?: AbortSignal): Promise<void> {
		if (this.perSecond === Number.POSITIVE_INFINITY && this.now() >= this.pausedUntil) return;
		const turn = this.lastInLine.then(async () => await this.firstInLine(stop));
		this.lastInLine = turn;
		await turn;
	}

	private async firstInLine(stop?: AbortSignal): Promise<void> {
		while (!stop?.aborted) {
			const now = this.now();
			const at = Math.max(this.nextTurn, this.pausedUntil);
			if (at <= now) {
				this.nextTurn = Math.max(at, now - CATCH_UP_MS) + 1000 / this.perSecond;
				return;
			}
			// A pause that begins during the wait holds for this request too.
			await wait(at - now, stop);
		}
	}

	/** CAKE did not throttle a request, whatever else became of it. */
	took(): void {
		this.inARow = 0;
		if (this.perSecond === Number.POSITIVE_INFINITY) {
			const now = this.now();
			this.accepted.push(now);
			if ((this.accepted[0] ?? now) <= now - INTERVAL_MS) this.dropOld(now);
			return;
		}
		this.interval.replies++;
		this.judge();
	}

	/**
	 * CAKE refused a request because there are too many.
	 * @param retryAfterMs what it asked to wait, if it said so
	 */
	throttled(retryAfterMs?: number): void {
		const now = this.now();
		const isOneOfMany = now < this.pausedUntil;
		const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.inARow);
		// Never shorter than our own growing pause: some servers name 0, or a moment that is over.
		const ownPause = isOneOfMany ? 0 : Math.random() * longest;
		this.pauseUntil(now + Math.max(ownPause, retryAfterMs ?? 0));
		const isLimited = this.perSecond !== Number.POSITIVE_INFINITY;
		if (isLimited) {
			this.interval.replies++;
			this.interval.throttled++;
		}
		// Requests that were in flight together are one reason to slow down, not many.
		if (isOneOfMany) return;
		this.inARow++;
		if (!isLimited) {
			this.dropOld(now);
			this.cutTo(CUT * this.accepted.length);
			this.knownLimit = Number.POSITIVE_INFINITY;
			this.accepted.length = 0;
			return;
		}
		if ((retryAfterMs ?? 0) >= CLEAR_RETRY_AFTER_MS) this.cutTo(CUT * this.perSecond);
		else this.judge();
	}

	private pauseUntil(end: number): void {
		const from = Math.max(this.now(), this.pausedUntil);
		if (end <= from) return;
		this.pausedUntil = end;
		this.interval.pausedMs += end - from;
	}

	private dropOld(now: number): void {
		const fresh = this.accepted.findIndex((time) => time > now - INTERVAL_MS);
		this.accepted.splice(0, fresh === -1 ? this.accepted.length : fresh);
	}

	/** Once an interval: slower when too much was throttled, faster when the rate was used up. */
	private judge(): void {
		const now = this.now();
		const passedMs = now - this.interval.start;
		if (passedMs < INTERVAL_MS) return;
		const replies = this.before.replies + this.interval.replies;
		const throttled = this.before.throttled + this.interval.throttled;
		if (throttled > TOLERATED_NUMBER && throttled / replies > TOLERATED_SHARE) {
			this.cutTo(CUT * this.perSecond);
			return;
		}
		const possible = (this.perSecond * (passedMs - this.interval.pausedMs)) / 1000;
		if (this.interval.replies >= USED_SHARE * possible) this.grow();
		this.before = { replies: replies / 2, throttled: throttled / 2 };
		this.interval = { start: now, replies: 0, throttled: 0, pausedMs: 0 };
	}

	private grow(): void {
		const isNear = this.perSecond * FAST_GROWTH > this.knownLimit;
		const step = Math.min(this.calmIntervals++, GROWTH_NEAR_LIMIT.length - 1);
		this.perSecond *= (isNear && GROWTH_NEAR_LIMIT[step]) || FAST_GROWTH;
	}

	private cutTo(rate: number): void {
		this.knownLimit = this.perSecond;
		this.perSecond = Math.max(SLOWEST_PER_SECOND, rate);
		this.calmIntervals = 0;
		this.before = { replies: 0, throttled: 0 };
		// Nothing is sent during a pause, so the next interval begins after it.
		const start = Math.max(this.now(), this.pausedUntil);
		this.interval = { start, replies: 0, throttled: 0, pausedMs: 0 };
	}
}
