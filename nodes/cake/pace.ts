import { wait } from './wait';

/** The rate is judged anew once in so many milliseconds. */
const INTERVAL_MS = 1000;

/** Fewer throttled replies, by share or number, are noise: some servers refuse a few at any rate. */
const TOLERATED_SHARE = 0.08;
const TOLERATED_NUMBER = 2;

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

	private pausedUntil = 0;

	/** Throttles since a request was last taken: how often to double the pause. */
	private inARow = 0;

	/** Times of accepted replies within the last second, oldest first, until the first throttle. */
	private readonly accepted: number[] = [];

	/** The rate at the last cut: what CAKE is known not to allow. */
	private knownLimit = Number.POSITIVE_INFINITY;

	private interval = { start: 0, replies: 0, throttled: 0 };

	private calmIntervals = 0;

	/** @param now the clock, in milliseconds */
	constructor(private readonly now: () => number = Date.now) {}

	/** Requests a second at present; Infinity before the first throttle. */
	get rate(): number {
		return this.perSecond;
	}

	/** Waits until a request may go out; at once where there is no limit. */
	async turn(stop?: AbortSignal): Promise<void> {
		for (;;) {
			const now = this.now();
			if (this.perSecond === Number.POSITIVE_INFINITY && now >= this.pausedUntil) return;
			const at = Math.max(now, this.nextTurn, this.pausedUntil);
			this.nextTurn = at + 1000 / this.perSecond;
			if (at > now) await wait(at - now, stop);
			// A pause that began during the wait holds for this request too.
			if (stop?.aborted || this.now() >= this.pausedUntil) return;
		}
	}

	/** CAKE did not throttle a request, whatever else became of it. */
	took(): void {
		this.inARow = 0;
		if (this.perSecond === Number.POSITIVE_INFINITY) {
			const now = this.now();
			this.accepted.push(now);
			if (this.accepted[0] <= now - INTERVAL_MS) this.dropOld(now);
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
		const pause = retryAfterMs ?? (isOneOfMany ? 0 : Math.random() * longest);
		this.pausedUntil = Math.max(this.pausedUntil, now + pause);
		// Requests that were in flight together are throttled once, not many times.
		if (isOneOfMany) return;
		this.inARow++;
		if (this.perSecond === Number.POSITIVE_INFINITY) {
			this.dropOld(now);
			this.cutTo(CUT * this.accepted.length);
			this.knownLimit = Number.POSITIVE_INFINITY;
			this.accepted.length = 0;
			return;
		}
		this.interval.replies++;
		this.interval.throttled++;
		if ((retryAfterMs ?? 0) >= CLEAR_RETRY_AFTER_MS) this.cutTo(CUT * this.perSecond);
		else this.judge();
	}

	private dropOld(now: number): void {
		const fresh = this.accepted.findIndex((time) => time > now - INTERVAL_MS);
		this.accepted.splice(0, fresh === -1 ? this.accepted.length : fresh);
	}

	/** Once an interval: slower when too much was throttled in it, else faster. */
	private judge(): void {
		const { start, replies, throttled } = this.interval;
		const now = this.now();
		if (now - start < INTERVAL_MS) return;
		if (throttled > TOLERATED_NUMBER && throttled / replies > TOLERATED_SHARE) {
			this.cutTo(CUT * this.perSecond);
			return;
		}
		const isNear = this.perSecond * FAST_GROWTH > this.knownLimit;
		const step = Math.min(this.calmIntervals++, GROWTH_NEAR_LIMIT.length - 1);
		this.perSecond *= isNear ? GROWTH_NEAR_LIMIT[step] : FAST_GROWTH;
		this.interval = { start: now, replies: 0, throttled: 0 };
	}

	private cutTo(rate: number): void {
		this.knownLimit = this.perSecond;
		this.perSecond = Math.max(SLOWEST_PER_SECOND, rate);
		this.calmIntervals = 0;
		// Nothing is sent during a pause, so the next interval begins after it.
		this.interval = { start: Math.max(this.now(), this.pausedUntil), replies: 0, throttled: 0 };
	}
}
