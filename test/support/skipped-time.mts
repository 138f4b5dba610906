/** Longer ones are no waits but deadlines, of n8n's HTTP client for instance, and stay as they are. */
const LONGEST_WAIT_MS = 30_000;

const { setTimeout: setRealTimeout } = globalThis;

/**
 * A clock for tests of waits: each wait is over at once, and the clock has gone on by its length.
 * For one request at a time, since waits side by side would add up.
 */
export class SkippedTime {
	/** How long all waits have taken, in milliseconds. */
	passedMs = 0;

	private setBack = { afterMs: Infinity, byMs: 0 };

	/** Shows the node this clock during each test of a file or `describe`. */
	use(): this {
		beforeEach(() => this.start());
		afterEach(() => jest.restoreAllMocks());
		return this;
	}

	/** Sets the computer's clock back during a wait. The monotonic clock goes on. */
	setClockBack(afterMs: number, byMs: number): void {
		this.setBack = { afterMs, byMs };
	}

	/** Calls back when this much real time has passed. */
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
