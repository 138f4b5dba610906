import type { IDataObject } from 'n8n-workflow';

import type { FoundConversions } from '../../../cake/conversions/findByReference';
import { sameText } from '../../../cake/conversions/endpoints';
import { compareDecimals, formatDecimal, parseDecimal } from '../../../cake/decimals';
import { asError, CakeError } from '../../../cake/errors';
import { groupBy } from '../../../cake/groupBy';
import { CONVERSION_STATUSES, type Conversion, type ConversionStatus } from '../../../cake/types';
import { isEmpty } from '../../../cake/values';
import { describeObservation } from '../../../shared/failures';
import { REFERENCE_LABELS } from '../../../shared/failureTexts';
import { isUnclear, type Line } from './lines';
import type { Settings } from './settings';

/** The results of a line. If several fit, it gets the first. */
export type Result =
	| 'unclearDecision'
	| 'notInCake'
	| 'ambiguous'
	| 'repeatedInList'
	| 'notChangedBack'
	| 'amountDiffers'
	| 'change'
	| 'unchanged';

export interface Verdict {
	result: Result;
	/** One sentence or more. */
	reason: string;
	/** The conversion of the line, if there is exactly one. */
	conversion?: Conversion | undefined;
	newStatus?: ConversionStatus;
}

/** A line, with the number that people count it by, from 1. */
export interface NumberedLine {
	number: number;
	line: Line;
}

/** Why no single conversion has an ID. */
interface Mismatch {
	verdict: Verdict;
	/** The conversions that have it. */
	named: Conversion[];
	/** The conversions whose ID differs from it only in case. */
	near: Conversion[];
}

const VERBS: Record<ConversionStatus, string> = {
	approved: 'approves it',
	pending: 'has it as pending',
	rejected: 'rejects it',
};

/** Finds the only conversion with an ID. */
function match(
	value: string,
	found: FoundConversions,
	by: Settings['matchBy'],
): Conversion | Mismatch {
	if (!value) {
		const reason = `The line has no '${REFERENCE_LABELS[by]}'.`;
		return { verdict: { result: 'notInCake', reason }, named: [], near: [] };
	}
	try {
		return found.only({ by, value });
	} catch (error) {
		if (!(error instanceof CakeError)) throw asError(error);
		const result = error.kind === 'ambiguous' ? 'ambiguous' : 'notInCake';
		const { facts } = error;
		const orderHint = facts.isOrderId
			? " It is an 'Order ID' there: choose that under 'Match By'."
			: '';
		const reason = describeObservation(facts) + orderHint;
		const { conversions: named = [], nearConversions: near = [] } = facts;
		return { verdict: { result, reason }, named, near };
	}
}

const showStatus = (status: unknown) =>
	isEmpty(status) ? 'without a status' : `as ${String(status)}`;

/** Says why a status that was set in CAKE stays. Undefined if the line may change it. */
function protect(decision: ConversionStatus, status: unknown): string | undefined {
	const own = CONVERSION_STATUSES.find((one) => sameText(one, status));
	if (!own) {
		const all = CONVERSION_STATUSES.join(', ');
		return `The list ${VERBS[decision]}, but CAKE has it ${showStatus(status)}, which is none of ${all}.`;
	}
	return own === 'rejected'
		? `The list ${VERBS[decision]}, but CAKE has it as rejected.`
		: undefined;
}

/** Says how the amount of a line differs from CAKE's. Undefined if it equals it or none is compared. */
function compareAmounts(
	{ amount }: Line,
	{ row }: Conversion,
	member: Settings['compareWith'],
): string | undefined {
	if (!amount) return undefined;
	if (isUnclear(amount)) return amount.why;
	const own = parseDecimal(row[member]);
	const given = formatDecimal(amount);
	if (!own) return `CAKE shows no readable ${member} for it, so ${given} could not be compared.`;
	if (compareDecimals(amount, own) === 0) return undefined;
	return `The list has ${given}, but CAKE has a ${member} of ${formatDecimal(own)}.`;
}

function judgeAlone(line: Line, conversion: Conversion, settings: Settings): Verdict {
	const decision = isUnclear(line.decision) ? undefined : line.decision;
	const status = conversion.row.conversion_status;
	const { isChangingBack } = settings.options;
	const isSame = decision !== undefined && sameText(decision, status);
	const why = decision && !isSame && !isChangingBack ? protect(decision, status) : undefined;
	if (why) return { result: 'notChangedBack', reason: why, conversion };
	const difference = compareAmounts(line, conversion, settings.compareWith);
	if (difference) return { result: 'amountDiffers', reason: difference, conversion };
	if (decision === undefined) {
		return { result: 'unchanged', reason: `CAKE has it ${showStatus(status)}.`, conversion };
	}
	if (isSame) {
		return { result: 'unchanged', reason: `CAKE has it as ${decision} already.`, conversion };
	}
	const reason = `The list ${VERBS[decision]}, and CAKE has it ${showStatus(status)}.`;
	return { result: 'change', reason, conversion, newStatus: decision };
}

