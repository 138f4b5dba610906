import type { IPollFunctions } from 'n8n-workflow';

import { startTimeLimit, type TimeLimit } from '../cake/transport/timeLimit';

/** n8n polls once a minute at most. A poll longer than this could overlap the next. */
const LONGEST_POLL_MS = 45_000;

/** The time of one poll, by the monotonic clock. */
export interface PollBudget extends TimeLimit {
	/** The whole time, in milliseconds. */
	totalMs: number;
}

/** Starts the time of a poll. n8n limits it since 2.38 (`getPollBudgetMs`). */
export function startBudget(context: Partial<Pick<IPollFunctions, 'getPollBudgetMs'>>): PollBudget {
	const totalMs = Math.min(LONGEST_POLL_MS, context.getPollBudgetMs?.() ?? LONGEST_POLL_MS);
	return { totalMs, ...startTimeLimit(totalMs) };
}
