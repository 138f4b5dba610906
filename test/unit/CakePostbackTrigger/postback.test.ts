import fc from 'fast-check';
import { readCall, type WebhookRequest } from '../../../nodes/CakePostbackTrigger/call';
import { readPostback } from '../../../nodes/CakePostbackTrigger/postback';
import {
	ID_NAMES,
	isUnfilled,
	TEXT_NAMES,
	TOKEN_NAMES,
	URL_BLOCK,
} from '../../../nodes/CakePostbackTrigger/urlBlock';

const keep = (text: string) => text;
const read = (request: Partial<WebhookRequest>) =>
	readPostback(readCall({ url: '/webhook/x/postback', headers: {}, ...request }).pairs, keep)?.json;
const readQuery = (query: string) => read({ url: `/webhook/x/postback?${query}` });
const withId = (query: string) => readQuery(`conversion_id=7&${query}&end=1`);

/** What a client sends of a URL: nothing from the first `#` on. */
const dropFragment = (url: string) => url.split('#')[0];

describe('IDs', () => {
	it.each([
		['0', 0],
		['12', 12],
		['9007199254740991', 9007199254740991],
		['9007199254740993', '9007199254740993'],
		['007', '007'],
		['-5', '-5'],
		['1e3', '1e3'],
		['3f2504e0-4f89', '3f2504e0-4f89'],
		['+12+', 12],
	])('come out of %s as %p', (given, expected) => {
		for (const name of ID_NAMES) {
			expect(readQuery(`${name}=${given}&conversion_id=1`)?.[name]).toEqual(expected);
		}
	});
});

describe('payout', () => {
	it.each([
		['5.00', 5],
		['-3.5', -3.5],
		['0', 0],
		['+12.5', 12.5],
		['0.1234567890123456789', 0.12345678901234568],
	])('is the number in %s, with the text beside it', (given, payout) => {
		const text = given.replace('+', ' ');
		const json = withId(`payout=${given}`);
		expect(json).toEqual({ conversion_id: 7, payout, payout_text: text, complete: true });
	});

	it.each(['5,00', '$5', '1e3', '1,234.50', 'NaN', '.5', '9'.repeat(400)])(
		'is text only when it is %s, and the item says so',
		(given) => {
			const json = withId(`payout=${encodeURIComponent(given)}`);
			expect(json).not.toHaveProperty('payout');
			expect(json?.payout_text).toBe(given);
			expect(json?.problems).toEqual([expect.stringContaining('"payout" is not a plain amount')]);
		},
	);
});

describe('the time of the conversion', () => {
	it.each([
		['946684800', '2000-01-01T00:00:00Z'],
		['4102444799', '2099-12-31T23:59:59Z'],
		['1704119520', '2024-01-01T14:32:00Z'],
	])('comes out of %s as %s', (given, expected) => {
		const json = withId(`converted_at=${given}`);
		expect(json).toEqual({ conversion_id: 7, converted_at: expected, complete: true });
	});

	it.each([
		...['946684799', '4102444800', '0', '-1', '1704119520000', '1704119520.5', '1e9'],
		...['2024-01-01', 'now', '9'.repeat(300)],
	])('is absent when it is %s, and the item says why', (given) => {
		const json = withId(`converted_at=${given}`);
		expect(json).not.toHaveProperty('converted_at');
		expect(json?.problems).toEqual([
			expect.stringContaining('"converted_at" is not a time as #utcunixtime# gives it'),
		]);
	});
});

