import { sleep } from 'n8n-workflow';

import type { CakeClient } from './client';
import { CakeError, type FailureKind } from './errors';
import type { CakeCall, Traffic } from './types';

/** What may be done about a failed request: `later` waits until a slow first try must have ended. */
type Reaction = 'retry' | 'retryLater' | 'giveUp';

/** Whether sending again is safe, by what failed and what was asked (a write may have been stored). */
const REACTIONS: Record<FailureKind, Record<Traffic, Reaction>> = {
	notSent: row('retry', 'retry', 'retry', 'retry'),
	throttled: row('retry', 'retry', 'retry', 'retry'),
	unavailable: row('retry', 'retry', 'retryLater', 'giveUp'),
	refused: row('giveUp', 'giveUp', 'giveUp', 'giveUp'),
	unauthorized: row('giveUp', 'giveUp', 'giveUp', 'giveUp'),
	unknownOutcome: row('giveUp', 'giveUp', 'giveUp', 'giveUp'),
};

function row(
	query: Reaction,
	update: Reaction,
	recordWithUniqueId: Reaction,
	recordWithoutUniqueId: Reaction,
): Record<Traffic, Reaction> {
	return { query, update, recordWithUniqueId, recordWithoutUniqueId };
}

/** Longer than this nobody waits inside a run: the failure is told at once, with the time. */
const MAX_RETRY_AFTER_MS = 60_000;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;

/** After a deadline the first try may still be at work; its twin must not overtake it. */
const AFTER_DEADLINE_MS = 10_000;

/** How often a wait looks whether the execution was stopped. n8n offers no timer that can be stopped. */
const WAIT_SLICE_MS = 200;

export interface RetryOptions {
	/** Further tries after the first, at most. */
	retries: number;
	timeoutMs: number;
	cancelSignal?: AbortSignal;
}

/** Waits, or less when the execution is stopped meanwhile. */
async function wait(ms: number, cancelSignal: AbortSignal | undefined): Promise<void> {
	const end = Date.now() + ms;
	for (let left = ms; left > 0 && !cancelSignal?.aborted; left = end - Date.now()) {
		await sleep(Math.min(left, WAIT_SLICE_MS));
	}
}

/** Full jitter: anything up to a ceiling that doubles, and never sooner than CAKE asked. */
function waitFor(error: CakeError, attempt: number, isLate: boolean): number {
	const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
	const floor = Math.max(error.retryAfterMs ?? 0, isLate ? AFTER_DEADLINE_MS : 0);
	return floor + Math.random() * ceiling;
}

/**
 * Sends a request, and again where that is safe.
 *
 * A record that was tried once without a clear answer may have been stored: whatever is refused
 * after that, or left unanswered, is an unknown outcome and not a refusal.
 * @throws CakeError of the last try
 */
export async function sendWithRetries<T>(
	client: CakeClient,
	call: CakeCall<T>,
	options: RetryOptions,
): Promise<T> {
	let wasUnclear = false;
	for (let attempt = 0; ; attempt++) {
		try {
			return await client.send(call, options.timeoutMs);
		} catch (error) {
			if (!(error instanceof CakeError)) throw asUnexpected(error);
			wasUnclear ||= error.kind === 'unavailable' && isRecord(call);
			const reaction = REACTIONS[error.kind][call.traffic];
			const isOver =
				reaction === 'giveUp' ||
				error.isPermanent ||
				attempt >= options.retries ||
				(error.retryAfterMs ?? 0) > MAX_RETRY_AFTER_MS ||
				options.cancelSignal?.aborted;
			if (isOver) throw wasUnclear ? asUnknownOutcome(error) : withWait(error);
			await wait(
				waitFor(error, attempt, reaction === 'retryLater' && error.isDeadline),
				options.cancelSignal,
			);
			if (options.cancelSignal?.aborted) throw wasUnclear ? asUnknownOutcome(error) : error;
		}
	}
}

function isRecord(call: CakeCall<unknown>): boolean {
	return call.traffic === 'recordWithUniqueId' || call.traffic === 'recordWithoutUniqueId';
}

function asUnknownOutcome(error: CakeError): CakeError {
	return new CakeError('unknownOutcome', { seen: error.seen, httpStatus: error.httpStatus });
}

/** A throttle that asks for longer than a run can wait says how long that is. */
function withWait(error: CakeError): CakeError {
	if ((error.retryAfterMs ?? 0) <= MAX_RETRY_AFTER_MS) return error;
	const seconds = Math.ceil((error.retryAfterMs ?? 0) / 1000);
	return new CakeError(error.kind, {
		seen: error.seen,
		nextStep: `CAKE asks to wait ${seconds} s. Run the rest again after that.`,
		httpStatus: error.httpStatus,
		retryAfterMs: error.retryAfterMs,
	});
}

/** A defect of this package, not an answer of CAKE's: shown as such, not dressed up. */
function asUnexpected(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
