import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { NodeRun } from '../../../harness/engine/engine.mts';
import { useCake, whereIs } from '../../support/cake.mts';

const cake = useCake();
const OFFER = 'Home Solar Quote - US';
const AFFILIATE = 'Amber Media';
const named = { options: { addNames: true } };

afterEach(() => {
	Object.assign(cake.sandbox.directory, { access: 'served', maxRowsPerPage: 500, firstRow: 0 });
});

const add = (more = {}) =>
	cake.account.addConversion({ offerId: 12001, affiliateId: 67801, ...more });
const rows = ({ items }: NodeRun): IDataObject[] => items.map(({ json }) => json);
const listRequests = () => cake.sandbox.log.filter(({ endpoint }) => endpoint.endsWith('s'));
const ofOffer = (offerId: number, more: INodeParameters = {}): INodeParameters => ({
	filters: { offerId },
	returnAll: true,
	...more,
});

describe('Add Names in Query Conversions', () => {
	it('adds the names to each row after CAKE’s own fields', async () => {
		const { conversionId } = add();
		const run = await cake.query(ofOffer(12001, named));
		const row = rows(run).find(({ conversion_id: id }) => id === conversionId) ?? {};
		expect(row).toMatchObject({ offer_id: 12001, offer_name: OFFER, affiliate_name: AFFILIATE });
		expect(Object.keys(row).slice(-2)).toEqual(['offer_name', 'affiliate_name']);
		expect(run.hints).toEqual([]);
	});

	it('asks for nothing more and adds nothing without the option, or when it is off', async () => {
		add();
		for (const options of [{}, { addNames: false }, { addNames: '={{ "" }}' }]) {
			const run = await cake.query(ofOffer(12001, { options }));
			expect(rows(run).every((row) => !('offer_name' in row))).toBe(true);
		}
		expect(listRequests()).toEqual([]);
	});

	it('asks for few IDs one by one, each once for all items', async () => {
		add({ affiliateId: 67802 });
		const run = await cake.query(ofOffer(12001, named), { items: [{}, {}, {}] });
		expect(rows(run).map((row) => row.affiliate_name)).toContain('Bright Media');
		const asked = listRequests().map(({ endpoint, parameters }) => {
			return `${endpoint} ${String(parameters.offer_id ?? parameters.affiliate_id)}`;
		});
		expect(asked.sort()).toEqual(['affiliates 67801', 'affiliates 67802', 'offers 12001']);
	});

	it.each([
		['at once', 500, 0],
		['in pages of 25', 25, 0],
		['in pages of 25 from row 1', 25, 1],
	])('reads a whole list %s where rows have many IDs', async (_, maxRowsPerPage, firstRow) => {
		Object.assign(cake.sandbox.directory, { maxRowsPerPage, firstRow });
		const { offerId } = cake.account.addOffer({ name: 'Many affiliates' });
		const names = cake.account.affiliates;
		for (const affiliateId of names.keys()) add({ offerId, affiliateId });
		const run = await cake.query(ofOffer(offerId, named));
		expect(run.items).toHaveLength(120);
		for (const row of rows(run)) {
			expect(row.affiliate_name).toBe(names.get(Number(row.affiliate_id)));
			expect(row.offer_name).toBe('Many affiliates');
		}
		const lists = listRequests().filter(({ endpoint }) => endpoint === 'affiliates');
		expect(lists.every(({ parameters }) => !('affiliate_id' in parameters))).toBe(true);
	});

	it('adds the advertiser’s name where the row has its number, and keeps names CAKE sent', async () => {
		const row = { conversion_id: 7, offer_id: '12001', advertiser_id: 301, offer_name: 'Own' };
		cake.sandbox.replyNext('query', () => ({
			body: { request_status: 'Success', total_rows: 1, conversions: [row] },
		}));
		const [json] = rows(await cake.query(named));
		expect(json).toEqual({ ...row, advertiser_name: 'Northlight Energy' });
	});

	it('leaves out a name that CAKE does not know, and says nothing', async () => {
		const { offerId } = cake.account.addOffer();
		add({ offerId });
		cake.account.offers.delete(offerId);
		const run = await cake.query(ofOffer(offerId, named));
		expect(rows(run)[0]).toMatchObject({ affiliate_name: AFFILIATE });
		expect(rows(run)[0]).not.toHaveProperty('offer_name');
		expect(run.hints).toEqual([]);
	});

	it('reads the whole list when CAKE ignores the number it is asked for', async () => {
		const { offerId } = cake.account.addOffer({ name: 'The last of all' });
		add({ offerId });
		const other = { offer_id: 12002, offer_name: 'Another' };
		cake.sandbox.replyNext('offers', () => ({
			body: { request_status: 'Success', offers: [other] },
		}));
		const run = await cake.query(ofOffer(offerId, named));
		expect(rows(run)[0].offer_name).toBe('The last of all');
	});

	it('works with a read-only credential', async () => {
		add();
		const credential = { ...cake.credential, readOnly: true };
		const run = await cake.query(ofOffer(12001, named), { credential });
		expect(rows(run)[0].offer_name).toBe(OFFER);
	});
});

