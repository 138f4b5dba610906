import fc from 'fast-check';
import {
	addDecimals,
	compareDecimals,
	formatDecimal,
	parseDecimal,
	subtractDecimals,
	toNumberOrText,
	ZERO,
	type Decimal,
} from '../../../nodes/cake/decimals';

function parse(value: unknown): Decimal {
	const decimal = parseDecimal(value);
	if (!decimal) throw new Error(`${String(value)} is no decimal`);
	return decimal;
}

/** Whole units of 10^-12, the model: every amount of these tests is a whole number of them. */
const PLACES = 12;
const anyUnits = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });

/** Units as text with `PLACES` decimals, zeros included. */
function write(units: bigint): string {
	const digits = String(units < 0n ? -units : units).padStart(PLACES + 1, '0');
	return `${units < 0n ? '-' : ''}${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`;
}

const plain = (units: bigint) =>
	write(units)
		.replace(/\.?0+$/, '')
		.replace(/^-0$/, '0');

describe('decimals', () => {
	it('adds, subtracts and compares any amounts as whole numbers of their smallest unit', () => {
		fc.assert(
			fc.property(anyUnits, anyUnits, (left, right) => {
				// One with all its zeros and one without: the scales differ.
				const [one, other] = [parse(write(left)), parse(plain(right))];
				expect(formatDecimal(addDecimals(one, other))).toBe(plain(left + right));
				expect(formatDecimal(subtractDecimals(one, other))).toBe(plain(left - right));
				const order = left < right ? -1 : Number(left > right);
				expect(compareDecimals(one, other)).toBe(order);
				expect(compareDecimals(other, one) + order).toBe(0);
				expect(compareDecimals(one, parse(plain(left)))).toBe(0);
			}),
		);
	});

	it('sums in any order to the same number', () => {
		const amounts = fc.array(fc.tuple(anyUnits, fc.boolean()), { maxLength: 50 });
		fc.assert(
			fc.property(amounts, (list) => {
				const decimals = list.map(([units, isPlain]) =>
					parse(isPlain ? plain(units) : write(units)),
				);
				const expected = plain(list.reduce((sum, [units]) => sum + units, 0n));
				expect(formatDecimal(decimals.reduce(addDecimals, ZERO))).toBe(expected);
				expect(formatDecimal(decimals.reduceRight(addDecimals, ZERO))).toBe(expected);
			}),
		);
	});

	it('reads every number as JavaScript prints it, and gives it back', () => {
		fc.assert(
			fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
				expect(toNumberOrText(parse(value))).toBe(value === 0 ? 0 : value);
			}),
		);
	});

	it('is exact where floating point is not', () => {
		const tenth = parse(0.1);
		expect(toNumberOrText(addDecimals(tenth, parse('0.2')))).toBe(0.3);
		const hundred = Array.from({ length: 100 }, () => tenth);
		expect(toNumberOrText(hundred.reduce(addDecimals, ZERO))).toBe(10);
	});

	it.each([
		['5.00', '5'],
		[' -3.50 ', '-3.5'],
		['-0.00', '0'],
		['007', '7'],
		[1e21, '1000000000000000000000'],
		[-1.5e-7, '-0.00000015'],
		['12345678901234567890.01', '12345678901234567890.01'],
		['100', '100'],
		[0.05, '0.05'],
	])('writes %p as %p', (given, text) => expect(formatDecimal(parse(given))).toBe(text));

	it.each([
		...['', ' ', '1,234.50', '$5', '5 EUR', '1e3', '.5', '5.', '+5', '--5', '0x10', 'NaN', '１'],
		...[NaN, Infinity, -Infinity, null, undefined, true, [], [5], {}, 5n, new Date(5)],
	])('takes %p for no amount', (value) => expect(parseDecimal(value)).toBeUndefined());

	it('gives text for a decimal that no number prints exactly', () => {
		for (const text of ['9007199254740993', '0.1000000000000000055', '1234567890123456.01']) {
			expect(toNumberOrText(parse(text))).toBe(text);
		}
		expect(toNumberOrText(parse('9007199254740992.00'))).toBe(9007199254740992);
		expect(toNumberOrText(ZERO)).toBe(0);
	});
});
