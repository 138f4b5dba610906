import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import {
	asError,
	asksTooLong,
	CakeError,
	type FailureFacts,
	type FailureKind,
} from '../cake/errors';
import { isRecord, type Conversion } from '../cake/types';
import { isEmpty, showInvisible } from '../cake/values';
import {
	AGENT_KEEPS_UNIQUE_ID,
	AGENT_MUST_NOT_SPLIT,
	CASES,
	TELL_USER,
	TEXTS,
} from './failureTexts';
import { InvalidField } from './fields';
import { describeSelection } from './filters';

/** Who reads about a failure. A trigger's reader has only n8n's log. An agent may call again. */
export type Audience = 'editor' | 'trigger' | 'agent';

/** A failure, described for an audience. */
export interface Failure {
	kind: FailureKind | 'invalidValue' | 'limitExceeded' | 'notConfigured' | 'nodeDefect' | 'stopped';
	message: string;
	/** What was observed, then what to do next. */
	reason: string;
	/** Conversions that may be the one this failure is about. */
	conversionIds?: number[] | undefined;
}

/** A limit that the user set would be exceeded by the whole run, so nothing was sent. */
export class LimitExceeded extends Error {
	/** @param detail sentences: the items that weigh most, and what to do */
	constructor(
		message: string,
		readonly detail: string,
	) {
		super(message);
	}
}

/** The most conversions that one failure names. */
const MAX_NAMED = 20;

function describeConversion({ id, row }: Conversion): string {
	const named = { offer: row.offer_id, affiliate: row.affiliate_id, payout: row.payout };
	const parts = [
		row.conversion_date && String(row.conversion_date).slice(0, 10),
		...Object.entries(named).map(([name, value]) => !isEmpty(value) && `${name} ${String(value)}`),
		row.conversion_status,
	].filter(Boolean);
	return parts.length > 0 ? `${id} (${parts.join(', ')})` : `${id}`;
}

/** A sentence about the conversions that may be the failed recording; '' when there are none. */
function describeCandidates({ case: failureCase, conversions = [] }: FailureFacts): string {
	const [first, ...others] = conversions.slice(0, MAX_NAMED);
	if (!first) return '';
	if (failureCase === 'uniqueIdOfAnotherSale') return `It belongs to ${describeConversion(first)}.`;
	const ids = [first, ...others].map(({ id }) => id).join(', ');
	if (failureCase === 'bareDuplicate') return `CAKE lists for this click and order: ${ids}.`;
	return others.length > 0 ? `It may be one of ${ids}.` : `It may be conversion ${ids}.`;
}

/** Sentences about what CAKE answered, or what a search found. */
export function describeObservation(facts: FailureFacts): string {
	const { detail = '', searched, reference, conversions = [], isForUpdate = false } = facts;
	if (!searched) return `${detail} ${describeCandidates(facts)}`.trim();
	const where = describeSelection(searched);
	const ifForUpdate = (words: string) => (isForUpdate ? words : '');
	if (searched.count === undefined) {
		const unchanged = ifForUpdate(', so nothing was changed');
		return `The conversions ${where} could not be read completely${unchanged}. ${detail}`;
	}
	if (!reference) {
		const reported = searched.reported === undefined ? '' : ` of ${searched.reported}`;
		const unchanged = ifForUpdate(' Nothing was changed.');
		return `${searched.count}${reported} conversions were read ${where}.${unchanged}`;
	}
	const value = showInvisible(reference.value);
	const among = `the ${searched.count} conversions ${where}`;
	if (conversions.length === 0) {
		const near = facts.nearReference;
		const found = near ? ` "${near}" is; it differs in upper and lower case.` : '';
		return `"${value}" is not among ${among}.${found}`;
	}
	const named = conversions.slice(0, MAX_NAMED).map(describeConversion);
	const rest = conversions.length - named.length;
	const list = named.join(', ') + (rest > 0 ? `, and ${rest} more` : '');
	const unchanged = ifForUpdate(' None of them was changed.');
	return `"${value}" belongs to ${list}, among ${among}.${unchanged}`;
}

function describeNextStep({ kind, facts }: CakeError, audience: Audience): string {
	const text = TEXTS[kind];
	if (audience === 'agent' && kind === 'refused' && isRecord(facts.request))
		return AGENT_KEEPS_UNIQUE_ID;
	const ofCase = facts.case && CASES[facts.case].nextStep;
	const nextStep = ofCase ?? (audience === 'editor' ? undefined : text[audience]) ?? text.nextStep;
	return typeof nextStep === 'string' ? nextStep : nextStep(facts);
}

