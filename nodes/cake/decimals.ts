import { trim } from './values';

/** An exact decimal number: `units` divided by 10 to the power of `scale`. Sums of it lose no digit. */
export interface Decimal {
	readonly units: bigint;
	readonly scale: number;
}

export const ZERO: Decimal = { units: 0n, scale: 0 };

/** What `String` writes for a number, and amounts as text. JavaScript writes an exponent from 1e21 on. */
const DECIMAL = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** An amount as text has no exponent. */
const PLAIN = /^-?\d+(\.\d+)?$/;

/**
 * Reads a number, or plain text such as "5", "5.00" or "-3.5". A number counts as JavaScript prints it:
 * of a number in a reply those are the digits that CAKE sent, up to 15 of them.
 * @returns undefined for anything else, such as "1,234.50", "$5", an empty text, null or NaN
 */
export function parseDecimal(value: unknown): Decimal | undefined {
	const text = typeof value === 'string' ? trim(value) : '';
	const digits = typeof value === 'number' ? String(value) : PLAIN.test(text) ? text : '';
	const [, whole, fraction = '', exponent = '0'] = DECIMAL.exec(digits) ?? [];
	if (whole === undefined) return undefined;
	const units = BigInt(whole + fraction);
	const scale = fraction.length - Number(exponent);
	return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale };
}

function toUnits({ units, scale }: Decimal, wanted: number): bigint {
	return scale === wanted ? units : units * 10n ** BigInt(wanted - scale);
}

export function addDecimals(left: Decimal, right: Decimal): Decimal {
	const scale = Math.max(left.scale, right.scale);
	return { units: toUnits(left, scale) + toUnits(right, scale), scale };
}

export function subtractDecimals(left: Decimal, right: Decimal): Decimal {
	return addDecimals(left, { units: -right.units, scale: right.scale });
}

/** Below 0 if `left` is smaller, above 0 if it is larger, 0 if both are the same number. */
export function compareDecimals(left: Decimal, right: Decimal): number {
	const { units } = subtractDecimals(left, right);
	return units < 0n ? -1 : Number(units > 0n);
}

/** All digits, without an exponent and without zeros at the end: "17", "0.05", "-3.5". */
export function formatDecimal({ units, scale }: Decimal): string {
	const isNegative = units < 0n;
	const digits = String(isNegative ? -units : units).padStart(scale + 1, '0');
	const whole = digits.slice(0, digits.length - scale);
	const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
	return `${isNegative ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

/**
 * A number, as users of n8n expect. A decimal that no number prints exactly, from about 16 digits on,
 * stays text, so that no digit is lost.
 */
export function toNumberOrText(decimal: Decimal): number | string {
	const text = formatDecimal(decimal);
	const printed = parseDecimal(Number(text));
	return printed && compareDecimals(printed, decimal) === 0 ? Number(text) : text;
}