describe('a URL that did not arrive whole', () => {
	it('is all of it where CAKE filled in every token', () => {
		const url = URL_BLOCK.replace(/#\w+#/g, '1704119520');
		const json = readQuery(url.slice(1));
		expect(json?.complete).toBe(true);
		expect(json).not.toHaveProperty('cut_after');
		expect(json).not.toHaveProperty('problems');
	});

	it.each(TOKEN_NAMES.slice(1))('says that it was cut after %s', (name) => {
		// CAKE filled in all tokens but this one.
		const url = URL_BLOCK.replace(/(\w+)=#\w+#/g, (pair, own: string) =>
			own === name ? pair : `${own}=1`,
		);
		const json = readQuery(dropFragment(url).slice(1));
		expect(json).toMatchObject({ conversion_id: 1, complete: false, cut_after: name });
		expect(json).not.toHaveProperty(name);
	});

	it('is cut after a sub ID that has a # in it', () => {
		const json = readQuery(dropFragment('conversion_id=7&s1=shoes#sale&s2=x&end=1'));
		expect(json).toEqual({ conversion_id: 7, s1: 'shoes', complete: false, cut_after: 's1' });
	});

	it('takes each token that CAKE left in it, encoded, for an absent value', () => {
		const url = URL_BLOCK.replace('#leadid#', '7').replace(/#/g, '%23');
		expect(readQuery(url.slice(1))).toEqual({ conversion_id: 7, complete: true });
	});
});

describe('odd calls', () => {
	it('says that a sub ID may have lost its end at an &', () => {
		const json = withId('s1=shoes&socks&s2=x&other=y');
		expect(json).toEqual({
			conversion_id: 7,
			s1: 'shoes',
			s2: 'x',
			other: { other: 'y' },
			complete: true,
			problems: [expect.stringContaining('"socks" has no =')],
		});
	});

	it('takes the first value of a name: what a sub ID brings in comes later', () => {
		const json = withId('payout=5&s1=x&payout=900&conversion_id=8');
		expect(json).toMatchObject({ conversion_id: 7, payout: 5, s1: 'x' });
		expect(json?.problems).toEqual([
			'"payout" came more than once. "900" was left out.',
			'"conversion_id" came more than once. "8" was left out.',
		]);
	});

	it.each(['constructor', 'toString', 'hasOwnProperty', 'error', 'a[b]', 's1[]', ''])(
		'keeps a value named %j under other',
		(name) => {
			expect(withId(`${encodeURIComponent(name)}=x`)?.other).toEqual({ [name]: 'x' });
		},
	);

	it('leaves out a value named __proto__', () => {
		for (const json of [
			withId('__proto__=x'),
			read({ body: JSON.parse('{"conversion_id":7,"__proto__":{"polluted":1},"end":"1"}') }),
		]) {
			expect(json).toEqual({
				conversion_id: 7,
				complete: true,
				problems: [expect.stringContaining('The name "__proto__" cannot be used')],
			});
		}
		expect({}).not.toHaveProperty('polluted');
	});

	it('names at most twenty problems', () => {
		expect(withId('a&'.repeat(5000))?.problems).toHaveLength(20);
	});

	it('keeps what is no UTF-8 as it came', () => {
		expect(withId('s1=caf%E9&s2=100%&s3=%zz')).toMatchObject({
			s1: 'caf%E9',
			s2: '100%',
			s3: '%zz',
		});
	});

	it('takes the values of a body plainly', () => {
		const body = { conversion_id: [7, 8], payout: 5, s1: null, s2: true, s3: { a: [1] }, end: 1 };
		expect(read({ body })).toEqual({
			conversion_id: 7,
			payout: 5,
			payout_text: '5',
			s2: 'true',
			s3: '{"a":[1]}',
			complete: true,
			problems: [expect.stringContaining('"conversion_id" came more than once')],
		});
	});
});

describe('any values', () => {
	const text = fc.oneof(
		fc.string({ unit: 'binary' }),
		fc.string({ unit: fc.constantFrom(...'aZ0 &=#%+?[]"\\é🎂\n\u200b') }),
	);
	const values = fc.dictionary(fc.constantFrom(...TEXT_NAMES), text, { noNullPrototype: true });

	/** What must come out of texts: all that were filled in, as they are. */
	const expectTexts = (given: Record<string, string>) =>
		Object.fromEntries(Object.entries(given).filter(([, one]) => one !== '' && !isUnfilled(one)));

	it('come out as they were encoded, by query and by body', () => {
		fc.assert(
			fc.property(values, fc.boolean(), (given, isSpacePlus) => {
				const encode = (one: string) =>
					isSpacePlus ? encodeURIComponent(one).replace(/%20/g, '+') : encodeURIComponent(one);
				const query = Object.entries(given).map(([name, one]) => `${name}=${encode(one)}`);
				const expected = { conversion_id: 7, ...expectTexts(given), complete: true };
				expect(withId(query.join('&'))).toEqual(expected);
				expect(read({ body: { conversion_id: '7', ...given, end: '1' } })).toEqual(expected);
			}),
		);
	});

	it('keep each whole number and each plain amount', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 0n }), fc.integer(), fc.nat(99), (id, whole, cents) => {
				const amount = `${whole}.${String(cents).padStart(2, '0')}`;
				const json = readQuery(`conversion_id=${id}&payout=${amount}&end=1`);
				expect(String(json?.conversion_id)).toBe(String(id));
				expect(typeof json?.conversion_id).toBe(
					id <= BigInt(Number.MAX_SAFE_INTEGER) ? 'number' : 'string',
				);
				expect(json).toMatchObject({ payout: Number(amount), payout_text: amount });
			}),
		);
	});

	it('throw for no query and no body, and come out as JSON that says the same', () => {
		const names = fc.oneof(fc.constantFrom(...TOKEN_NAMES, 'end', 'key', '__proto__'), text);
		const query = fc
			.array(fc.tuple(names, fc.constantFrom('=', '', '[]=', '%=', '=#'), text))
			.map((parts) => parts.map((part) => part.join('')).join('&'));
		const body = fc.oneof(fc.anything(), fc.object({ key: names }), fc.json().map(parseJson));
		fc.assert(
			fc.property(query, body, (url, anything) => {
				const json = read({ url: `/?conversion_id=7&${url}`, body: anything });
				expect(json?.conversion_id).toBe(7);
				expect(typeof json?.complete).toBe('boolean');
				expect(JSON.parse(JSON.stringify(json))).toEqual(json);
			}),
		);
	});
});

function parseJson(text: string): unknown {
	return JSON.parse(text);
}
