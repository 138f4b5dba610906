import type { IDataObject } from 'n8n-workflow';

import { asError } from '../../../cake/errors';
import { parseDecimal, type Decimal } from '../../../cake/decimals';
import type { ConversionStatus, Reference } from '../../../cake/types';
import { isEmpty, isPlaceholder, toAmount, toReference } from '../../../cake/values';
import { REFERENCE_LABELS } from '../../../shared/failureTexts';
import { InvalidField, quote, type Fields } from '../../../shared/fields';
import { toDecisionWord, type Settings, type Words } from './settings';

/** A line of the advertiser's list, as the fields read it. */
export interface Line {
	/** '' if the line has none. */
	reference: string;
	/** Absent if the list only asks for a report. */
	decision?: ConversionStatus | Unclear;
	/** Absent if no amount is to be compared. */
	amount?: Decimal | Unclear;
	/** The output, which `findConversions` sets. */
	row?: IDataObject;
}

/** A value of a line that cannot be used. */
export interface Unclear {
	/** The value in a message. */
	shown: string;
	/** A sentence, or several. */
	why: string;
}

export function isUnclear(value: unknown): value is Unclear {
	return typeof value === 'object' && value !== null && 'why' in value;
}

/** What the reasons and hints say of an amount that a line lacks. */
const NOTHING = 'nothing';

/** @throws InvalidField for a value that another order may have, such as a number with lost digits */
function readReference(item: Fields, by: Reference['by']): string {
	const value = item.get(by);
	if (isEmpty(value) || isPlaceholder(value)) return '';
	const text = item.required(by, toReference);
	// Files write CAKE's numbers with zeros before them.
	return by === 'conversionId' ? text.replace(/^0+(?=\d+$)/, '') : text;
}

function readDecision(item: Fields, words: Words): Line['decision'] {
	if (item.isLeftEmpty('decision')) return undefined;
	const value = item.get('decision');
	if (isEmpty(value)) return { shown: NOTHING, why: 'The line has no decision.' };
	const word = toDecisionWord(typeof value === 'object' ? '' : String(value));
	const shown = quote(value);
	return Object.hasOwn(words, word)
		? words[word]
		: { shown, why: `${shown} is not a known decision.` };
}

function readAmount(item: Fields): Line['amount'] {
	if (item.isLeftEmpty('amount')) return undefined;
	const value = item.get('amount');
	if (isEmpty(value)) return { shown: NOTHING, why: 'The line has no amount.' };
	try {
		return item.required('amount', (given) => parseDecimal(toAmount(given)));
	} catch (error) {
		if (!(error instanceof InvalidField)) throw asError(error);
		return { shown: quote(value), why: `${error.message}. ${error.reason}` };
	}
}

/** @throws InvalidField */
export function readLine(item: Fields, { matchBy, options }: Settings): Line {
	const line: Line = { reference: readReference(item, matchBy) };
	const decision = readDecision(item, options.words);
	const amount = readAmount(item);
	if (decision) line.decision = decision;
	if (amount) line.amount = amount;
	return line;
}

/** Whether a line has no ID, but something else. It may mean any conversion. */
export function lacksReference(json: IDataObject, { reference }: Line): boolean {
	return !reference && !Object.values(json).every(isEmpty);
}

const SEPARATORS: Record<string, string> = { ';': ';', '\t': 'a tab', '|': '|', ',': ',' };

/** Explains a list in which no line has an ID. Undefined if any has one. */
export function findWrongFile(
	lines: Array<{ json: IDataObject; values: Line }>,
	by: Reference['by'],
): InvalidField | undefined {
	const [first] = lines;
	if (!first || lines.some(({ values }) => values.reference)) return undefined;
	const label = `'${REFERENCE_LABELS[by]}'`;
	const where = lines.length > 1 ? ` in all ${lines.length} lines` : '';
	const columns = Object.keys(first.json);
	const [only = ''] = columns;
	const separator =
		columns.length === 1 && Object.keys(SEPARATORS).find((one) => only.includes(one));
	const reason = separator
		? `The list has a single column, ${quote(only)}: its file was read with the wrong separator. Set 'Delimiter' to ${SEPARATORS[separator]} in the node that reads the file.`
		: `The list has the columns ${columns.map(quote).join(', ') || NOTHING}. Drag the one with the IDs to ${label}.`;
	return new InvalidField(`${label} is empty${where}`, reason);
}
