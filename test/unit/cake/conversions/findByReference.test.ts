import { CakeError } from '../../../../nodes/cake/errors';
import { FoundConversions } from '../../../../nodes/cake/conversions/findByReference';
import type { Reference } from '../../../../nodes/cake/types';

const GUID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const selection = { range: { startDate: '2024-01-01', endDate: '2024-01-31' }, filters: {} };

/** CAKE's list with these rows. Their IDs count from 1. */
function list(...rows: object[]): FoundConversions {
	const conversions = rows.map((row, index) => ({
		id: index + 1,
		row: { conversion_id: index + 1, ...row },
	}));
	return new FoundConversions({ conversions, isComplete: true, pages: 1 }, selection);
}

const byOrder = (value: string): Reference => ({ by: 'orderId', value });

/** The ID of the conversion that is found, or the failure. */
function find(found: FoundConversions, reference: Reference): number | CakeError {
	try {
		return found.only(reference).id;
	} catch (error) {
		if (error instanceof CakeError) return error;
		return NaN;
	}
}

describe('FoundConversions', () => {
	it.each<[string, unknown, string]>([
		['with space around it in the list', '  SO-1\n', 'SO-1'],
		['with space around it in the item', 'SO-1', ' SO-1 '],
		['that the list has as a number', 4711, '4711'],
		['that the list has as a fraction', 47.5, '47.5'],
		['in NFD that the list has in NFC', 'Caf\u00e9', 'Cafe\u0301'],
		['in NFC that the list has in NFD', 'Cafe\u0301', 'Caf\u00e9'],
		['that is a GUID in upper case', GUID, GUID.toUpperCase()],
		['that is a GUID without hyphens', GUID, GUID.replaceAll('-', '')],
		['that is a GUID in braces', GUID.toUpperCase(), `{${GUID}}`],
	])('finds a reference %s', (_name, listed, value) => {
		expect(find(list({ order_id: 'OTHER' }, { order_id: listed }), byOrder(value))).toBe(2);
	});

	it.each<[string, unknown, string]>([
		['it is longer than the listed one', 'SO-1', 'SO-10'],
		['it lacks a leading zero', '007', '7'],
		['it has another space inside', 'SO 1', 'SO  1'],
		['it is a GUID with another digit', GUID, GUID.replace(/f$/, 'e')],
		['the list has a number too long to be exact', 2 ** 53, String(2 ** 53)],
		['the list has an object', { id: 4711 }, '[object Object]'],
		['the list has true', true, 'true'],
	])('does not find a reference when %s', (_name, listed, value) => {
		const error = find(list({ order_id: listed }), byOrder(value));
		expect(error).toMatchObject({
			kind: 'notFound',
			facts: { reference: byOrder(value), searched: { count: 1 }, nearReference: undefined },
		});
	});

	it.each([
		['', undefined],
		['null', null],
		['undefined', undefined],
	])('does not find %p in a row without a reference', (value, listed) => {
		expect(find(list({ order_id: listed }), byOrder(value))).toMatchObject({ kind: 'notFound' });
	});

	it.each([
		['SO-1x', 'so-1X'],
		['STRASSE-Ä', 'strasse-ä'],
	])('names %s as a near miss when it differs in case alone', (listed, value) => {
		expect(find(list({ order_id: listed }), byOrder(value))).toMatchObject({
			kind: 'notFound',
			facts: { nearReference: listed, nearConversions: [{ id: 1 }] },
		});
	});

	it('finds the reference in the right case when rows differ in case alone', () => {
		const found = list({ order_id: 'so-1' }, { order_id: 'SO-1' });
		expect([find(found, byOrder('so-1')), find(found, byOrder('SO-1'))]).toEqual([1, 2]);
	});

	it('calls a reference ambiguous that rows have in several forms, and names them all', () => {
		const rows = [GUID, `{${GUID}}`, GUID.toUpperCase()].map((order_id) => ({ order_id }));
		const error = find(list(...rows, { order_id: 'OTHER' }), byOrder(GUID));
		expect(error).toMatchObject({
			kind: 'ambiguous',
			facts: { conversions: [{ id: 1 }, { id: 2 }, { id: 3 }], searched: { count: 4 } },
		});
	});

	it('tells that a number is no conversion’s ID, but an order ID', () => {
		const found = list({ order_id: 4711, click_id: '4712' });
		const facts = (reference: Reference) => (find(found, reference) as CakeError).facts;
		expect(facts({ by: 'conversionId', value: '4711' })).toMatchObject({ isOrderId: true });
		for (const by of ['conversionId', 'orderId'] as const) {
			expect(facts({ by, value: '4712' })).toMatchObject({ isOrderId: false });
		}
	});

	it('compares a reference only with IDs of its own kind', () => {
		const found = list({ order_id: 'A', click_id: 'B' }, { order_id: '1', click_id: 'A' });
		expect(find(found, { by: 'orderId', value: 'A' })).toBe(1);
		expect(find(found, { by: 'clickId', value: 'A' })).toBe(2);
		expect(find(found, { by: 'conversionId', value: '1' })).toBe(1);
		expect(find(found, { by: 'orderId', value: 'B' })).toMatchObject({ kind: 'notFound' });
	});
});
