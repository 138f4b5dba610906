import { NodeApiError, type INode } from 'n8n-workflow';

/** Whether trying again can help, and who has to act; what each means is in the README's table. */
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
	/** No conversion has the order or click ID. */
	| 'notFound'
	/** Several conversions have the order or click ID. */
	| 'ambiguous';

/** One sentence each, ours and fixed: n8n replaces a message in which it finds words such as ENOENT. */
const MESSAGES: Record<FailureKind, string> = {
	refused: 'CAKE refused the request',
	unauthorized: 'CAKE did not accept the API key',
	throttled: 'CAKE is limiting the number of requests',
	unavailable: 'CAKE is not answering properly',
	notSent: 'CAKE could not be reached',
	unknownOutcome: 'It is not known whether CAKE stored this',
	notFound: 'No such conversion was found',
	ambiguous: 'Several conversions were found',
};

const NEXT_STEPS: Record<FailureKind, string> = {
	refused: 'Correct the values of this item, or leave it out.',
	unauthorized:
		"Check 'API Key' in the CAKE credential, the rights of its user, and whether CAKE lets this server's IP address use the API.",
	throttled:
		"Wait, then run the rest again. If it happens often, lower 'Max Concurrent' under Options.",
	unavailable: 'Try again later. If it stays, open the Base URL of the credential in a browser.',
	notSent:
		"Nothing was sent. Check 'Base URL' in the CAKE credential and this server's connection.",
	unknownOutcome:
		'Look the conversion up in CAKE before sending it again. Where CAKE refuses a Unique ID it has, sending it again with the same one is safe.',
	notFound:
		"Check the value and the filters, or look further back with 'Search Days' under Options.",
	ambiguous: "Add a filter that only one of them passes, or update by 'Conversion ID'.",
};

/** Longer than this nobody waits inside a run: the failure is told at once, with the time. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

export interface CakeErrorDetails {
	/** CAKE's own words or what was seen, free of the API key. */
	seen?: string;
	/** Replaces the kind's message, for a case that can be named better. */
	message?: string;
	/** Replaces the kind's advice. */
	nextStep?: string;
	httpStatus?: number;
	/** What CAKE asked to wait, in milliseconds. */
	retryAfterMs?: number;
	/** Conversions that may be the one this is about. */
	conversionIds?: number[];
	/** Another try cannot help: a host that does not exist, a certificate that does not fit. */
	isPermanent?: boolean;
	/** The request was given up at its deadline and may still be at work on the other side. */
	isDeadline?: boolean;
}

/**
 * A request to CAKE that failed. Holds nothing of the request or the reply but text that is free of
 * the API key, so that it may be logged and saved.
 */
export class CakeError extends Error {
	readonly seen: string;

	readonly nextStep: string;

	readonly httpStatus?: number;

	readonly retryAfterMs?: number;

	readonly conversionIds?: number[];

	readonly isPermanent: boolean;

	readonly isDeadline: boolean;

	/** Whether `nextStep` is of this very case, and not the kind's. */
	readonly hasOwnAdvice: boolean;

	constructor(
		readonly kind: FailureKind,
		details: CakeErrorDetails = {},
	) {
		super(details.message ?? MESSAGES[kind]);
		this.seen = details.seen ?? '';
		this.nextStep = details.nextStep ?? NEXT_STEPS[kind];
		this.httpStatus = details.httpStatus;
		this.retryAfterMs = details.retryAfterMs;
		this.conversionIds = details.conversionIds;
		this.isPermanent = details.isPermanent ?? false;
		this.isDeadline = details.isDeadline ?? false;
		this.hasOwnAdvice = details.nextStep !== undefined;
	}

	/** Whether every further request would meet the same: the rest of a run is not worth sending. */
	get concernsAll(): boolean {
		if (this.kind === 'throttled') return (this.retryAfterMs ?? 0) > LONGEST_RETRY_AFTER_MS;
		return this.kind === 'unauthorized' || this.kind === 'notSent';
	}

	/** What was seen, then what to do next. */
	get reason(): string {
		return [this.seen, this.nextStep].filter(Boolean).join(' ');
	}
}

/** The same in n8n's words, for those it has words for. */
function failureOf({ kind, retryAfterMs }: CakeError) {
	switch (kind) {
		case 'unauthorized':
			return { cause: 'credential-invalid' as const };
		case 'throttled':
			return { cause: 'rate-limited' as const, retryAfterMs };
		case 'unavailable':
		case 'notSent':
			return { cause: 'temporarily-unavailable' as const, retryAfterMs };
		default:
			return undefined;
	}
}

/** What was thrown, as an error: passed on as it is. */
export function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}

/**
 * The error as n8n shows and classifies it (`failure` feeds its back-off for triggers).
 * @param itemIndex the input item this is about, counted from 0 as n8n does
 * @param progress what had been done when the run stopped, for the description
 */
export function toNodeApiError(
	node: INode,
	error: CakeError,
	itemIndex?: number,
	progress?: string,
): NodeApiError {
	const where = itemIndex === undefined ? '' : ` [Item ${itemIndex}]`;
	return new NodeApiError(
		node,
		{},
		{
			message: `${error.message}${where}`,
			description: [error.reason, progress].filter(Boolean).join(' '),
			// A failure under HTTP 200 is not told as "HTTP code 200".
			httpCode: error.httpStatus && error.httpStatus >= 300 ? `${error.httpStatus}` : undefined,
			itemIndex,
			failure: failureOf(error),
		},
	);
}
