import fc from 'fast-check';
import { recordConversion } from '../../../../nodes/cake/conversions/endpoints';
import { readDuplicateMessage } from '../../../../nodes/cake/conversions/duplicateMessages';
import { CakeError } from '../../../../nodes/cake/errors';
import {
	listDifferences,
	mayMatch,
	proveRecorded,
	type Proof,
} from '../../../../nodes/cake/conversions/matchRecorded';
import type { ConversionToRecord, Recorded } from '../../../../nodes/cake/types';
import { answerOrFailure, ORIGIN } from '../../../support/replies.mts';
import { chooseCount } from '../../../support/scale.mts';

const GUID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';

const SENT = {
	clickId: GUID,
	offerId: 555,
	uniqueId: 'Café-1',
	orderId: 'ORDER-2026-BERLIN-12345',
	payout: '45.00',
	revenue: '98.76',
	conversionDate: '2024-01-01T14:32:00Z',
} satisfies ConversionToRecord;

type Row = Record<string, unknown>;

/** The ways a tracker may show each ID. Undefined is an ID that it leaves out. */
const UNIQUE_IDS = {
	same: ['Café-1', ' Café-1 ', 'Cafe\u0301-1'],
	other: ['Café-2', 'CAFÉ-1', 1],
	absent: [undefined, null, ''],
};
const CLICKS = {
	same: [GUID],
	'in another form': [GUID.toUpperCase(), GUID.replaceAll('-', ''), `{${GUID}}`, ` ${GUID} `],
	other: ['6f9619ff-8b86-d011-b42d-00c04fc964fe', 'abc', 7],
	absent: [undefined, null, ''],
};
const ORDERS = {
	same: ['ORDER-2026-BERLIN-12345', ' ORDER-2026-BERLIN-12345'],
	'stored otherwise': ['ORDER-2026-', 'order-2026-berlin-12345', 'ORDER?2026?BERLIN?12345'],
	other: ['ORDER-2', 12345],
	absent: [undefined, null, ''],
};

type Name<T> = keyof T & string;

/** Every row that shows the three IDs in these ways. */
function makeRows(
	uniqueId: Name<typeof UNIQUE_IDS>,
	click: Name<typeof CLICKS>,
	order: Name<typeof ORDERS>,
): Row[] {
	return UNIQUE_IDS[uniqueId].flatMap((unique_id) =>
		CLICKS[click].flatMap((click_id) =>
			ORDERS[order].map((order_id) => ({ conversion_id: 7, unique_id, click_id, order_id })),
		),
	);
}

const toConversion = (row: Row) => ({ id: 7, row: row as never });

