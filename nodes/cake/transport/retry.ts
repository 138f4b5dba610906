import type { CakeClient } from './client';
import {
	asError,
	asksTooLong,
	CakeError,
	NotSent,
	type FailureFacts,
	type FailureKind,
} from '../errors';
import type { RateLimiter } from './rateLimiter';
import type { Semaphore } from './semaphore';
import type { CakeCall } from './call';
import { isRecord, type RequestKind } from '../types';
import { wait } from './sleep';

/** What may be done about a failed request: `retryLater` waits until a slow first try must have ended. */
type Reaction = 'retry' | 'retryLater' | 'giveUp';

/** Whether sending again is safe. A write without a clear answer may have been stored. */
function getReaction(kind: FailureKind, requestKind: RequestKind): Reaction {
	if (kind === 'notSent' || kind === 'throttled') return 'retry';
	if (kind !== 'unavailable' || requestKind === 'recordWithoutUniqueId') return 'giveUp';
	return requestKind === 'query' ? 'retry' : 'retryLater';
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;

/** After a deadline the first try may still be at work; its twin must not overtake it. */
const AFTER_DEADLINE_MS = 10_000;

/** Shared by all requests of one execution: client, concurrency, rate limit and retry budget. */
export interface RequestContext {
	client: CakeClient;
	semaphore: Semaphore;
	rateLimiter: RateLimiter;
	/** Further tries after the first, at most. */
	retries: number;
	/** How many milliseconds the next request may take, to the last byte of its reply; at least 1. */
	remainingMs(): number;
	/** Facts for every failure of these requests. */
	facts?: FailureFacts | undefined;
	/** Given when nothing new may be sent. */
	stop?: AbortSignal | undefined;
	/** Told of a request that failed for good, before anything else is sent in its place. */
	onFailure?(error: CakeError): void;
}

/** Full jitter: anything up to a ceiling that doubles. A throttle's wait is left to the rate limiter. */
function waitFor(error: CakeError, attempt: number, reaction: Reaction): number {
	if (error.kind === 'throttled') return 0;
	const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
	const floor = reaction === 'retryLater' && error.facts.isDeadline ? AFTER_DEADLINE_MS : 0;
	return Math.max(floor, error.facts.retryAfterMs ?? 0) + Math.random() * ceiling;
}

/**
 * Sends a request, and again where that is safe. Waits between tries hold no place of the run's.
 *
 * A record that was tried once without a clear answer may have been stored: whatever is refused
 * after that, or left unanswered, is an unknown outcome and not a refusal.
 * @throws CakeError of the last try; NotSent when stopped before anything can have been stored
 */
export async function sendWithRetries<T>(context: RequestContext, call: CakeCall<T>): Promise<T> {
	let failure: CakeError | undefined;
	let wasUnclear = false;
	for (let attempt = 0; ; attempt++) {
		const result = await context.semaphore.run(async (): Promise<{ answer: T } | CakeError> => {
			if (!context.stop?.aborted) await context.rateLimiter.acquire(context.stop);
			if (context.stop?.aborted) throw whenStopped(failure, call, wasUnclear);
			const given = await sendOnce(context, call);
			if (!(given instanceof CakeError)) return given;
			wasUnclear ||= given.kind === 'unavailable';
			if (!isOver(given, call, attempt, context)) return given;
			// Told while the place is still held, so that nothing takes it when this ends the run.
			const error = toFinalFailure(given, call, wasUnclear);
			context.onFailure?.(error);
			throw error;
		});
		if (!(result instanceof CakeError)) return result.answer;
		failure = result;
		await wait(waitFor(failure, attempt, getReaction(failure.kind, call.kind)), context.stop);
	}
}

function isOver(
	failure: CakeError,
	call: CakeCall<unknown>,
	attempt: number,
	context: RequestContext,
): boolean {
	return (
		getReaction(failure.kind, call.kind) === 'giveUp' ||
		failure.facts.isPermanent ||
		attempt >= context.retries ||
		asksTooLong(failure)
	);
}

/** What a request that was to be sent, or sent again, comes to when nothing more may be. */
function whenStopped(failure: CakeError | undefined, call: CakeCall<unknown>, wasUnclear: boolean) {
	// A write that only waited for its next try, and that no try before can have stored, was not sent.
	const hasFailed = wasUnclear || call.kind === 'query';
	return failure && hasFailed ? toFinalFailure(failure, call, wasUnclear) : new NotSent();
}

/**
 * What a request that is not sent again has come to.
 * @param wasUnclear whether any try got no clear answer
 */
function toFinalFailure(
	failure: CakeError,
	call: CakeCall<unknown>,
	wasUnclear: boolean,
): CakeError {
	const { request, detail, httpStatus, conversions } = failure.facts;
	return wasUnclear && isRecord(call.kind)
		? new CakeError('unknownOutcome', { request, detail, httpStatus, conversions })
		: failure;
}

/** Sends a request once and tells the rate limiter how it went. */
async function sendOnce<T>(
	context: RequestContext,
	call: CakeCall<T>,
): Promise<{ answer: T } | CakeError> {
	try {
		const answer = await context.client.send(call, context.remainingMs());
		context.rateLimiter.onAccepted();
		return { answer };
	} catch (error) {
		if (!(error instanceof CakeError)) throw asError(error);
		if (error.kind !== 'throttled') context.rateLimiter.onAccepted();
		else if (!error.isFatalForRun) context.rateLimiter.onThrottled(error.facts.retryAfterMs);
		return error.with({ request: call.kind, ...context.facts });
	}
}
