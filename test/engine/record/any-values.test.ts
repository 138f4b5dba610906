import fc from 'fast-check';
import { useCake } from '../../support/cake.mts';

const cake = useCake();

const INVISIBLE = '\u00ad\u200b\u200f\u202a\u2060\u2069\ufeff';
const EDGE = new RegExp(`^[\\s${INVISIBLE}]+|[\\s${INVISIBLE}]+$`, 'g');
const HALF_CHARACTER = /\p{Surrogate}/u;
const WORD_FOR_NOTHING = /^(null|undefined|nan|\[object object\]|#n\/a|n\/a|#ref!|#value!)$/i;

const units = [
	...'aZ09 .-/é',
	'e\u0301',
	'🎂',
	...INVISIBLE,
	'\ud83d',
	'\n',
	'&',
	'%',
	'+',
	'#',
	'=',
];
const text = fc.string({ unit: fc.constantFrom(...units), maxLength: 12 });
const words = fc.constantFrom('null', ' NULL ', 'N/A\u200b', 'NULL-1', '#REF!', 'undefined', 'naN');
const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
const amount = fc.oneof(
	number,
	number.map(String),
	fc.constantFrom('5.00', ' 5 ', '5,00', '$5', '1e3', '', '\u200b', '-0.10'),
);

/** What CAKE must be sent of a text: undefined for nothing, null where the item must be refused. */
function expectText(given: unknown, isReference: boolean): string | undefined | null {
	const shown = String(given).replace(EDGE, '');
	if (HALF_CHARACTER.test(String(given))) return null;
	if (isReference && WORD_FOR_NOTHING.test(shown)) return null;
	return shown === '' ? undefined : shown;
}

function expectAmount(given: unknown): string | number | undefined | null {
	if (typeof given === 'number') return given;
	const shown = String(given).replace(EDGE, '');
	if (shown === '') return undefined;
	return /^-?\d+(\.\d+)?$/.test(shown) ? shown : null;
}

const isSame = (sent: unknown, expected: string | number | undefined) =>
	typeof expected === 'number'
		? Math.abs(Number(sent) - expected) <= Math.abs(expected) * 1e-14
		: sent === expected;

describe('any values', () => {
	it('sends every item as it was given, but for its edges, or refuses it and sends nothing', async () => {
		const values = fc.sample(
			fc.record({ orderId: fc.oneof(text, words), payout: amount, adv1: text }),
			400,
		);
		const clicks = cake.account.freshClicks(values.length);
		const items = values.map((value, index) => ({ ...value, ...clicks[index], tag: `T${index}` }));
		const fields = ['orderId', 'payout', 'adv1'];
		const run = await cake.record(
			{
				clickId: '={{ $json.clickId }}',
				offerId: '={{ $json.offerId }}',
				uniqueId: '={{ $json.tag }}',
				additionalFields: Object.fromEntries(fields.map((name) => [name, `={{ $json.${name} }}`])),
			},
			{ items, onError: 'continueErrorOutput' },
		);
		expect(run.items.length).toBeGreaterThan(50);
		expect(run.errorItems.length).toBeGreaterThan(50);
		const sent = new Map(cake.sent('record').map((one) => [one.unique_id, one]));
		const wrong = items.filter(({ tag, orderId, payout, adv1 }) => {
			const expected = [expectText(orderId, true), expectAmount(payout), expectText(adv1, false)];
			const request = sent.get(tag);
			if (expected.includes(null)) return request !== undefined;
			const given = [request?.order_id, request?.payout, request?.adv1];
			return !request || !expected.every((one, index) => isSame(given[index], one ?? undefined));
		});
		expect(wrong).toEqual([]);
	});
});
