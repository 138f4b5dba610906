/** How far each reading of the clock moves it on. */
const STEP_MS = 5;

/**
 * A clock that moves on only when somebody reads it. Work then takes as long as the times that it asks
 * whether a break is due. Shows how long n8n's event loop had to wait meanwhile, however fast the machine is.
 */
export class SlowClock {
	/** Times that the clock was read. */
	readings = 0;

	/** The longest time between two turns of the event loop, in milliseconds. */
	longestBlockMs = 0;

	private lastTurn = 0;
	private turn?: NodeJS.Immediate;

	/** Gives the node this clock during each test of a file or `describe`. */
	use(): this {
		beforeEach(() => this.start());
		afterEach(() => {
			clearImmediate(this.turn);
			jest.restoreAllMocks();
		});
		return this;
	}

	private start(): void {
		Object.assign(this, { readings: 0, longestBlockMs: 0, lastTurn: 0 });
		const start = performance.now();
		jest.spyOn(performance, 'now').mockImplementation(() => start + ++this.readings * STEP_MS);
		const countTurn = () => {
			const block = (this.readings - this.lastTurn) * STEP_MS;
			this.longestBlockMs = Math.max(this.longestBlockMs, block);
			this.lastTurn = this.readings;
			this.turn = setImmediate(countTurn);
		};
		countTurn();
	}
}
