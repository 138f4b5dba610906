import { recordConversion } from '../../../../nodes/cake/conversions/endpoints';
import type { ConversionFilters } from '../../../../nodes/cake/types';
import {
	answer,
	conversion,
	failure,
	listed,
	query,
	record,
	recorded,
	recordOnce,
	update,
	updated,
} from '../../../support/replies.mts';

describe('recordConversion', () => {
	it('gives the conversion as CAKE sent it, without request_status', () => {
		const sent = { ...recorded, payout: 5, brand_new: { a: [1] }, order_id: null };
		const row: Partial<typeof sent> = { ...sent };
		delete row.request_status;
		expect(answer(record, sent)).toEqual({
			conversion: { id: 4456789, row },
			proof: 'plausible',
			isAlreadyRecorded: false,
		});
	});

	it.each([1, '1', '4456789'])('reads %p as the ID of the recorded conversion', (id) =>
		expect(answer(record, { ...recorded, conversion_id: id }).conversion).toMatchObject({
			id: Number(id),
			row: { conversion_id: id },
		}),
	);

	it.each([undefined, null, 0, '0', -1, '', 'abc', 1.5, true, {}])(
		'finds no answer in a reply with conversion ID %p',
		(id) => expect(failure(record, { ...recorded, conversion_id: id }).kind).toBe('unavailable'),
	);

	it('accepts no click or another form of it, and calls another click unclear', () => {
		const { kind, facts } = failure(record, { ...recorded, click_id: 'abc124' });
		expect([kind, facts.conversions]).toMatchObject(['unknownOutcome', [{ id: 4456789 }]]);
		for (const click of [undefined, null, 'ABC123', ' abc123 ']) {
			expect(() => answer(record, { ...recorded, click_id: click })).not.toThrow();
		}
	});
});