describe('proveRecorded and mayMatch', () => {
	const [P, M, N]: Proof[] = ['proven', 'plausible', 'unproven'];
	const ORDER_NAMES = Object.keys(ORDERS) as Array<Name<typeof ORDERS>>;

	/** For each Unique ID and click, one proof per order: same, stored otherwise, other, absent. */
	const TABLE: Array<[Name<typeof UNIQUE_IDS>, Name<typeof CLICKS>, Proof[]]> = [
		['same', 'same', [P, P, P, P]],
		['same', 'in another form', [P, P, P, P]],
		['same', 'absent', [P, P, P, P]],
		['same', 'other', [N, N, N, N]],
		['other', 'same', [N, N, N, N]],
		['other', 'in another form', [N, N, N, N]],
		['other', 'absent', [N, N, N, N]],
		['other', 'other', [N, N, N, N]],
		['absent', 'same', [M, N, N, M]],
		['absent', 'in another form', [M, N, N, M]],
		['absent', 'absent', [M, N, N, M]],
		['absent', 'other', [N, N, N, N]],
	];
	const CASES = TABLE.flatMap(([uniqueId, click, proofs]) =>
		ORDER_NAMES.map((order, index) => ({ uniqueId, click, order, proof: proofs[index] })),
	);

	it.each(CASES)(
		'calls a conversion $proof when its Unique ID is $uniqueId, its click $click and its order $order',
		({ uniqueId, click, order, proof }) => {
			for (const row of makeRows(uniqueId, click, order)) {
				expect([row, proveRecorded(toConversion(row), SENT)]).toEqual([row, proof]);
			}
		},
	);

	it.each(CASES)(
		'trusts no Unique ID when none was sent: $uniqueId Unique ID, $click click, $order order',
		({ uniqueId, click, order, proof }) => {
			const expected = uniqueId === 'absent' ? proof : 'unproven';
			for (const row of makeRows(uniqueId, click, order)) {
				const given = proveRecorded(toConversion(row), { ...SENT, uniqueId: undefined });
				expect([row, given]).toEqual([row, expected]);
			}
		},
	);

	it('compares no order when none was sent', () => {
		for (const row of makeRows('absent', 'same', 'other')) {
			const sent = { ...SENT, orderId: undefined };
			expect(proveRecorded(toConversion(row), sent)).toBe('plausible');
		}
	});

	it.each(TABLE.slice(0, 4))(
		'matches a sale with a row by click and order alone: Unique ID %s, click %s',
		(uniqueId, click) => {
			for (const order of ORDER_NAMES) {
				const isExpected = click !== 'other' && ['same', 'absent'].includes(order);
				for (const row of makeRows(uniqueId, click, order)) {
					expect([row, mayMatch(toConversion(row), SENT)]).toEqual([row, isExpected]);
				}
			}
		},
	);
});

describe('listDifferences', () => {
	const list = (row: Row, sent: ConversionToRecord = SENT) =>
		listDifferences(toConversion(row), sent);

	it.each<[string, Row]>([
		['the values as they were sent', { order_id: SENT.orderId, offer_id: 555, payout: '45.00' }],
		['numbers in another form', { offer_id: '555', payout: 45, revenue: '98.7600' }],
		['space around an order', { order_id: ` ${SENT.orderId} ` }],
		['a date with a space in it', { conversion_date: '2024-01-01 14:32:00' }],
		['the date of another zone', { conversion_date: '2024-01-02T02:32:00' }],
		['a date 26 hours later', { conversion_date: '2024-01-02T16:32:00Z' }],
		['a date 26 hours earlier', { conversion_date: '2023-12-31T12:32:00Z' }],
		['a date that cannot be read', { conversion_date: 'yesterday' }],
		['none of the values', {}],
		['null', { offer_id: null, payout: null, revenue: null, conversion_date: null }],
		['empty text', { offer_id: '', payout: '', revenue: '', conversion_date: '' }],
	])('lists no difference for a row that shows %s', (_name, row) => {
		expect(list(row)).toEqual([]);
	});

	it.each<[keyof ConversionToRecord, string, unknown]>([
		['orderId', 'order_id', 'ORDER-2026-'],
		['orderId', 'order_id', 'order-2026-berlin-12345'],
		['orderId', 'order_id', 12345],
		['orderId', 'order_id', ''],
		['orderId', 'order_id', null],
		['offerId', 'offer_id', 777],
		['payout', 'payout', 5],
		['payout', 'payout', 0],
		['payout', 'payout', '45,00'],
		['revenue', 'revenue', '12.34'],
		['conversionDate', 'conversion_date', '2024-01-02T16:32:01Z'],
		['conversionDate', 'conversion_date', '2023-12-31T12:31:59Z'],
		['conversionDate', 'conversion_date', '2026-01-01 14:32:00'],
	])('lists both values of %s when %s is %p', (field, member, stored) => {
		expect(list({ [member]: stored })).toEqual([{ field, stored, sent: SENT[field as 'payout'] }]);
		expect(list({ [member]: stored }, { clickId: GUID, offerId: stored as number })).toEqual([]);
	});

	it('lists every value that differs', () => {
		const row = { order_id: '', offer_id: 1, payout: 1, revenue: 1, conversion_date: '2020-01-01' };
		expect(list(row).map(({ field }) => field)).toEqual([
			...['orderId', 'offerId', 'payout', 'revenue', 'conversionDate'],
		]);
	});
});