/** An unclear decision is another one than any. */
const toDecisionKey = ({ decision }: Line) => (isUnclear(decision) ? 'unclear' : decision);

/** Equal amounts have equal keys, and so have equal values that are no amounts. */
function toAmountKey({ amount }: Line): string | undefined {
	return isUnclear(amount) ? amount.shown : amount && formatDecimal(amount);
}

/** In what two lines differ that name one conversion. Undefined if they say the same. */
function findDifference(one: Line, other: Line): 'decision' | 'amount' | undefined {
	if (toDecisionKey(one) !== toDecisionKey(other)) return 'decision';
	return toAmountKey(one) === toAmountKey(other) ? undefined : 'amount';
}

/** The lines that name one conversion. If they all say the same, the first stands for all. */
function judgeTogether(
	lines: NumberedLine[],
	conversion: Conversion,
	settings: Settings,
): Array<[Line, Verdict]> {
	const label = `'${REFERENCE_LABELS[settings.matchBy]}'`;
	const [first] = lines;
	if (!first) return [];
	const unlikeFirst = lines.find(({ line }) => findDifference(line, first.line));
	const same = first.line.amount ? `${label}, decision and amount` : `${label} and decision`;
	return lines.map((one) => {
		const { line } = one;
		const unlike = findDifference(line, first.line) ? first : unlikeFirst;
		if (isUnclear(line.decision)) {
			return [line, { result: 'unclearDecision', reason: line.decision.why, conversion }];
		}
		if (!unlike && one === first) return [line, judgeAlone(line, conversion, settings)];
		const reason = unlike
			? `Line ${unlike.number} has the same ${label} and another ${findDifference(line, unlike.line)}, so none of them counts.`
			: `Line ${first.number} has the same ${same}, so only that one counts.`;
		return [line, { result: 'repeatedInList', reason, conversion }];
	});
}

interface Judgment {
	verdicts: Map<Line, Verdict>;
	/** The IDs of the conversions that the list names. */
	named: Set<number>;
	/** The IDs of those that it names only in another case. */
	near: Set<number>;
}

/** Judges all lines of a list. */
export function judgeLines(
	lines: NumberedLine[],
	found: FoundConversions,
	settings: Settings,
): Judgment {
	const verdicts = new Map<Line, Verdict>();
	const named = new Set<number>();
	const near = new Set<number>();
	const byConversion = new Map<Conversion, NumberedLine[]>();
	for (const [reference, group] of groupBy(lines, ({ line }) => line.reference)) {
		const matched = match(reference, found, settings.matchBy);
		if ('row' in matched) {
			named.add(matched.id);
			byConversion.set(matched, [...(byConversion.get(matched) ?? []), ...group]);
			continue;
		}
		for (const { id } of matched.named) named.add(id);
		for (const { id } of matched.near) near.add(id);
		for (const { line } of group) {
			const why = isUnclear(line.decision) && line.decision.why;
			verdicts.set(line, why ? { result: 'unclearDecision', reason: why } : matched.verdict);
		}
	}
	for (const [conversion, group] of byConversion) {
		// Two forms of an ID name one conversion, and their lines come in two groups.
		const inOrder = [...group].sort((one, other) => one.number - other.number);
		for (const [line, verdict] of judgeTogether(inOrder, conversion, settings)) {
			verdicts.set(line, verdict);
		}
	}
	// Another line may have the ID in the right case.
	for (const id of named) near.delete(id);
	return { verdicts, named, near };
}

/** The output item of a line. CAKE's row does not replace the members of the result. */
export function toRow(
	{ result, reason, conversion, newStatus }: Omit<Verdict, 'result'> & { result: string },
	list?: IDataObject,
): IDataObject {
	const own = {
		result,
		reason,
		conversion_id: conversion?.row.conversion_id ?? null,
		previous_status: conversion?.row.conversion_status ?? null,
		new_status: newStatus ?? null,
	};
	// A literal into which a row is spread takes twice the memory.
	return Object.assign({}, own, conversion?.row, own, list && { list });
}
