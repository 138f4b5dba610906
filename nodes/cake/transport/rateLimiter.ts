import { wait } from './sleep';

/** The rate is adjusted once a second. */
const INTERVAL_MS = 1000;

/** A limit begins when this share of about the last LAST_REPLIES replies was throttled. */
const LIMITED_SHARE = 0.3;
const LAST_REPLIES = 16;

/** A larger share of throttled replies in a second means a limit. A smaller one is noise. */
const TOLERATED_SHARE = 0.07;

/** The rate grows only while this share of it is used. Otherwise nothing shows that CAKE allows more. */
const USED_SHARE = 0.5;

const CUT_FACTOR = 0.9;
const SLOWEST_PER_SECOND = 1;

/** Up to the ceiling the rate grows by this share of it a second. */
const GROWTH_SHARE = 0.01;

/** Timers fire a few milliseconds late. The limiter makes up for at most this much. */
const CATCH_UP_MS = 20;

const FIRST_PAUSE_MS = 50;
const PAUSE_GROWTH = 5;
const LONGEST_PAUSE_MS = 20_000;

/**
 * Limits the requests per second of one execution. There is no limit until CAKE throttles much.
 * From then on it cuts the rate while CAKE throttles, and raises it while CAKE does not. A throttle
 * pauses all requests, not only the one it hit.
 *
 * A limit on concurrency is not enough: at 5 ms a reply, one request at a time is 200 a second.
 */
export class RateLimiter {
	private perSecond = Number.POSITIVE_INFINITY;

	/** A rate at which CAKE throttled, or just below. The rate is raised slowly up to it, then fast. */
	private ceiling = Number.POSITIVE_INFINITY;

	/** How much of the last replies was throttled. Newer replies count more. */
	private throttledShare = 0;

	/** When the rate allows the next request. */
	private nextAllowedAt = 0;

	/** Resolves when the newest request may go out. Each request waits for the one before it. */
	private lastAcquired: Promise<void> = Promise.resolve();

	private pausedUntil = 0;

	/** Pauses since the last accepted request. Each is longer than the one before. */
	private pausesInARow = 0;

	/** Replies since the rate was last adjusted. Before there is a limit: all replies. */
	private interval: { start: number; accepted: number; throttled: number };

	/** @param now a monotonic clock, in milliseconds */
	constructor(private readonly now: () => number = () => performance.now()) {
		this.interval = { start: now(), accepted: 0, throttled: 0 };
	}

	/** Requests per second at present; Infinity while there is no limit. */
	get rate(): number {
		return this.perSecond;
	}

	private get isLimited(): boolean {
		return this.perSecond < Number.POSITIVE_INFINITY;
	}

	/** Waits until a request may go out, or until `stop` is aborted. */
	async acquire(stop?: AbortSignal): Promise<void> {
		if (!this.isLimited && this.now() >= this.pausedUntil) return;
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
		this.throttledShare -= this.throttledShare / LAST_REPLIES;
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
		const startsPause = now >= this.pausedUntil;
		const ownPause = startsPause ? this.drawPauseMs() : 0;
		this.pausedUntil = Math.max(this.pausedUntil, now + Math.max(retryAfterMs, ownPause));
		this.throttledShare += (1 - this.throttledShare) / LAST_REPLIES;
		this.interval.throttled++;
		// Who names a wait has a limit. Each such pause costs so much that one is reason enough.
		if (this.isLimited && startsPause && retryAfterMs > 0) this.cut();
		else this.adjust();
	}

	/** Each pause is longer, up to a limit. Random, so that executions do not all resume at one moment. */
	private drawPauseMs(): number {
		const ceiling = FIRST_PAUSE_MS * PAUSE_GROWTH ** this.pausesInARow++;
		return Math.min(LONGEST_PAUSE_MS, ceiling) * (0.5 + Math.random() / 2);
	}

	private adjust(): void {
		const now = this.now();
		const { start, accepted, throttled } = this.interval;
		if (!this.isLimited) {
			if (this.throttledShare >= LIMITED_SHARE) this.beginLimit();
			return;
		}
		// After a cut the next interval begins later.
		if (now < start) this.interval = { start, accepted: 0, throttled: 0 };
		if (now - start < INTERVAL_MS) return;
		const tolerated = TOLERATED_SHARE * (accepted + throttled);
		const isUsed = accepted >= (USED_SHARE * this.perSecond * (now - start)) / 1000;
		if (throttled > tolerated + 1) {
			this.cut();
			return;
		}
		if (throttled <= tolerated && isUsed) this.raise();
		this.interval = { start: now, accepted: 0, throttled: 0 };
	}

	/** Starts from the rate that CAKE accepted so far. */
	private beginLimit(): void {
		const { start, accepted, throttled } = this.interval;
		this.perSecond = (accepted * 1000) / Math.max(INTERVAL_MS, this.now() - start);
		this.cut();
		// Too few to tell: another client may have used up what CAKE allows.
		if (accepted < throttled) this.ceiling = 0;
	}

	private cut(): void {
		// Above the ceiling the rate is raised by what it is above. Halfway is where it came from.
		this.ceiling = Math.min(this.perSecond, (this.perSecond + this.ceiling) / 2);
		this.perSecond = Math.max(SLOWEST_PER_SECOND, CUT_FACTOR * this.ceiling);
		// Until then replies may belong to requests from before the cut.
		const start = Math.max(this.now() + INTERVAL_MS, this.pausedUntil);
		this.interval = { start, accepted: 0, throttled: 0 };
	}

	private raise(): void {
		this.perSecond += Math.max(GROWTH_SHARE * this.ceiling, this.perSecond - this.ceiling);
	}
}
