import { DateTime } from 'luxon';
import type { IDataObject } from 'n8n-workflow';

import { isUsualYear, toMoment } from '../cake/dates';
import { parseDecimal } from '../cake/decimals';
import { trim } from '../cake/values';
import { quote } from '../shared/fields';
import type { Pair } from './call';
import { END_NAME, END_VALUE, ID_NAMES, isUnfilled, TEXT_NAMES, TOKEN_NAMES } from './urlBlock';

/** A call of 16 kB can have thousands of stray parts. */
const MOST_PROBLEMS = 20;

/** A conversion as CAKE's call has it. */
export interface Postback {
	/** The item for the workflow. */
	json: IDataObject;
	conversionId: string;
}

/** The values by name, and sentences about what was left out. */
interface Values {
	byName: Map<string, string>;
	problems: string[];
}

/**
 * Reads the values of a call. Never throws: what cannot be used is left out, and `problems` says so.
 * @param pairs without the key
 * @param redact takes the secret out of a text
 * @returns undefined without a conversion ID
 */
export function readPostback(
	pairs: Pair[],
	redact: (text: string) => string,
): Postback | undefined {
	const values = collect(pairs, redact);
	const { byName, problems } = values;
	const conversionId = trim(getFilled(byName, 'conversion_id') ?? '');
	if (conversionId === '') return undefined;
	const json: IDataObject = {};
	const add = (name: string, value: IDataObject[string]) => {
		if (value !== undefined) json[name] = value;
	};
	for (const name of ID_NAMES) add(name, readId(getFilled(byName, name)));
	add('payout', readPayout(values));
	add('payout_text', getFilled(byName, 'payout'));
	add('converted_at', readMoment(values));
	for (const name of TEXT_NAMES) add(name, getFilled(byName, name));
	add('other', readOther(byName));
	json.complete = byName.get(END_NAME) === END_VALUE;
	if (!json.complete) add('cut_after', [...byName.keys()].filter(isToken).at(-1));
	if (problems.length > 0) json.problems = problems.slice(0, MOST_PROBLEMS);
	return { json, conversionId };
}

/** Whether CAKE filled in a token. A test of the address in a browser has none. */
export function hasValues(pairs: Pair[]): boolean {
	return pairs.some(
		([name, value = '']) => isToken(name) && trim(value) !== '' && !isUnfilled(value),
	);
}

/** The first value of a name counts: in the URL the sub IDs, which may hold anything, come last. */
function collect(pairs: Pair[], redact: (text: string) => string): Values {
	const byName = new Map<string, string>();
	const problems: string[] = [];
	for (const [givenName, givenValue] of pairs) {
		const name = redact(givenName);
		const value = redact(givenValue ?? '');
		if (givenValue === undefined) {
			problems.push(
				`${quote(name)} has no = in the URL. A sub ID with an & in it may have lost its end there.`,
			);
		} else if (name === '__proto__') {
			problems.push(`The name ${quote(name)} cannot be used. Its value was left out.`);
		} else if (byName.has(name)) {
			problems.push(`${quote(name)} came more than once. ${quote(value)} was left out.`);
		} else {
			byName.set(name, value);
		}
	}
	return { byName, problems };
}

/** The value of a name; undefined where it is missing, empty or a token as CAKE's field has it. */
function getFilled(byName: Map<string, string>, name: string): string | undefined {
	const value = byName.get(name);
	return value === undefined || value === '' || isUnfilled(value) ? undefined : value;
}

/** An integer where JavaScript holds it exactly. */
function readId(text: string | undefined): number | string | undefined {
	const digits = trim(text ?? '');
	const isExact = /^(0|[1-9]\d*)$/.test(digits) && Number.isSafeInteger(Number(digits));
	return isExact ? Number(digits) : text;
}

function readPayout({ byName, problems }: Values): number | undefined {
	const text = getFilled(byName, 'payout');
	if (text === undefined) return undefined;
	const amount = Number(trim(text));
	if (parseDecimal(text) !== undefined && Number.isFinite(amount)) return amount;
	problems.push(`"payout" is not a plain amount: ${quote(text)}. It is in payout_text only.`);
	return undefined;
}

function readMoment({ byName, problems }: Values): string | undefined {
	const text = getFilled(byName, 'converted_at');
	if (text === undefined) return undefined;
	const digits = trim(text);
	const moment = DateTime.fromSeconds(/^\d+$/.test(digits) ? Number(digits) : NaN, { zone: 'utc' });
	if (isUsualYear(moment)) return toMoment(moment, 'utc');
	problems.push(
		`"converted_at" is not a time as #utcunixtime# gives it: ${quote(text)}. It was left out.`,
	);
	return undefined;
}

function isToken(name: string): boolean {
	return TOKEN_NAMES.includes(name);
}

/** What came under other names, such as those that a user added to the URL. */
function readOther(byName: Map<string, string>): IDataObject | undefined {
	const names = [...byName.keys()].filter((name) => !isToken(name) && name !== END_NAME);
	const filled = names.flatMap((name) => {
		const value = getFilled(byName, name);
		return value === undefined ? [] : [[name, value]];
	});
	return filled.length > 0 ? (Object.fromEntries(filled) as IDataObject) : undefined;
}
