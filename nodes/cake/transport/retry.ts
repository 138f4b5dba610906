import type { CakeClient } from './client';
import { NotStarted } from './dispatch';
import { asError, asksTooLong, CakeError, type FailureFacts, type FailureKind } from '../errors';
import type { Pace } from './rateLimiter';
import type { Slots } from './semaphore';
import { isRecord, type CakeCall, type Traffic } from '../types';
import { wait } from './sleep';

/** What may be done about a failed request: `retryLater` waits until a slow first try must have ended. */
type Reaction = 'retry' | 'retryLater' | 'giveUp';

/** Whether sending again is safe. A write without a clear answer may have been stored. */
function getReaction(kind: FailureKind, traffic: Traffic): Reaction {
	if (kind === 'notSent' || kind === 'throttled') return 'retry';
	if (kind !== 'unavailable' || traffic === 'recordWithoutUniqueId') return 'giveUp';
	return traffic === 'query' ? 'retry' : 'retryLater';
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;

/** After a deadline the first try may still be at work; its twin must not overtake it. */
const AFTER_DEADLINE_MS = 10_000;

/** The way to CAKE for one run of a node: who sends, how many at a time, how fast, how often. */
export interface Line {
	client: CakeClient;
	slots: Slots;
	pace: Pace;
	/** Further tries after the first, at most. */
	retries: number;
	/** How many milliseconds the next request may take, to the last byte of its reply; at least 1. */
	remainingMs(): number;
	/** Facts for every failure of these requests. */
	facts?: FailureFacts;
	/** Given when nothing new may be sent. */
	stop?: AbortSignal;
	/** Told of a request that failed for good, before anything else is sent in its place. */
	onFailure?(error: CakeError): void;
}

/** Full jitter: anything up to a ceiling that doubles. A throttle's own wait is the pace's. */
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
 * @throws CakeError of the last try; NotStarted when stopped before anything can have been stored
 */
export async function sendWithRetries<T>(line: Line, call: CakeCall<T>): Promise<T> {
	let failure: CakeError | undefined;
	let wasUnclear = false;
	for (let attempt = 0; ; attempt++) {
		const result = await line.slots.use(async (): Promise<{ answer: T } | CakeError> => {
			if (!line.stop?.aborted) await line.pace.turn(line.stop);
			if (line.stop?.aborted) throw whenStopped(failure, call, wasUnclear);
			const given = await sendOnce(line, call);
			if (!(given instanceof CakeError)) return given;
			wasUnclear ||= given.kind === 'unavailable';
			if (!isOver(given, call, attempt, line)) return given;
			// Told while the place is still held, so that nothing takes it when this ends the run.
			const error = finalOf(given, call, wasUnclear);
			line.onFailure?.(error);
			throw error;
		});
		if (!(result instanceof CakeError)) return result.answer;
		failure = result;
		await wait(waitFor(failure, attempt, getReaction(failure.kind, call.traffic)), line.stop);
	}
}

function isOver(failure: CakeError, call: CakeCall<unknown>, attempt: number, line: Line): boolean {
	return (
		getReaction(failure.kind, call.traffic) === 'giveUp' ||
		failure.facts.isPermanent ||
		attempt >= line.retries ||
		asksTooLong(failure)
	);
}

/** What a request that was to be sent, or sent again, comes to when nothing more may be. */
function whenStopped(failure: CakeError | undefined, call: CakeCall<unknown>, wasUnclear: boolean) {
	// A write that only waited for its next try, and that no try before can have stored, was not sent.
	const hasFailed = wasUnclear || call.traffic === 'query';
	return failure && hasFailed ? finalOf(failure, call, wasUnclear) : new NotStarted();
}

/**
 * What a request that is not sent again has come to.
 * @param wasUnclear whether any try got no clear answer
 */
function finalOf(failure: CakeError, call: CakeCall<unknown>, wasUnclear: boolean): CakeError {
	const { request, detail, httpStatus, conversions } = failure.facts;
	return wasUnclear && isRecord(call.traffic)
		? new CakeError('unknownOutcome', { request, detail, httpStatus, conversions })
		: failure;
}

/** One try, and what it tells about the pace. */
async function sendOnce<T>(line: Line, call: CakeCall<T>): Promise<{ answer: T } | CakeError> {
	try {
		const answer = await line.client.send(call, line.remainingMs());
		line.pace.took();
		return { answer };
	} catch (error) {
		if (!(error instanceof CakeError)) throw asError(error);
		if (error.kind !== 'throttled') line.pace.took();
		else if (!error.concernsAll) line.pace.throttled(error.facts.retryAfterMs);
		return error.with({ request: call.traffic, ...line.facts });
	}
}
