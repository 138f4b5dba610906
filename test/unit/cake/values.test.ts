import fc from 'fast-check';
import {
	InvalidValue,
	isEmpty,
	toAmount,
	toId,
	toReference,
	toStatus,
	toText,
	toWholeNumber,
} from '../../../nodes/cake/values';

const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true });
const numberAndText = (value: number) => [value, String(value), ` ${value} `];

/** The same number at 15 significant digits, as JavaScript reads it. */
const rounded = (value: number) => Number(value.toPrecision(15));

describe('toId', () => {
	it('accepts every whole number from 1 to 2^53-1 as an ID, as number and as text', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (id) => {
				expect(numberAndText(id).map(toId)).toEqual([id, id, id]);
			}),
		);
		expect(toId('9007199254740991')).toBe(2 ** 53 - 1);
		expect(toId('007')).toBe(7);
	});

	it('refuses a whole number below 1 or above 2^53-1 as an ID', () => {
		fc.assert(
			fc.property(fc.maxSafeInteger(), (value) => {
				fc.pre(value < 1);
				for (const form of numberAndText(value)) expect(() => toId(form)).toThrow(InvalidValue);
			}),
		);
		fc.assert(
			fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }), (value) => {
				expect(() => toId(value.toString())).toThrow('is too large');
				expect(() => toId(Number(value))).toThrow('is too large');
			}),
		);
	});

	it('refuses text other than digits as an ID', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (text) => {
				fc.pre(!/^\s*\d+\s*$/.test(text));
				expect(() => toId(text)).toThrow(InvalidValue);
			}),
		);
	});

	it.each([
		...[12.5, '12.5', '1e3', '0x10', '+5', '-3', 'abc', '１２', '1 2', '1,000', '', ' '],
		...[NaN, Infinity, true, null, undefined, [], [12], {}, 12n, new Date(12)],
	])('refuses %p as an ID', (value) => expect(() => toId(value)).toThrow(InvalidValue));
});

describe('toAmount', () => {
	it('writes a number without an exponent, with 15 significant digits', () => {
		fc.assert(
			fc.property(anyNumber, (value) => {
				const text = toAmount(value);
				expect(text).toMatch(/^-?\d+(\.\d+)?$/);
				expect(Number(text) + 0).toBe(rounded(value) + 0);
				expect(toAmount(text)).toBe(text);
			}),
			{ numRuns: 1000 },
		);
	});

	it.each([
		[0, '0'],
		[-0, '0'],
		[5, '5'],
		[-3.5, '-3.5'],
		[0.1 + 0.2, '0.3'],
		[1.005, '1.005'],
		[1e21, '1000000000000000000000'],
		[1e-7, '0.0000001'],
		[123456789012.345, '123456789012.345'],
	])('writes the amount %p as %s', (value, text) => expect(toAmount(value)).toBe(text));

	it.each(['0', '5', '5.00', '-3.5', '12345678901234567890.123456789'])(
		'keeps the amount %s as it was given',
		(text) => expect([text, ` ${text}\n`].map(toAmount)).toEqual([text, text]),
	);

	it.each(['5,00', '$5', '5 €', '1e3', '1E3', 'NaN', '1,000.00', '.5', '5.', '+5', '--5', '٥', ''])(
		'refuses the text %p as an amount',
		(value) => expect(() => toAmount(value)).toThrow('is not a plain amount'),
	);

	it.each([NaN, Infinity, -Infinity, true, null, undefined, [5], {}])(
		'refuses the value %p as an amount',
		(value) => expect(() => toAmount(value)).toThrow(InvalidValue),
	);
});

describe('toText', () => {
	it('writes a number as text without an exponent, with 15 significant digits', () => {
		fc.assert(
			fc.property(anyNumber, (value) => {
				fc.pre(!Number.isInteger(value) || Number.isSafeInteger(value));
				const text = toText(value);
				expect(text).toMatch(/^-?\d+(\.\d+)?$/);
				expect(Number(text) + 0).toBe((Number.isInteger(value) ? value : rounded(value)) + 0);
			}),
			{ numRuns: 1000 },
		);
	});

	it('trims text and otherwise leaves it alone', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (text) => {
				expect(toText(` ${text}\t\n`)).toBe(text.trim());
			}),
		);
	});

	it.each([2 ** 53, -(2 ** 53), 1e21])('refuses %p, which may be rounded, as text', (value) =>
		expect(() => toText(value)).toThrow('is a number too long to be exact'),
	);

	it.each([NaN, Infinity, true, null, undefined, [], {}, new Date(0)])(
		'refuses %p as text',
		(value) => expect(() => toText(value)).toThrow('is not text'),
	);
});

describe('toReference', () => {
	it.each(['5.55123E+12', '5,55123E+12', ' 5e+12\u200b', '-1.5E+15'])(
		'refuses %j, a number that a spreadsheet has shortened',
		(value) => expect(() => toReference(value)).toThrow('is a number with lost digits'),
	);

	it.each(['5551230000001', '5E12', '1e10', '12E+5', '5.5E-7', 'SO-5.5E+12', '5.55123E+12-1'])(
		'takes %j, which may be an ID',
		(value) => expect(toReference(value)).toBe(value),
	);
});

describe('toStatus, toWholeNumber and isEmpty', () => {
	it('accepts the three statuses in any case', () => {
		expect(['approved', ' Pending ', 'REJECTED'].map(toStatus)).toEqual([
			'approved',
			'pending',
			'rejected',
		]);
	});

	it.each(['reversed', 'approve', '', 1, null, ['approved']])('refuses %p as a status', (value) =>
		expect(() => toStatus(value)).toThrow('is not a status CAKE knows'),
	);

	it('accepts whole numbers within their bounds only', () => {
		expect([1, '1', 500, ' 500 '].map((value) => toWholeNumber(value, 1, 500))).toEqual([
			1, 1, 500, 500,
		]);
		for (const value of [0, 501, -1, '0', 1.5, '1.5', 'ten', '1e2', NaN, true, null, [5]]) {
			expect(() => toWholeNumber(value, 1, 500)).toThrow('is not a whole number, 1 to 500');
		}
	});

	it('takes undefined, null and white space for empty, and 0 for a value', () => {
		expect([undefined, null, '', ' \t\n'].map(isEmpty)).toEqual([true, true, true, true]);
		expect([0, false, 'x', NaN].map(isEmpty)).toEqual([false, false, false, false]);
	});
});
