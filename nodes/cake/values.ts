import type { IDataObject } from 'n8n-workflow';

import { CONVERSION_STATUSES, type ConversionStatus } from './types';

/**
 * Thrown by the functions here and in dates.ts for a value that cannot be sent to CAKE.
 * The caller adds the field's label and the item.
 */
export class InvalidValue extends Error {
	constructor(
		/** Follows the field's label in a sentence: "is not a whole number". */
		readonly finding: string,
		readonly given: unknown,
		/** What can be sent, in a marketer's words. */
		readonly accepted: string,
		/** What the value should have been, where values of other programs can be turned into it. */
		readonly type?: 'amount' | 'date',
	) {
		super(finding);
	}
}

/** Characters that take no place on the screen, such as zero-width spaces and byte order marks. */
const INVISIBLE = '\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff';
const INVISIBLE_ONES = new RegExp(`[${INVISIBLE}]`, 'g');
const TRIMMED = new RegExp(`[\\s${INVISIBLE}]`);

/** Removes white space and invisible characters at both ends. Takes time linear in the length. */
export function trim(text: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && TRIMMED.test(text.charAt(start))) start++;
	while (end > start && TRIMMED.test(text.charAt(end - 1))) end--;
	return text.slice(start, end);
}

/** Trims text, and leaves other values as they are. */
function trimText(value: unknown): unknown {
	return typeof value === 'string' ? trim(value) : value;
}

/** The same in lower case, to compare with a word. */
function toWord(value: unknown): unknown {
	return typeof value === 'string' ? trim(value).toLowerCase() : value;
}

