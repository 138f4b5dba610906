import { DateTime } from 'luxon';

import { isUsualYear } from '../cake/dates';
import type { InvalidValue } from '../cake/values';

/** Turns a usual form of other programs into one that CAKE accepts. */
interface Remedy {
	/**
	 * An expression that mends the value. It leaves values of other forms as they are, since it is used
	 * for all items: an accepted one stays right, and any other is still refused.
	 * @param source an expression for the value, such as `$json.price`
	 */
	toExpression(source: string): string;
	/** The value in an accepted form. */
	corrected: string;
}

type FindRemedy = (text: string) => Remedy | undefined;

/** Currency signs and the usual codes. Any three letters could be part of an ID. */
const CURRENCY =
	/\s?(?:[$€£¥]|USD|EUR|GBP|CAD|AUD|NZD|CHF|SEK|NOK|DKK|PLN|CZK|INR|BRL|MXN|JPY|SGD|HKD|ZAR)\s?/g;

type Replacement = [removed: RegExp, by: string];

const COMMA: Replacement = [/,(\d{1,2})$/, '.$1'];

/** How amounts are written, and what makes them plain. `1,234` and `1.234` may be thousands or not. */
const AMOUNTS: Array<[form: RegExp, replacements: Replacement[]]> = [
	[/^-?\d+(\.\d{1,2})?$/, []],
	[/^-?\d+,\d{1,2}$/, [COMMA]],
	[/^-?\d{1,3}(,\d{3})+\.\d{1,2}$/, [[/,(?=\d{3}(\D|$))/g, '']]],
	[/^-?\d{1,3}(\.\d{3})+,\d{1,2}$/, [[/\.(?=\d{3}(\D|$))/g, ''], COMMA]],
	[/^-?\d{1,3}([\s']\d{3})+([.,]\d{1,2})?$/, [[/[\s'](?=\d{3}(\D|$))/g, ''], COMMA]],
];

const findAmountRemedy: FindRemedy = (text) => {
	const amount = text.replace(CURRENCY, '');
	const rule = AMOUNTS.find(([form]) => form.test(amount));
	if (!rule) return undefined;
	const all: Replacement[] = amount === text ? rule[1] : [[CURRENCY, ''], ...rule[1]];
	return {
		toExpression: (source) =>
			all.reduce(
				(code, [removed, by]) => `${code}.replace(${String(removed)}, '${by}')`,
				`String(${source})`,
			),
		corrected: all.reduce((value, [removed, by]) => value.replace(removed, by), text),
	};
};

/** A day without a time means noon. A time without an offset is in the zone of the workflow. */
const WRITERS = { day: 'toISODate()', time: 'toISO({ includeOffset: false })', moment: 'toISO()' };

/** How dates are written. Day and month that could be swapped are left out. */
const DATES: Array<[form: RegExp, reading: string, writer: keyof typeof WRITERS]> = [
	[/^\d{1,2}\.\d{1,2}\.\d{4}$/, 'd.M.yyyy', 'day'],
	[/^\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}$/, 'd.M.yyyy H:mm', 'time'],
	[/^(1[3-9]|2\d|3[01])\/\d{1,2}\/\d{4}$/, 'd/M/yyyy', 'day'],
	[/^\d{1,2}\/(1[3-9]|2\d|3[01])\/\d{4}$/, 'M/d/yyyy', 'day'],
	[/^(1[3-9]|2\d|3[01])-\d{1,2}-\d{4}$/, 'd-M-yyyy', 'day'],
	[/^\d{4}\/\d{1,2}\/\d{1,2}$/, 'yyyy/M/d', 'day'],
	[/^\d{5}$/, 'spreadsheet', 'day'],
	[/^\d{5}\.\d+$/, 'spreadsheet', 'time'],
	[/^\d{10}$/, 'seconds', 'moment'],
	[/^\d{13}$/, 'millis', 'moment'],
];

const UTC = { zone: 'utc' };

/** What a number counts. Spreadsheets count days from the day before the last of 1899. */
const COUNTS: Record<string, { code: string; read: (count: number) => DateTime }> = {
	spreadsheet: {
		code: "DateTime.fromISO('1899-12-30').plus({ days: # })",
		read: (days) => DateTime.fromISO('1899-12-30', UTC).plus({ days }),
	},
	seconds: { code: 'DateTime.fromSeconds(#)', read: (count) => DateTime.fromSeconds(count, UTC) },
	millis: { code: 'DateTime.fromMillis(#)', read: (count) => DateTime.fromMillis(count, UTC) },
};

const findDateRemedy: FindRemedy = (text) => {
	const [, reading, writer] = DATES.find(([form]) => form.test(text)) ?? [];
	if (!reading || !writer) return undefined;
	const count = COUNTS[reading];
	const date = count?.read(Number(text)) ?? DateTime.fromFormat(text, reading, UTC);
	if (!date.isValid || !isUsualYear(date)) return undefined;
	const written = {
		day: date.toISODate(),
		time: date.toISO({ includeOffset: false }),
		moment: date.toISO(),
	};
	const toCode = (source: string) =>
		count
			? count.code.replace('#', `Number(${source})`)
			: `DateTime.fromFormat(String(${source}).trim(), '${reading}')`;
	return {
		toExpression: (source) => `${toCode(source)}.${WRITERS[writer]} ?? ${source}`,
		corrected: written[writer] ?? text,
	};
};

const FIND_REMEDY: Record<NonNullable<InvalidValue['type']>, FindRemedy> = {
	amount: findAmountRemedy,
	date: findDateRemedy,
};

/** The only expression of a parameter, such as `$json.price`. */
function findSource(raw: string): string | undefined {
	const source = /^=\s*\{\{([^{};]+)\}\}\s*$/.exec(raw)?.[1]?.trim();
	if (!source || source.includes('//')) return undefined;
	return /^[\w$.[\]'"]+$/.test(source) ? source : `(${source})`;
}

/**
 * A sentence that mends a refused value, or '' when its form is unknown or ambiguous.
 * @param raw the parameter as the user entered it
 */
export function describeRemedy({ type, given }: InvalidValue, raw: unknown): string {
	if (!type || (typeof given !== 'string' && typeof given !== 'number')) return '';
	const remedy = FIND_REMEDY[type](String(given).trim());
	if (!remedy) return '';
	const isExpression = typeof raw === 'string' && raw.startsWith('=');
	// An agent fills in a value, though n8n keeps it as an expression.
	if (!isExpression || /\$fromai\b/i.test(raw)) return ` Enter ${remedy.corrected} instead.`;
	const source = findSource(raw);
	return source ? ` Use {{ ${remedy.toExpression(source)} }}.` : '';
}
