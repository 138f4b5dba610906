import type { Conversion, ConversionFilters, Reference, Selection, RequestKind } from './types';

/** Whether trying again can help, and who has to act. */
export type FailureKind =
	/** CAKE answered and said no. */
	| 'refused'
	/** CAKE does not accept the key, or not for this. */
	| 'unauthorized'
	/** CAKE asks for fewer requests. */
	| 'throttled'
	/** CAKE did not answer, or not with anything that can be read. */
	| 'unavailable'
	/** The request never reached CAKE. */
	| 'notSent'
	/** A write that may or may not have been stored. */
	| 'unknownOutcome'
	/** No conversion has this conversion, order or click ID. */
	| 'notFound'
	/** Several conversions have this order or click ID. */
	| 'ambiguous';

/** A case of a kind in which something else is to be done than usual. */
export type FailureCase =
	/** `refused`: rows came that a filter excludes. */
	| 'filterIgnored'
	/** `refused`: CAKE says "duplicate", and not of what. */
	| 'bareDuplicate'
	/** `refused`: CAKE has the Unique ID for the sale of another click. */
	| 'uniqueIdOfAnotherSale'
	/** `refused`: the host redirects to another host. */
	| 'redirected'
	/** `unavailable`: the server does not speak https. */
	| 'noHttps'
	/** `unavailable`: the list has gaps, and proves neither that a conversion is there nor that it is not. */
	| 'incompleteList'
	/** `unavailable`: the list is too long for one poll. */
	| 'pollTooLong';

/** Longer than this no request waits inside a run: the failure is reported at once, with the time. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/** The part of CAKE's list that was read to find conversions. */
interface Searched extends Selection {
	/** Conversions read; absent when the read failed. */
	count?: number | undefined;
	/** Conversions CAKE said there are; absent when it did not say. */
	reported?: number | undefined;
}

/** What is known of a failure. */
export interface FailureFacts {
	case?: FailureCase | undefined;
	/** What was asked. */
	request?: RequestKind | undefined;
	/** What CAKE answered or what was observed, in sentences free of the API key. */
	detail?: string | undefined;
	/** CAKE's own message within `detail`. */
	cakeMessage?: string | undefined;
	httpStatus?: number | undefined;
	/** What CAKE asked to wait, in milliseconds. */
	retryAfterMs?: number | undefined;
	/** Conversions that may be the one this is about. */
	conversions?: Conversion[] | undefined;
	/** What was searched for. */
	reference?: Reference | undefined;
	/** One in the list that differs from it in nothing but case. */
	nearReference?: string | undefined;
	/** Where it was searched for. */
	searched?: Searched | undefined;
	/** The filter that CAKE ignored. */
	filter?: keyof ConversionFilters | undefined;
	/** Another try cannot help: a host that does not exist, a certificate that does not fit. */
	isPermanent?: boolean | undefined;
	/** The request was given up at its deadline and may still be at work on the other side. */
	isDeadline?: boolean | undefined;
}

/**
 * A failure, as facts; nodes/shared/failures.ts puts it into words. Holds nothing of the request or
 * the reply but text that is free of the API key, so that it may be logged and saved.
 */
export class CakeError extends Error {
	constructor(
		readonly kind: FailureKind,
		readonly facts: FailureFacts = {},
	) {
		super(facts.detail ?? kind);
	}

	/** The same failure with more facts, or other ones. */
	with(facts: FailureFacts): CakeError {
		return new CakeError(this.kind, { ...this.facts, ...facts });
	}

	/** Whether every further request would meet the same: the rest of a run is not worth sending. */
	get isFatalForRun(): boolean {
		if (this.kind === 'throttled') return asksTooLong(this);
		return this.kind === 'unauthorized' || this.kind === 'notSent';
	}
}

/** Whether CAKE asks to wait longer than a run can. */
export function asksTooLong({ facts }: CakeError): boolean {
	return (facts.retryAfterMs ?? 0) > LONGEST_RETRY_AFTER_MS;
}

/** Thrown for a request that was stopped before it was sent. */
export class NotSent extends Error {}

/** What was thrown, as an error: passed on as it is. */
export function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
