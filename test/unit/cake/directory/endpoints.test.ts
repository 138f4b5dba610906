import fc from 'fast-check';

import {
	DIRECTORIES,
	listEntries,
	type Directory,
} from '../../../../nodes/cake/directory/endpoints';
import { answer, failure } from '../../../support/replies.mts';

const ENVELOPES: Array<(list: object) => object> = [
	(list) => list,
	(list) => ({ response: list }),
	(list) => ({ response: { data: list } }),
];

const wrap = (directory: Directory, row: object, isWrapped: boolean) =>
	isWrapped ? { [directory]: row } : row;

const read = (directory: Directory, body: object) =>
	answer(listEntries(directory, {}), { request_status: 'Success', ...body });

describe('listEntries', () => {
	it('reads the same names from all forms of CAKE’s articles', () => {
		const row = fc.record({
			id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
			name: fc.string({ minLength: 1 }).filter((name) => name.trim() !== ''),
			isText: fc.boolean(),
			isWrapped: fc.boolean(),
		});
		const reply = fc.record({
			directory: fc.constantFrom(...DIRECTORIES),
			rows: fc.array(row),
			envelope: fc.constantFrom(...ENVELOPES),
		});
		fc.assert(
			fc.property(reply, ({ directory, rows, envelope }) => {
				const list = rows.map(({ id, name, isText, isWrapped }) => {
					const own = {
						[`${directory}_id`]: isText ? String(id) : id,
						[`${directory}_name`]: name,
					};
					return wrap(directory, { ...own, status: { id: 1 }, brand_new: [1] }, isWrapped);
				});
				const page = read(directory, envelope({ [`${directory}s`]: list, total_rows: 'many' }));
				expect(page.rows).toBe(rows.length);
				expect(page.entries.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
				for (const [index, { name }] of page.entries.entries()) {
					expect(rows[index].name).toContain(name);
				}
			}),
		);
	});

	it.each([
		['no ID', { offer_name: 'Solar' }],
		['an ID of 0', { offer_id: 0, offer_name: 'Solar' }],
		['an ID in words', { offer_id: 'one', offer_name: 'Solar' }],
		['no name', { offer_id: 7 }],
		['an empty name', { offer_id: 7, offer_name: ' ' }],
		['a name that is no text', { offer_id: 7, offer_name: { en: 'Solar' } }],
		['another form', 'Solar'],
	])('leaves out a row with %s, and counts it', (_, row) => {
		const offers = [row, { offer_id: 8, offer_name: 'Wind' }];
		expect(read('offer', { offers })).toEqual({ entries: [{ id: 8, name: 'Wind' }], rows: 2 });
	});

	it('reads a lone object as a list of one', () => {
		const offers = { offer: { offer_id: '8', offer_name: ' Wind ' } };
		expect(read('offer', { offers }).entries).toEqual([{ id: 8, name: 'Wind' }]);
	});

	it.each([{}, { offers: null }, { offers: 'none' }, { response: [] }])(
		'finds no list in %j',
		(body) => {
			const { kind, facts } = failure(listEntries('offer', {}), {
				request_status: 'Success',
				...body,
			});
			expect([kind, facts.detail]).toEqual(['refused', 'The reply has no list of offers.']);
		},
	);

	it('asks by ID, by a part of the name or for all, and never for an offer’s name', () => {
		expect(listEntries('offer', { id: 7 })).toMatchObject({
			kind: 'query',
			method: 'GET',
			path: '/api/2/offers.json',
			parameters: { offer_id: 7, row_limit: 500 },
		});
		const { path, parameters } = listEntries('affiliate', { name: 'media', startAtRow: 25 });
		expect(path).toBe('/api/2/affiliates.json');
		expect(parameters).toEqual({ affiliate_name: 'media', start_at_row: 25, row_limit: 500 });
		const plain = listEntries('offer', { name: 'solar', startAtRow: undefined }).parameters;
		expect(plain).toEqual({ row_limit: 500 });
		expect(listEntries('advertiser', { name: '' }).parameters).toEqual({ row_limit: 500 });
	});
});