const parse = (sent: ConversionToRecord, body: unknown, status: number, headers = {}) =>
	answerOrFailure(recordConversion(sent), body, status, headers);

/** The outcome of a whole reply to a recording, in a word. For a stored sale that is its proof. */
function read(sent: ConversionToRecord, body: unknown, status = 200, headers = {}): string {
	const given = parse(sent, body, status, headers);
	if (given instanceof CakeError) return given.kind;
	return given.isAlreadyRecorded ? 'already recorded' : String(given.proof);
}

describe('recordConversion, for whole replies', () => {
	const STATUSES = [200, 302, 400, 408, 409, 500];
	const location = `${ORIGIN}/Error.aspx`;
	const readUnder = (body: Row, sent: ConversionToRecord = SENT) =>
		STATUSES.map((status) => read(sent, body, status, { location }));
	const named = { conversion_id: 7, click_id: GUID };
	const unclear = 'unknownOutcome';
	const UNCLEAR = STATUSES.map(() => unclear);
	const UNREAD = ['refused', 'unavailable', 'refused', 'unavailable', 'refused', 'unavailable'];

	it.each<[string, Row, string[]]>([
		['Success with its Unique ID', { unique_id: 'Café-1' }, ['proven', ...UNCLEAR.slice(1)]],
		['Success without a Unique ID', {}, ['plausible', ...UNCLEAR.slice(1)]],
		['Success with another Unique ID', { unique_id: 'Café-2' }, UNCLEAR],
		['Success with another click', { unique_id: 'Café-1', click_id: 'abc' }, UNCLEAR],
		['Warning with its Unique ID', { request_status: 'Warning', unique_id: 'Café-1' }, UNCLEAR],
		['Error with its Unique ID', { request_status: 'Error', unique_id: 'Café-1' }, UNCLEAR],
		['Error with another click', { request_status: 'Error', click_id: 'abc' }, UNCLEAR],
		['no status at all', { request_status: undefined }, UNCLEAR],
		['success: false', { success: false }, UNCLEAR],
		['words about the key', { request_status: 'Error', message: 'Invalid API Key' }, UNCLEAR],
		['words of a throttle', { request_status: 'Error', message: 'Restricted' }, UNCLEAR],
		['a bare duplicate', { request_status: 'Error', message: 'Duplicate' }, UNCLEAR],
	])('finds no refusal when the reply names a conversion beside %s', (_name, more, outcomes) => {
		expect(readUnder({ request_status: 'Success', ...named, ...more })).toEqual(outcomes);
	});

	it.each<[string, Row, string[]]>([
		['Success', { request_status: 'Success' }, ['unavailable', ...UNREAD.slice(1)]],
		['Warning', { request_status: 'Warning' }, UNREAD],
		['Error', { request_status: 'Error' }, UNREAD],
	])(
		'follows the HTTP status when a reply with %s names no conversion',
		(_name, body, outcomes) => {
			expect(readUnder(body)).toEqual(outcomes);
		},
	);

	it.each<[string, Row]>([
		['names no conversion', {}],
		['names its conversion', { ...named, unique_id: 'Café-1' }],
		['names the conversion of another click', { conversion_id: 7, click_id: 'abc' }],
	])(
		'reports already recorded when CAKE calls the Unique ID a duplicate and the reply %s',
		(_name, more) => {
			const body = { request_status: 'Error', message: 'Duplicate unique_id', ...more };
			const beside = 'conversion_id' in more ? unclear : 'unavailable';
			const recorded = 'already recorded';
			expect(readUnder(body)).toEqual([recorded, beside, recorded, beside, recorded, beside]);
		},
	);

	it('gives the conversion of a repeated Unique ID only if it has that ID and no other click', () => {
		const refusal = { request_status: 'Error', message: 'Duplicate unique_id' };
		const getIds = (more: Row) => {
			const given = parse(SENT, { ...refusal, ...more }, 200) as Recorded;
			return given.conversion?.id;
		};
		expect(getIds({ ...named, unique_id: 'Café-1' })).toBe(7);
		expect(getIds({ ...named })).toBeUndefined();
		expect(getIds({ ...named, unique_id: 'Café-2' })).toBeUndefined();
		expect(getIds({ ...named, unique_id: 'Café-1', click_id: 'abc' })).toBeUndefined();
	});
});

