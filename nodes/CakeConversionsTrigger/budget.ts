import type { IPollFunctions } from 'n8n-workflow';

/** n8n polls once a minute at most. A poll longer than this could overlap the next. */
const LONGEST_POLL_MS = 45_000;

/** The time of one poll, by the monotonic clock. */
export interface PollBudget {
	/** The whole time, in milliseconds. */
	totalMs: number;
	/** What is left of it; at least 1. */
	remainingMs(): number;
	/** Aborted when nothing is left. */
	timeout: AbortSignal;
}

/** Starts the time of a poll. n8n limits it since 2.38 (`getPollBudgetMs`). */
export function startBudget(context: Partial<Pick<IPollFunctions, 'getPollBudgetMs'>>): PollBudget {
	const totalMs = Math.min(LONGEST_POLL_MS, context.getPollBudgetMs?.() ?? LONGEST_POLL_MS);
	const end = performance.now() + totalMs;
	return {
		totalMs,
		// Whole milliseconds: a timer takes no fractions.
		remainingMs: () => Math.max(1, Math.round(end - performance.now())),
		timeout: AbortSignal.timeout(totalMs),
	};
}
