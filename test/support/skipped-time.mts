/** Longer timers are deadlines, such as those of n8n's HTTP client. They run in real time. */
const LONGEST_WAIT_MS = 30_000;

const { setTimeout: setRealTimeout } = globalThis;

/**
 * A clock for tests of waits. Each wait ends at once, and the clock moves on by its length. Use it for
 * one request at a time, since waits side by side would add up.
 */
export class SkippedTime {
	/** The length of all waits so far, in milliseconds. */
	passedMs = 0;

	private setBack = { afterMs: Infinity, byMs: 0 };

	/** Gives the node this clock during each test of a file or `describe`. */
	use(): this {
		beforeEach(() => this.start());
		afterEach(() => jest.restoreAllMocks());
		return this;
	}

	/** Sets the computer's clock back once `afterMs` have passed. The monotonic clock goes on. */
	setClockBack(afterMs: number, byMs: number): void {
		this.setBack = { afterMs, byMs };
	}

	/** Calls back after `ms` of real time. */
	callLater(callback: () => void, ms: number): void {
		setRealTimeout(callback, ms);
	}

	private start(): void {
		this.passedMs = 0;
		this.setBack = { afterMs: Infinity, byMs: 0 };
		const { setTimeout } = globalThis;
		const [startDate, startMonotonic] = [Date.now(), performance.now()];
		const skip = (callback: () => void, ms = 0) => {
			if (ms > LONGEST_WAIT_MS) return setTimeout(callback, ms);
			this.passedMs += ms;
			return setImmediate(callback);
		};
		jest.spyOn(globalThis, 'setTimeout').mockImplementation(skip as typeof setTimeout);
		jest.spyOn(performance, 'now').mockImplementation(() => startMonotonic + this.passedMs);
		jest.spyOn(Date, 'now').mockImplementation(() => {
			const { afterMs, byMs } = this.setBack;
			return startDate + this.passedMs - (this.passedMs > afterMs ? byMs : 0);
		});
	}
}
