/** Milliseconds by a clock that nobody sets. */
export type MonotonicClock = () => number;
export const readClock: MonotonicClock = () => performance.now();

/** The time that several requests have together. */
export interface TimeLimit {
	/** What is left of it, in milliseconds; at least 1. */
	remainingMs(): number;
	/** Aborted when nothing is left. */
	timeout: AbortSignal;
}

export function startTimeLimit(ms: number, now = readClock): TimeLimit {
	const end = now() + ms;
	return {
		// Whole milliseconds: a timer takes no fractions.
		remainingMs: () => Math.max(1, Math.round(end - now())),
		timeout: AbortSignal.timeout(ms),
	};
}