describe('Add Names in Update Conversion', () => {
	const toReject = (orderId: string, options: INodeParameters = {}): INodeParameters => ({
		...{ findBy: 'orderId', orderId, status: 'rejected' },
		options: { addNames: true, ...options },
	});

	it.each<[string, INodeParameters, IDataObject]>([
		['changed', {}, { conversion_status: 'rejected', previous_status: 'approved' }],
		['skipped', { onlyIfStatusIs: ['pending'] }, { skipped: true }],
		['shown in a dry run', { dryRun: true }, { dry_run: true }],
	])('adds the names to a conversion that was found and is %s', async (how, options, expected) => {
		add({ orderId: `ORD ${how}`, status: 'approved' });
		const run = await cake.update(toReject(`ORD ${how}`, options));
		const names = { offer_name: OFFER, affiliate_name: AFFILIATE };
		expect(rows(run)).toMatchObject([{ ...expected, ...names }]);
	});

	it('asks for no names of a conversion that was changed by its own ID', async () => {
		const { conversionId } = add();
		const run = await cake.update({ conversionId, status: 'pending', ...named });
		expect(rows(run)[0]).toEqual({ conversion_id: conversionId, conversion_status: 'pending' });
		expect(listRequests()).toEqual([]);
	});

	it('adds nothing to a failed item', async () => {
		add({ orderId: 'ORD-FOUND' });
		const items = [{ order: 'ORD-FOUND' }, { order: 'ORD-NONE' }];
		const settings = { items, onError: 'continueErrorOutput' as const };
		const run = await cake.update(toReject('={{ $json.order }}'), settings);
		expect(run.passedOn).toEqual({ items: 1, errorItems: 1 });
		expect(rows(run)[0].offer_name).toBe(OFFER);
	});
});

describe('Add Names in Get Conversion', () => {
	it('adds the names to the conversion that was found, and nothing where none was', async () => {
		add({ orderId: 'ORD-GOT' });
		const find = { findBy: 'orderId', orderId: '={{ $json.order }}' };
		const options = { addNames: true, whenNotFound: 'nothing' };
		const items = [{ order: 'ORD-NONE' }, { order: 'ORD-GOT' }];
		const run = await cake.run('get', { ...find, options }, { items });
		expect(rows(run)).toMatchObject([
			{ order_id: 'ORD-GOT', offer_name: OFFER, affiliate_name: AFFILIATE },
		]);
	});
});

describe('Add Names in Record Conversion', () => {
	it('is not there, even if it was chosen for another operation', async () => {
		const run = await cake.record({ ...named });
		expect(rows(run).every((row) => !('offer_name' in row))).toBe(true);
		expect(listRequests()).toEqual([]);
	});
});

describe('Add Names without a list', () => {
	it.each(['absent', 'refused'] as const)(
		'gives all rows and one hint when the lists are %s',
		async (access) => {
			cake.sandbox.directory.access = access;
			for (let affiliateId = 67801; affiliateId <= 67808; affiliateId++) add({ affiliateId });
			const run = await cake.query(ofOffer(12001, named));
			expect(run.status).toBe('success');
			expect(rows(run).length).toBeGreaterThanOrEqual(8);
			expect(rows(run).every((row) => !('affiliate_name' in row))).toBe(true);
			expect(run.hints).toHaveLength(1);
			expect(run.hints[0].message).toMatch(
				/^'Add Names' is on, but CAKE gave no full list of (offers and affiliates|affiliates and offers), so names are missing\. .*turn 'Add Names' off\.$/,
			);
			// The first failure ends the others, apart from those that were under way.
			expect(listRequests().length).toBeLessThanOrEqual(5);
		},
	);

	it('still adds the names of the other lists', async () => {
		const { offerId } = cake.account.addOffer({ name: 'Own' });
		add({ offerId });
		cake.sandbox.failNext('wrongKey', { endpoint: 'affiliates' });
		const run = await cake.query(ofOffer(offerId, named));
		expect(rows(run)[0]).toMatchObject({ offer_name: 'Own' });
		expect(run.hints[0].message).toContain('no full list of affiliates, so');
		expect(run.status).toBe('success');
	});

	it('tries once more, whatever Retries says, and gives up at the timeout', async () => {
		add();
		cake.sandbox.failNext('html', { endpoint: 'offers' });
		const again = await cake.query(ofOffer(12001, { options: { addNames: true, retries: 4 } }));
		expect([rows(again)[0].offer_name, again.hints]).toEqual([OFFER, []]);
		cake.sandbox.failNext('hang', { endpoint: 'offers' });
		const late = await cake.query(ofOffer(12001, { options: { addNames: true, timeout: 1 } }));
		expect(late.status).toBe('success');
		expect(late.hints[0].message).toContain('No full reply within 1 s.');
	});

	it('shows the key nowhere when a list echoes it', async () => {
		add();
		cake.sandbox.failNext('echo', { endpoint: 'offers' });
		const run = await cake.query(ofOffer(12001, named));
		expect(run.hints[0].message).toContain('Could not process the request');
		expect(whereIs(cake.sandbox.apiKey, run)).toEqual([]);
	});
});

describe('Add Names as a tool of an AI agent', () => {
	const type = 'n8n-nodes-cake.cakeConversionsTool';

	it('gives an agent the names, and a hint item about a list that is missing', async () => {
		add();
		const run = await cake.run('query', ofOffer(12001, named), { type });
		expect(rows(run)[0]).toMatchObject({ offer_name: OFFER, affiliate_name: AFFILIATE });
		cake.sandbox.directory.access = 'absent';
		const without = await cake.run('query', ofOffer(12001, named), { type });
		expect(rows(without).at(-1)?.hint).toMatch(/CAKE gave no full list/);
	});
});
