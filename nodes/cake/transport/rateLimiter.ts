import { wait } from './sleep';

/** The rate is adjusted once a second. */
const INTERVAL_MS = 1000;

/** A larger share of throttled replies means a limit. A smaller one is noise that no rate avoids. */
const TOLERATED_SHARE = 0.09;

/** The rate grows only while this share of it is used. Otherwise nothing shows that CAKE allows more. */
const USED_SHARE = 0.5;

const CUT_FACTOR = 0.9;
const SLOWEST_PER_SECOND = 1;

/** The first growth factor after a cut. Each growth squares it, up to FASTEST_GROWTH. */
const SLOWEST_GROWTH = 1.05;
const FASTEST_GROWTH = 1.5;

/** Timers fire a few milliseconds late. The limiter makes up for at most this much. */
const CATCH_UP_MS = 20;

const FIRST_PAUSE_MS = 50;
const PAUSE_GROWTH = 5;
const LONGEST_PAUSE_MS = 20_000;

/**
 * Limits the requests per second of one execution. There is no limit until CAKE first throttles.
 * From then on it cuts the rate while CAKE throttles much, and raises it while CAKE does not. A
 * throttle pauses all requests, not only the one it hit.
 *
 * A limit on concurrency is not enough: at 5 ms a reply, one request at a time is 200 a second.
 */
export class RateLimiter {
	private perSecond = Number.POSITIVE_INFINITY;

	private growth = FASTEST_GROWTH;

	/** When the rate allows the next request. */
	private nextAllowedAt = 0;

	/** Resolves when the newest request may go out. Each request waits for the one before it. */
	private lastAcquired: Promise<void> = Promise.resolve();

	private pausedUntil = 0;

	/** Pauses since the last accepted request. Each is longer than the one before. */
	private pausesInARow = 0;

	/** Replies since the rate was last adjusted. Before the first throttle: all replies. */
	private interval: { start: number; accepted: number; throttled: number };

	/** @param now a monotonic clock, in milliseconds */
	constructor(private readonly now: () => number = () => performance.now()) {
		this.interval = { start: now(), accepted: 0, throttled: 0 };
	}

	/** Requests per second at present; Infinity before the first throttle. */
	get rate(): number {
		return this.perSecond;
	}

	/** Waits until a request may go out, or until `stop` is aborted. */
	async acquire(stop?: AbortSignal): Promise<void> {
		if (this.perSecond === Number.POSITIVE_INFINITY) return;
		const acquired = this.lastAcquired.then(async () => await this.waitForRate(stop));
		this.lastAcquired = acquired;
		await acquired;
	}

	private async waitForRate(stop?: AbortSignal): Promise<void> {
		while (!stop?.aborted) {
			const now = this.now();
			const at = Math.max(this.nextAllowedAt, this.pausedUntil);
			if (at <= now) {
				this.nextAllowedAt = Math.max(at, now - CATCH_UP_MS) + 1000 / this.perSecond;
				return;
			}
			// A pause that begins during the wait holds for this request too.
			await wait(at - now, stop);
		}
	}

	/** CAKE did not throttle a request. The request may have failed for another reason. */
	onAccepted(): void {
		this.pausesInARow = 0;
		this.interval.accepted++;
		this.adjust();
	}

	/**
	 * CAKE throttled a request.
	 * @param retryAfterMs the wait CAKE asks for. It lengthens the pause, but never shortens it.
	 */
	onThrottled(retryAfterMs = 0): void {
		const now = this.now();
		// Requests in flight together are throttled together. They start one pause, not many.
		const ownPause = now < this.pausedUntil ? 0 : this.drawPauseMs();
		this.pausedUntil = Math.max(this.pausedUntil, now + Math.max(retryAfterMs, ownPause));
		this.interval.throttled++;
		this.adjust();
	}

	/** Each pause is longer, up to a limit. Random, so that executions do not all resume at one moment. */
	private drawPauseMs(): number {
		const ceiling = FIRST_PAUSE_MS * PAUSE_GROWTH ** this.pausesInARow++;
		return Math.min(LONGEST_PAUSE_MS, ceiling) * (0.5 + Math.random() / 2);
	}

	private adjust(): void {
		const now = this.now();
		const { start, accepted, throttled } = this.interval;
		const seconds = Math.max(INTERVAL_MS, now - start) / 1000;
		if (this.perSecond === Number.POSITIVE_INFINITY) {
			if (throttled === 0) return;
			this.perSecond = Math.max(SLOWEST_PER_SECOND, (CUT_FACTOR * accepted) / seconds);
		} else if (now - start < INTERVAL_MS) {
			return;
		} else if (throttled > TOLERATED_SHARE * (accepted + throttled)) {
			this.perSecond = Math.max(SLOWEST_PER_SECOND, CUT_FACTOR * this.perSecond);
			this.growth = SLOWEST_GROWTH;
		} else if (accepted >= USED_SHARE * this.perSecond * seconds) {
			this.perSecond *= this.growth;
			this.growth = Math.min(FASTEST_GROWTH, this.growth ** 2);
		}
		this.interval = { start: now, accepted: 0, throttled: 0 };
	}
}
