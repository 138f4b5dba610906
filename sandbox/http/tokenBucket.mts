/** A token bucket. It holds the requests of one second and refills evenly. */
export class TokenBucket {
	private tokens: number;
	private last = performance.now();
	private readonly perSecond: number;

	constructor(perSecond: number) {
		this.perSecond = perSecond;
		this.tokens = Math.max(1, perSecond);
	}

	/** Takes a token. Gives false if there is none. */
	take(): boolean {
		const now = performance.now();
		const refilled = this.tokens + ((now - this.last) / 1000) * this.perSecond;
		this.tokens = Math.min(Math.max(1, this.perSecond), refilled);
		this.last = now;
		if (this.tokens < 1) return false;
		this.tokens--;
		return true;
	}
}
