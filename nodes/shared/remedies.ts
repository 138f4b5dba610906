import { DateTime } from 'luxon';

import type { InvalidValue } from '../cake/values';

/** Turns a usual form of other programs into one that CAKE accepts. */
interface Remedy {
	pattern: RegExp;
	/** @param source an expression for the value, such as `$json.price` */
	toExpression(source: string): string;
	/** The value itself in an accepted form, or undefined when it has none. */
	correct(text: string): string | null | undefined;
}

const removeAll = (removed: RegExp) => ({
	toExpression: (source: string) => `${source}.replace(${String(removed)}, '')`,
	correct: (text: string) => text.replace(removed, ''),
});

function fromFormat(pattern: RegExp, format: string): Remedy {
	return {
		pattern,
		toExpression: (source) => `DateTime.fromFormat(${source}, '${format}').toISODate()`,
		correct: (text) => DateTime.fromFormat(text, format).toISODate(),
	};
}

/** @param call the expression, with # for the number */
function fromNumber(pattern: RegExp, call: string, read: (count: number) => DateTime): Remedy {
	return {
		pattern,
		toExpression: (source) => `${call.replace('#', `Number(${source})`)}.toISO()`,
		correct: (text) => read(Number(text)).toISO(),
	};
}

const REMEDIES: Record<NonNullable<InvalidValue['type']>, Remedy[]> = {
	amount: [
		// Not three digits: 1,234 may be a thousand.
		{
			pattern: /^-?\d+,(\d{1,2}|\d{4,})$/,
			toExpression: (source) => `${source}.replace(',', '.')`,
			correct: (text) => text.replace(',', '.'),
		},
		{ pattern: /^-?\d{1,3}(,\d{3})+\.\d+$/, ...removeAll(/,/g) },
		{
			pattern: /^-?\d{1,3}(\.\d{3})+,\d+$/,
			toExpression: (source) => `${source}.replace(/\\./g, '').replace(',', '.')`,
			correct: (text) => text.replace(/\./g, '').replace(',', '.'),
		},
		{ pattern: /^[^\d.,-]*-?\d+(\.\d+)?[^\d.,-]*$/, ...removeAll(/[^\d.-]/g) },
	],
	date: [
		fromFormat(/^\d{1,2}\.\d{1,2}\.\d{4}$/, 'd.M.yyyy'),
		fromFormat(/^(1[3-9]|2\d|3[01])\/\d{1,2}\/\d{4}$/, 'd/M/yyyy'),
		fromFormat(/^\d{1,2}\/\d{1,2}\/\d{4}$/, 'M/d/yyyy'),
		// Spreadsheets count days from 1899-12-30. These are the years 2000 to 2099.
		fromNumber(
			/^(3[7-9]|[4-6]\d|7[0-2])\d{3}(\.\d+)?$/,
			"DateTime.fromISO('1899-12-30').plus({ days: # })",
			(days) => DateTime.fromISO('1899-12-30').plus({ days }),
		),
		fromNumber(/^\d{10}$/, 'DateTime.fromSeconds(#)', (seconds) => DateTime.fromSeconds(seconds)),
		fromNumber(/^\d{13}$/, 'DateTime.fromMillis(#)', (millis) => DateTime.fromMillis(millis)),
	],
};

/** The only expression of a parameter, such as `$json.price`; undefined when an AI agent fills it in. */
function findSource(raw: unknown): string | undefined {
	const [, source] = (typeof raw === 'string' && /^=\{\{\s*([^{}]+?)\s*\}\}$/.exec(raw)) || [];
	if (!source || source.includes('$fromAI')) return undefined;
	return /^[\w$.[\]'"]+$/.test(source) ? source : `(${source})`;
}

/**
 * A sentence that mends a refused value, or '' when its form is unknown.
 * @param raw the parameter as the user entered it
 */
export function describeRemedy({ type, given }: InvalidValue, raw: unknown): string {
	const text = String(given).trim();
	const remedy = type && REMEDIES[type].find(({ pattern }) => pattern.test(text));
	if (!remedy) return '';
	const source = findSource(raw);
	if (source) return ` Use {{ ${remedy.toExpression(source)} }}.`;
	const corrected = remedy.correct(text);
	return corrected ? ` Enter ${corrected} instead.` : '';
}