/** Text in which each invisible character is written out, such as `\\u200b`. */
export function showInvisible(text: string): string {
	return text.replace(
		INVISIBLE_ONES,
		(one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}

/** Whether a value is `undefined`, null, or text of white space and invisible characters. 0 is not empty. */
export function isEmpty(value: unknown): value is undefined | null | '' {
	return value === undefined || value === null || (typeof value === 'string' && !trim(value));
}

/** What JavaScript, Luxon and spreadsheets write where they have no value. */
const PLACEHOLDER =
	/^(null|undefined|nan|n\/a|invalid date(time)?|(\[object object\],?)+|#(n\/a|ref!|value!|name\?|div\/0!|num!|null!|error!))$/i;

/** Whether a value stands for a missing one, such as `#N/A` or `undefined`. */
export function isPlaceholder(value: unknown): boolean {
	const isText = typeof value === 'string' || typeof value === 'number';
	return isText && PLACEHOLDER.test(trim(String(value)));
}

/** @throws InvalidValue for text that stands for a missing value: two sales would share the ID */
function refusePlaceholder(value: unknown): void {
	if (!isPlaceholder(value)) return;
	throw new InvalidValue('came out empty', value, 'An ID. Check the expression and its source.');
}

/** Whether a value is an object, but not null and not an array. */
export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An ID in a reply of CAKE's, which may be text. Undefined for anything but a positive whole number. */
export function parseId(value: unknown): number | undefined {
	const id = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
	return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

const ID_ACCEPTED = 'A whole number above 0, such as 12345, as a number or as text.';

/**
 * A CAKE ID (offer, affiliate, advertiser, conversion) as an integer.
 * IDs above 2^53-1 are refused: JavaScript cannot tell neighboring ones apart.
 */
export function toId(value: unknown): number {
	refusePlaceholder(value);
	const text = trimText(value);
	const isWhole =
		typeof text === 'string' ? /^\d+$/.test(text) : typeof text === 'number' && text % 1 === 0;
	if (!isWhole) throw new InvalidValue('is not a whole number', value, ID_ACCEPTED);
	const id = Number(text);
	if (id < 1) throw new InvalidValue('is not above 0', value, ID_ACCEPTED);
	if (!Number.isSafeInteger(id)) throw new InvalidValue('is too large', value, ID_ACCEPTED);
	return id;
}

/**
 * Writes a number without an exponent, with at most 15 significant digits. A double keeps any number
 * of 15 digits apart from its neighbors, so nothing is lost, and 0.1 + 0.2 becomes 0.3.
 */
function toPlainDecimal(value: number): string {
	const [mantissa = '', exponent] = value.toExponential(14).split('e');
	const isNegative = mantissa.startsWith('-');
	const digits = mantissa.replace(/[-.]/g, '');
	const point = Number(exponent) + 1;
	const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
	const fraction = (
		point > 0 ? digits.slice(point) : digits.padStart(digits.length - point, '0')
	).replace(/0+$/, '');
	const text = fraction ? `${whole}.${fraction}` : whole;
	return isNegative && text !== '0' ? `-${text}` : text;
}

/**
 * Text for CAKE, trimmed. Numbers become text without an exponent. Whole numbers above 2^53-1 are
 * refused: JavaScript has lost their last digits, and a wrong order ID may be another customer's.
 */
export function toText(value: unknown): string {
	if (typeof value === 'string') {
		// n8n's query encoder would merge half a character with its neighbor.
		if (!/\p{Surrogate}/u.test(value)) return trim(value);
		throw new InvalidValue(
			'has half a character in it',
			value,
			'Text with whole characters. An expression such as slice() cut an emoji in two.',
		);
	}
	if (typeof value === 'number' && Number.isFinite(value)) {
		if (Number.isInteger(value)) {
			if (Number.isSafeInteger(value)) return String(value);
			throw new InvalidValue(
				'is a number too long to be exact',
				value,
				'Text. Give long numbers as text, so that no digit is lost.',
			);
		}
		return toPlainDecimal(value);
	}
	throw new InvalidValue('is not text', value, 'Text or a number.');
}

/** What a spreadsheet writes in place of a long number: `5.55123E+12`. */
const SHORTENED_NUMBER = /^-?\d(?:[.,]\d+)?e\+\d+$/i;

/**
 * Text that is an ID of another system, such as an order ID.
 * @throws InvalidValue also for a number that a spreadsheet has shortened: many sales would share it
 */
export function toReference(value: unknown): string {
	refusePlaceholder(value);
	const text = toText(value);
	if (!SHORTENED_NUMBER.test(text)) return text;
	throw new InvalidValue(
		'is a number with lost digits',
		value,
		'An ID with all its digits. A spreadsheet has shortened it: format the column as text there, check that all digits are back, and save the file again.',
	);
}

/** Money as a plain decimal. Text is only trimmed. Numbers keep at most 15 significant digits. */
export function toAmount(value: unknown): string {
	if (typeof value === 'number' && Number.isFinite(value)) return toPlainDecimal(value);
	const text = typeof value === 'string' ? trim(value) : '';
	if (/^-?\d+(\.\d+)?$/.test(text)) return text;
	throw new InvalidValue(
		'is not a plain amount',
		value,
		'Digits with a point for decimals, such as 5, 5.00 or -3.5. No currency sign, no comma, no letters.',
		'amount',
	);
}

/** One of CAKE's three statuses, given in any case. */
export function toStatus(value: unknown): ConversionStatus {
	const word = toWord(value);
	const status = CONVERSION_STATUSES.find((one) => one === word);
	if (status) return status;
	throw new InvalidValue(
		'is not a status CAKE knows',
		value,
		`One of ${CONVERSION_STATUSES.join(', ')}. A reversal is "rejected" with a note.`,
	);
}

/** A status that a conversion may have: one of the three, or one of CAKE's own such as Scrubbed. */
function toAnyStatus(value: unknown): string {
	const word = toWord(value);
	const isKnown = CONVERSION_STATUSES.some((one) => one === word);
	const isOwn = typeof value === 'string' && !isKnown && !isEmpty(value) && !isPlaceholder(value);
	return isOwn ? trim(value) : toStatus(value);
}

/** One or more, from a list or from text with commas. Sorted, each once. */
function toSorted<T>(value: unknown, convert: (one: unknown) => T): T[] {
	const given: unknown[] = typeof value === 'string' ? value.split(',') : [value ?? []].flat();
	if (given.length > 0) return [...new Set(given.map(convert))].sort();
	throw new InvalidValue('is empty', undefined, 'At least one status.');
}

export function toStatuses(value: unknown): ConversionStatus[] {
	return toSorted(value, toStatus);
}

/** Statuses to compare with, which need not be ones that can be set. */
export function toAnyStatuses(value: unknown): string[] {
	return toSorted(value, toAnyStatus);
}

/** Accepts true and false, and their text in any case. */
export function toBoolean(value: unknown): boolean {
	const word = toWord(value);
	if (word === true || word === 'true') return true;
	if (word === false || word === 'false') return false;
	throw new InvalidValue('is neither true nor false', value, 'true or false.');
}

/** A whole number from `minimum` to `maximum`, for options such as a limit or a page size. */
export function toWholeNumber(
	value: unknown,
	minimum: number,
	maximum = Number.MAX_SAFE_INTEGER,
): number {
	const text = trimText(value);
	const number = typeof text === 'string' && /^-?\d+$/.test(text) ? Number(text) : text;
	if (typeof number === 'number' && Number.isSafeInteger(number)) {
		if (number >= minimum && number <= maximum) return number;
	}
	const upperBound = maximum === Number.MAX_SAFE_INTEGER ? 'or more' : `to ${maximum}`;
	throw new InvalidValue(
		`is not a whole number, ${minimum} ${upperBound}`,
		value,
		`A whole number, ${minimum} ${upperBound}.`,
	);
}
