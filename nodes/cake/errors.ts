import type { Conversion, ConversionFilters, Reference, Selection, RequestKind } from './types';

/** The kind says whether another try can help, and who has to act. */
export type FailureKind =
	/** CAKE answered and said no. */
	| 'refused'
	/** CAKE does not accept the API key, or not for this request. */
	| 'unauthorized'
	/** CAKE asks for fewer requests. */
	| 'throttled'
	/** CAKE did not answer, or the answer is unreadable. */
	| 'unavailable'
	/** The request never reached CAKE. */
	| 'notSent'
	/** A write that CAKE may or may not have stored. */
	| 'unknownOutcome'
	/** No conversion has this conversion, order or click ID. */
	| 'notFound'
	/** Several conversions have this order or click ID. */
	| 'ambiguous';

/** A special case of a kind, with a remedy of its own. */
export type FailureCase =
	/** `refused`: CAKE sent rows that a filter excludes. */
	| 'filterIgnored'
	/** `refused`: CAKE says "duplicate", but not of what. */
	| 'bareDuplicate'
	/** `refused`: CAKE has stored the Unique ID with another click. */
	| 'uniqueIdOfAnotherSale'
	/** `refused`: the host redirects to another host. */
	| 'redirected'
	/** `unavailable`: the server does not speak https. */
	| 'noHttps'
	/** `unavailable`: the list has gaps. A conversion that is missing from it may exist. */
	| 'incompleteList'
	/** `unavailable`: the list is too long for one poll. */
	| 'pollTooLong';

/** If CAKE asks for a longer wait, the failure is reported at once, with the time. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/** The part of CAKE's list that was read to find conversions. */
interface Searched extends Selection {
	/** Conversions read; absent if the read failed. */
	count?: number | undefined;
	/** The total that CAKE reported; absent if it named none. */
	reported?: number | undefined;
}

export interface FailureFacts {
	case?: FailureCase | undefined;
	request?: RequestKind | undefined;
	/** CAKE's answer or what happened instead, in sentences without the API key. */
	detail?: string | undefined;
	/** CAKE's own message, which `detail` quotes. */
	cakeMessage?: string | undefined;
	httpStatus?: number | undefined;
	/** The wait that CAKE asked for, in milliseconds. */
	retryAfterMs?: number | undefined;
	/** Each of them may be the conversion in question. */
	conversions?: Conversion[] | undefined;
	/** The ID that was searched for. */
	reference?: Reference | undefined;
	/** An ID in the list that differs from `reference` only in case. */
	nearReference?: string | undefined;
	/** The conversions whose ID differs from `reference` only in case. */
	nearConversions?: Conversion[] | undefined;
	/** No conversion has `reference` as its ID, but one of the list has it as its order ID. */
	isOrderId?: boolean | undefined;
	/** The conversion was looked for to update it. */
	isForUpdate?: boolean | undefined;
	/** The conversions were read to compare them with a list. */
	isForList?: boolean | undefined;
	searched?: Searched | undefined;
	/** The filter that CAKE ignored. */
	filter?: keyof ConversionFilters | undefined;
	/** Another try cannot help: the host does not exist, or its certificate is not valid. */
	isPermanent?: boolean | undefined;
	/** A deadline passed, ours or a gateway's. CAKE may still be working on the request. */
	isDeadline?: boolean | undefined;
}

/**
 * A failure as facts; nodes/shared/failures.ts puts it into words. It may be logged and saved: it
 * holds neither a request object nor the API key.
 */
export class CakeError extends Error {
	constructor(
		readonly kind: FailureKind,
		readonly facts: FailureFacts = {},
	) {
		super(facts.detail ?? kind);
	}

	/** Returns the same failure with facts added or replaced. */
	with(facts: FailureFacts): CakeError {
		return new CakeError(this.kind, { ...this.facts, ...facts });
	}

	/** Whether all further requests of the run would fail in the same way. They are not sent then. */
	get isFatalForRun(): boolean {
		if (this.kind === 'throttled') return asksTooLong(this);
		return this.kind === 'unauthorized' || this.kind === 'notSent';
	}
}

/** Whether CAKE asks for a wait that is too long inside a run. */
export function asksTooLong({ facts }: CakeError): boolean {
	return (facts.retryAfterMs ?? 0) > LONGEST_RETRY_AFTER_MS;
}

/** A request was stopped before CAKE can have stored it. No failure, unlike the kind `notSent`. */
export class NotSent extends Error {}

/** Returns an error unchanged. Anything else that was thrown becomes one. */
export function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