describe('recordConversion, when the reply names a conversion', () => {
	const { request_status: status, ...row } = recorded;

	it.each([
		row,
		{ conversion: row },
		{ response: row },
		{ response: { conversion: row } },
		{ response: { data: row } },
		{ response: { data: { conversion: row } } },
		{ data: row },
		{ data: { conversion: row } },
	])('finds the conversion in %j, in a success and in an error', (body) => {
		const found = { id: 4456789, row };
		const parsed = answer(record, { request_status: status, ...body });
		expect(parsed.conversion).toEqual(found);
		const { kind, facts } = failure(record, { request_status: 'Error', ...body });
		expect([kind, facts.conversions]).toEqual(['unknownOutcome', [found]]);
	});

	it('does not look for a conversion in a reply nested 100,000 deep', () => {
		const deep = `${'{"response":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
		expect(failure(record, deep, 400).kind).toBe('refused');
	});

	it('gives no wait with an unclear recording when CAKE asks for more than a minute', () => {
		const { kind, facts } = failure(record, recorded, 429, { 'retry-after': '120' });
		expect([kind, facts.retryAfterMs]).toEqual(['unknownOutcome', undefined]);
	});
});

describe('updateConversion', () => {
	it('gives the updated conversion, in its envelope or flat', () => {
		const parsed = { id: 4456789, row: conversion };
		expect(answer(update, updated)).toEqual(parsed);
		expect(answer(update, { request_status: 'Success', ...conversion })).toEqual(parsed);
	});

	it.each([
		{ conversion: { ...conversion, conversion_id: 4456788 } },
		{ conversion: { ...conversion, conversion_status: 'pending' } },
		{ conversion: { conversion_id: 4456789 } },
		{ conversion: null },
		{ conversion: [conversion] },
	])('finds no answer to Update in %j', (body) =>
		expect(failure(update, { request_status: 'Success', ...body }).kind).toBe('unavailable'),
	);

	it('accepts an updated conversion with its ID as text and its status in another case', () => {
		const other = { conversion_id: '4456789', conversion_status: 'Rejected' };
		expect(answer(update, { ...updated, conversion: other }).row).toEqual(other);
	});
});

describe('listConversions', () => {
	const rows = [{ conversion_id: 7 }, { conversion_id: '8', x: null }];
	const conversions = [
		{ id: 7, row: rows[0] },
		{ id: 8, row: rows[1] },
	];

	it.each([
		{ conversions: rows, total_rows: 2 },
		{ response: { conversions: rows, total_rows: 2 } },
		{ response: { data: { conversions: rows } }, total_rows: 2 },
		{ data: { conversions: rows }, total_rows: '2' },
		{ conversions: rows, total_records: 2 },
		{ conversions: rows, row_count: 2 },
	])('finds the list in %j', (body) =>
		expect(answer(query(), { request_status: 'Success', ...body })).toEqual({
			conversions,
			total: 2,
		}),
	);

	it('accepts an empty list, and one row in place of a list', () => {
		expect(answer(query(), { ...listed, conversions: [] }).conversions).toEqual([]);
		expect(answer(query(), { ...listed, conversions: rows[0] }).conversions).toEqual([
			conversions[0],
		]);
	});

	it.each([
		[0, 0],
		['83', 83],
		[1e9, 1e9],
		...[-1, 1.5, '', 'many', null, undefined, {}, 2 ** 53].map((total) => [total, undefined]),
	])('reads the total %p as %p rows', (given, total) =>
		expect(answer(query(), { ...listed, total_rows: given }).total).toBe(total),
	);

	it.each([
		...[undefined, null, 'none', 5, true].map((list) => ({ conversions: list })),
		...[null, 7, 'x', [], {}, { conversion_id: 0 }, { id: 1 }].map((row) => ({
			conversions: [{ conversion_id: 1 }, row],
		})),
	])('finds no answer to Query in %j', (body) =>
		expect(failure(query(), { ...listed, ...body }).kind).toBe('unavailable'),
	);

	it.each([
		['offerId', { offerId: 12345 }, { offer_id: 12346 }],
		['affiliateId', { affiliateId: 67890 }, { affiliate_id: '67891' }],
		['advertiserId', { advertiserId: 345 }, { advertiser_id: 0 }],
		['conversionStatus', { conversionStatus: 'approved' }, { conversion_status: 'pending' }],
	] as Array<[string, ConversionFilters, object]>)(
		'refuses a list when one row contradicts the filter %s',
		(filter, filters, stray) => {
			const list = [...rows, { conversion_id: 9, ...stray }];
			const error = failure(query(filters), { ...listed, conversions: list });
			expect([error.kind, error.facts]).toMatchObject([
				'refused',
				{ case: 'filterIgnored', filter },
			]);
		},
	);

	it('accepts rows that show the filtered value in another form, or not at all', () => {
		const filters = { offerId: 12345, conversionStatus: 'approved' } as const;
		const row = { conversion_id: 9, offer_id: '12345', conversion_status: 'Approved' };
		const list = [row, { conversion_id: 10, offer_id: null }];
		const answered = answer(query(filters), { ...listed, conversions: list });
		expect(answered.conversions.map((one) => one.row)).toEqual(list);
	});
});

describe('recordConversion, with a repeated unique ID', () => {
	const refused = (message: string) => ({ request_status: 'Error', message });
	it.each([200, 400, 409])('takes a duplicate for already recorded under HTTP %i', (status) =>
		expect(answer(recordOnce, refused('Duplicate unique_id: TXN-1'), status)).toEqual({
			isAlreadyRecorded: true,
		}),
	);

	it('reports a refusal when no unique ID was sent or CAKE gives another reason', () => {
		expect(failure(record, refused('Duplicate unique_id')).kind).toBe('refused');
		expect(failure(recordOnce, refused('Click Expired')).kind).toBe('refused');
	});

	it('reports a refusal that says duplicate only in a repeated value of ours', () => {
		const call = recordConversion({ clickId: 'abc123', offerId: 1, uniqueId: 'duplicate-of-7' });
		expect(failure(call, refused('Invalid Offer ID for duplicate-of-7')).kind).toBe('refused');
	});
});
