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

/** The reaction to a failure. After a deadline, `retryLater` waits at least `AFTER_DEADLINE_MS`. */
type Reaction = 'retry' | 'retryLater' | 'giveUp';

/** Whether sending again is safe. A write without a clear answer may have been stored. */
function getReaction(kind: FailureKind, requestKind: RequestKind): Reaction {
	if (kind === 'notSent' || kind === 'throttled') return 'retry';
	if (kind !== 'unavailable' || requestKind === 'recordWithoutUniqueId') return 'giveUp';
	return requestKind === 'query' ? 'retry' : 'retryLater';
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;

/** After a deadline CAKE may still be working on the request. The next must not overtake it. */
export const AFTER_DEADLINE_MS = 10_000;

/** Shared by all requests of one execution: client, concurrency, rate limit and retry budget. */
export interface RequestContext {
	client: Pick<CakeClient, 'account' | 'send'>;
	semaphore: Semaphore;
	rateLimiter: RateLimiter;
	/** At most this many tries after the first. */
	retries: number;
	/** Milliseconds the next request may take, until the last byte of its reply; at least 1. */
	remainingMs(): number;
	/** Added to each failure. */
	facts?: FailureFacts | undefined;
	/** Aborted when nothing new may be sent. */
	stop?: AbortSignal | undefined;
	/** Called when a request has failed for good, before another request gets its permit. */
	onFailure?(error: CakeError): void;
}

/** Full jitter: random, with a doubling ceiling, plus any minimum. After a throttle the rate limiter waits. */
function getWaitMs(error: CakeError, attempt: number, reaction: Reaction): number {
	if (error.kind === 'throttled') return 0;
	const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
	const floor = reaction === 'retryLater' && error.facts.isDeadline ? AFTER_DEADLINE_MS : 0;
	return Math.max(floor, error.facts.retryAfterMs ?? 0) + Math.random() * ceiling;
}

/**
 * Sends a request, and again where that is safe. Waits between tries hold no permit.
 *
 * A recording that once got no clear answer may have been stored. If a later try fails too, the outcome
 * is unknown, even if CAKE refused that try.
 * @throws CakeError of the last try; NotSent if stopped before CAKE can have stored anything
 */
export async function sendWithRetries<T>(context: RequestContext, call: CakeCall<T>): Promise<T> {
	let failure: CakeError | undefined;
	let wasUnclear = false;
	for (let attempt = 0; ; attempt++) {
		const result = await context.semaphore.run(async (): Promise<TryResult<T>> => {
			if (!context.stop?.aborted) await context.rateLimiter.acquire(context.stop);
			if (context.stop?.aborted) throw toStopError(failure, call, wasUnclear);
			const outcome = await sendOnce(context, call);
			if (!(outcome instanceof CakeError)) return outcome;
			wasUnclear ||= outcome.kind === 'unavailable';
			if (!isFinal(outcome, call, attempt, context.retries)) return outcome;
			// The permit is still held: if this failure ends the run, no other request gets it first.
			const error = toFinalFailure(outcome, call, wasUnclear);
			context.onFailure?.(error);
			throw error;
		});
		if (!(result instanceof CakeError)) return result.answer;
		failure = result;
		await wait(getWaitMs(failure, attempt, getReaction(failure.kind, call.kind)), context.stop);
	}
}

function isFinal(error: CakeError, call: CakeCall<unknown>, attempt: number, retries: number) {
	return (
		getReaction(error.kind, call.kind) === 'giveUp' ||
		error.facts.isPermanent ||
		attempt >= retries ||
		asksTooLong(error)
	);
}

/** The error of a request that is stopped before its first or its next try. */
function toStopError(failure: CakeError | undefined, call: CakeCall<unknown>, wasUnclear: boolean) {
	// A write counts as not sent if all its tries clearly failed: none of them can have been stored.
	const shouldFail = wasUnclear || call.kind === 'query';
	return failure && shouldFail ? toFinalFailure(failure, call, wasUnclear) : new NotSent();
}

/**
 * The failure of a request that is not sent again.
 * @param wasUnclear whether any try got no clear answer
 */
function toFinalFailure(failure: CakeError, call: CakeCall<unknown>, wasUnclear: boolean) {
	const { request, detail, httpStatus, conversions, isDeadline } = failure.facts;
	return wasUnclear && isRecord(call.kind)
		? new CakeError('unknownOutcome', { request, detail, httpStatus, conversions, isDeadline })
		: failure;
}

type TryResult<T> = { answer: T } | CakeError;

/** Sends a request once and reports the result to the rate limiter. */
async function sendOnce<T>(context: RequestContext, call: CakeCall<T>): Promise<TryResult<T>> {
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