describe('recordConversion, for random replies', () => {
	const pickAny = <T>(lists: Record<string, T[]>) =>
		fc.constantFrom(...Object.values(lists).flat());
	const anything = fc.constantFrom<unknown>(
		...[undefined, null, true, false, 'false', 0, 1.5, [], {}],
	);
	const row = fc.record(
		{
			conversion_id: fc.oneof(fc.integer({ min: 1 }), fc.integer({ min: 1 }).map(String)),
			unique_id: pickAny<unknown>(UNIQUE_IDS),
			click_id: pickAny<unknown>(CLICKS),
			order_id: pickAny<unknown>(ORDERS),
			offer_id: anything,
			payout: anything,
		},
		{ requiredKeys: ['conversion_id'] },
	);
	const message = fc.oneof(
		fc.string(),
		fc.constantFrom('Duplicate', 'Duplicate unique ID', 'Restricted', 'Invalid API Key', 'No'),
	);
	const words = fc.record(
		{
			request_status: fc.oneof(fc.constantFrom('Success', 'Warning', 'Error'), anything),
			success: anything,
			message,
		},
		{ requiredKeys: [] },
	);
	const wrappers = fc.subarray(['response', 'data', 'conversion']);
	const reply = fc.tuple(row, words, wrappers).map(([inner, outer, names]) => ({
		body: {
			...names.reduceRight<Row>((wrapped, name) => ({ [name]: wrapped }), inner),
			...outer,
		},
		message: outer.message ?? '',
	}));
	const status = fc.oneof(
		fc.constant(200),
		fc.constantFrom(302, 400, 408, 409, 500),
		fc.integer({ min: 200, max: 599 }),
	);
	const headers = fc.record(
		{
			location: fc.constantFrom('/Error.aspx', 'https://elsewhere.example/', ''),
			'retry-after': fc.constantFrom('0', '120', 'soon'),
		},
		{ requiredKeys: [] },
	);
	const sent = fc.constantFrom<ConversionToRecord>(
		SENT,
		{ ...SENT, uniqueId: undefined },
		{ clickId: GUID, offerId: 555 },
	);
	const runs = { numRuns: chooseCount(500, 2_000) };

	it('reads an answer or an unknown outcome from each reply that names a conversion', () => {
		fc.assert(
			fc.property(reply, status, headers, sent, (given, httpStatus, head, values) => {
				const result = parse(values, given.body, httpStatus, head);
				if (!(result instanceof CakeError)) return;
				expect(result.kind).toBe('unknownOutcome');
				expect(result.facts.conversions).toHaveLength(1);
			}),
			runs,
		);
	});

	it('reports a success only for a proven, plausible or already recorded conversion', () => {
		fc.assert(
			fc.property(reply, status, headers, sent, (given, httpStatus, head, values) => {
				const result = parse(values, given.body, httpStatus, head);
				if (result instanceof CakeError) return;
				const { conversion, proof, isAlreadyRecorded } = result;
				if (isAlreadyRecorded) {
					const own = Object.values(recordConversion(values).parameters).map(String);
					expect(readDuplicateMessage(given.message, own)).toBe('uniqueId');
					if (conversion) expect(proveRecorded(conversion, values)).toBe('proven');
					return;
				}
				expect(conversion && proveRecorded(conversion, values)).toBe(proof);
				expect(['proven', 'plausible']).toContain(proof);
			}),
			runs,
		);
	});
});