function describeCakeError(error: CakeError, audience: Audience): Failure {
	const { kind, facts } = error;
	const message = (facts.case && CASES[facts.case].message) ?? TEXTS[kind].message;
	let nextStep = describeNextStep(error, audience);
	if (asksTooLong(error)) {
		const wait = `CAKE asks to wait ${Math.ceil((facts.retryAfterMs ?? 0) / 1000)} s.`;
		nextStep = `${wait} ${audience === 'trigger' ? nextStep : 'Run the rest again after that.'}`;
	}
	return {
		kind,
		message: typeof message === 'string' ? message : message(facts),
		reason: [describeObservation(facts).trim(), nextStep].filter(Boolean).join(' '),
		conversionIds: facts.conversions?.slice(0, MAX_NAMED).map(({ id }) => id),
	};
}

/** Turns anything that was thrown into text for the audience. */
export function describeFailure(error: unknown, audience: Audience): Failure {
	if (error instanceof CakeError) return describeCakeError(error, audience);
	const forAgent = (text: string) => (audience === 'agent' ? ` ${text}` : '');
	const { message } = asError(error);
	if (error instanceof InvalidField) {
		const advice =
			'Nothing was sent. Correct the value and call again; ask the user for what you do not know.';
		return { kind: 'invalidValue', message, reason: error.reason + forAgent(advice) };
	}
	if (error instanceof LimitExceeded) {
		const reason = `Nothing was sent. ${error.detail}${forAgent(AGENT_MUST_NOT_SPLIT)}`;
		return { kind: 'limitExceeded', message, reason };
	}
	if (error instanceof NodeOperationError) {
		const reason = error.description ?? 'Nothing was sent.';
		return { kind: 'notConfigured', message, reason: reason + forAgent(TELL_USER) };
	}
	return {
		kind: 'nodeDefect',
		message: 'The CAKE node failed',
		reason: message + forAgent(TELL_USER),
	};
}

/**
 * Describes an item that was not sent. It gets the kind of `cause`, so that one rule in a workflow
 * catches both.
 * @param cause what ended the run; absent when a person stopped it, or the node's own code failed
 */
export function describeUnsent(cause: CakeError | undefined, audience: Audience): Failure {
	if (!cause) {
		const reason = 'The run was stopped before this item.';
		return { kind: 'stopped', message: 'Not sent', reason };
	}
	const { kind, message, reason } = describeCakeError(cause, audience);
	const why = `This item was not sent, because an earlier one failed: ${reason}`;
	return { kind, message, reason: why };
}

/** n8n's own name for the failure, if it has one. It sets how long n8n delays a trigger's next poll. */
function toN8nFailure({ kind, facts: { retryAfterMs } }: CakeError) {
	const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
	switch (kind) {
		case 'unauthorized':
			return { cause: 'credential-invalid' as const };
		case 'throttled':
			return { cause: 'rate-limited' as const, ...wait };
		case 'unavailable':
		case 'notSent':
			return { cause: 'temporarily-unavailable' as const, ...wait };
		default:
			return undefined;
	}
}

interface ErrorContext {
	audience: Audience;
	/** The input item that failed, counted from 0 as n8n does. */
	itemIndex?: number | undefined;
	/** Sentences about the other items, shown after the reason. */
	progress?: string | undefined;
}

/** Creates the error that n8n shows and classifies. */
export function toNodeError(
	node: INode,
	error: unknown,
	{ audience, itemIndex, progress }: ErrorContext,
): NodeApiError | NodeOperationError {
	if (error instanceof NodeOperationError) return error;
	if (error instanceof LimitExceeded) {
		// It concerns all items, so neither one item nor a count of the others is named.
		const { message, reason } = describeFailure(error, audience);
		const failure = { cause: 'configuration-invalid' as const };
		return new NodeOperationError(node, message, { description: reason, failure });
	}
	const where = itemIndex === undefined ? {} : { itemIndex };
	if (!(error instanceof CakeError) && !(error instanceof InvalidField)) {
		return new NodeOperationError(node, asError(error), {
			...where,
			...(progress && { description: progress }),
			failure: { cause: 'node-defect' },
		});
	}
	const failure = describeFailure(error, audience);
	const options = {
		message: failure.message,
		description: [failure.reason, progress].filter(Boolean).join(' '),
		...where,
	};
	if (error instanceof InvalidField) {
		return new NodeOperationError(node, options.message, {
			...options,
			failure: { cause: 'configuration-invalid' },
		});
	}
	const { httpStatus = 0 } = error.facts;
	const n8nFailure = toN8nFailure(error);
	return new NodeApiError(
		node,
		{},
		{
			...options,
			// n8n would show a failure under HTTP 200 as "HTTP code 200".
			...(httpStatus >= 300 && { httpCode: `${httpStatus}` }),
			...(n8nFailure && { failure: n8nFailure }),
		},
	);
}
