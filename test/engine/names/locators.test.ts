import type { INodeParameters, INodeProperties } from 'n8n-workflow';

import { packageDirectory, supports } from '../../../harness/engine/n8n.mts';
import { loadPackage } from '../../../harness/engine/nodes.mts';
import { listIds, Poller } from '../../../harness/engine/poller.mts';
import { DETAILS, useCake } from '../../support/cake.mts';

type Value = INodeParameters[string];

const cake = useCake({ rows: 20 });

const byId = (value: Value) => ({ __rl: true, mode: 'id', value });
const fromList = (value: Value, name: string) => ({
	...{ __rl: true, mode: 'list', value },
	cachedResultName: `${name} (${String(value)})`,
});

/** The forms in which n8n, older workflows and agents give one number; `$json.id` is the number. */
const listForms = (id: number): Array<[string, Value]> => [
	['by ID', byId(String(id))],
	['by ID as a number', byId(id)],
	['by an expression', byId('={{ $json.id }}')],
	['from the list', fromList(id, 'Home Solar')],
	['from the list as text', fromList(String(id), 'Home Solar')],
	['as a plain number, in an older workflow', id],
	['as plain text', String(id)],
	['as a plain expression', '={{ $json.id }}'],
];

/** The forms of nothing. `{ mode, value: '' }` is a filter that was added and not touched. */
const EMPTY_FORMS: Array<[string, Value]> = [
	['by an expression that finds nothing', byId('={{ undefined }}')],
	['by an expression that gives null', byId('={{ null }}')],
	['by an empty expression', byId('= ')],
	['by ID', byId('')],
	['when just added', { mode: 'id', value: '' }],
	['without a value', { __rl: true, mode: 'id' }],
	['from the list', { __rl: true, mode: 'list', value: '' }],
	['as a plain expression', '={{ undefined }}'],
	['as plain text', ''],
];

const FILTERS = [
	['offerId', 'Offer', 'offer_id'],
	['affiliateId', 'Affiliate', 'affiliate_id'],
	['advertiserId', 'Advertiser', 'advertiser_id'],
] as const;

describe('a number in any form of a locator', () => {
	it.each(listForms(12001))('records for an offer given %s', async (_, offerId) => {
		const { clickId } = cake.account.addClick({ offerId: 12001 });
		const run = await cake.record({ clickId, offerId }, { items: [{ id: 12001 }] });
		expect(run.error).toBeUndefined();
		expect(cake.sent('record')).toEqual([{ click_id: clickId, offer_id: '12001' }]);
	});

	it.each(listForms(77))('queries with filters given %s', async (_, value) => {
		const filters = Object.fromEntries(FILTERS.map(([name]) => [name, value]));
		const run = await cake.query({ filters }, { items: [{ id: 77 }] });
		expect(run.error).toBeUndefined();
		const numbers = { offer_id: '77', affiliate_id: '77', advertiser_id: '77' };
		expect(cake.sent('query')[0]).toMatchObject(numbers);
		expect(run.hints[0].message).toContain('Advertiser 77, Affiliate 77, Offer 77');
	});

	it('updates by order ID with a filter from the list', async () => {
		const { offerId } = cake.account.addConversion({ orderId: 'ORD-RL' });
		const filters = { offerId: fromList(offerId, 'Any') };
		const found = { findBy: 'orderId', orderId: 'ORD-RL', filters, status: 'rejected' };
		const run = await cake.update(found);
		expect(run.items[0].json).toMatchObject({ conversion_status: 'rejected' });
		expect(cake.sent('query')[0].offer_id).toBe(String(offerId));
	});

	it('takes the number of each item', async () => {
		const items = [12001, 12002, 12001].map((id) => {
			return { id, click: cake.account.addClick({ offerId: id }).clickId };
		});
		await cake.record(
			{ clickId: '={{ $json.click }}', offerId: byId('={{ $json.id }}') },
			{ items },
		);
		expect(cake.sent('record').map((sent) => sent.offer_id)).toEqual(['12001', '12002', '12001']);
	});

	it('shows the number alone in a dry run', async () => {
		const [{ clickId }] = cake.account.freshClicks(1);
		const offerId = fromList(12001, 'Home Solar');
		const run = await cake.record({ clickId, offerId, options: { dryRun: true } });
		expect(run.items[0].json.parameters).toEqual({ click_id: clickId, offer_id: 12001 });
	});
});

describe('a locator that holds nothing', () => {
	it.each(EMPTY_FORMS)('refuses an added filter that is empty %s', async (_, value) => {
		for (const [name, label] of FILTERS) {
			const run = await cake.query({ filters: { [name]: value } });
			expect(run.error?.message).toBe(`'${label}' came out empty`);
			expect(run.error?.description).toMatch(
				/^Check the expression, or enter a value\. Remove the field to go without it\./,
			);
		}
		expect(cake.requests).toBe(0);
	});

	it.each(EMPTY_FORMS)('stops the trigger when its filter is empty %s', async (_, value) => {
		const poller = new Poller({
			credential: cake.credential,
			parameters: { filters: { offerId: value } },
		});
		await expect(poller.activate()).rejects.toThrow("'Offer' came out empty");
		expect(cake.requests).toBe(0);
	});

	it('refuses an offer that comes out empty for one item, and records the others', async () => {
		const items = [{ id: 12001 }, {}];
		const { clickId } = cake.account.addClick({ offerId: 12001 });
		const run = await cake.record(
			{ clickId, offerId: byId('={{ $json.id }}') },
			{ items, onError: 'continueErrorOutput' },
		);
		expect(run.passedOn).toEqual({ items: 1, errorItems: 1 });
		expect(run.errorItems[0].json).toMatchObject({
			error: "'Offer' is empty",
			[DETAILS]: { kind: 'invalidValue' },
		});
	});

	it('lets n8n refuse an offer that is empty in the form', async () => {
		for (const offerId of [byId(''), '']) {
			const run = await cake.record({ offerId });
			expect(run.error?.message).toContain(
				supports('namedIssues') ? 'Parameter "Offer" is required' : 'The workflow has issues',
			);
		}
		expect(cake.requests).toBe(0);
	});

	it('refuses words in a locator by the label, and shows only them', async () => {
		for (const value of [byId('shoes'), byId('={{ "shoes" }}'), 'shoes']) {
			const run = await cake.query({ filters: { offerId: value } });
			expect(run.error?.message).toBe("'Offer' is not a whole number");
			expect(run.error?.description).toMatch(/^Given: "shoes"\. Accepted: /);
		}
	});
});

describe('a locator that a model fills in', () => {
	const type = 'n8n-nodes-cake.cakeConversionsTool';
	const filters = { offerId: byId("={{ $fromAI('offer_id') }}") };
	const ask = async (given: string | number) =>
		await cake.run('query', { filters }, { type, items: [{ offer_id: given }] });

	it('reads the number that a model gives, as a number or as text', async () => {
		await ask(12001);
		await ask('12001');
		expect(cake.sent('query').map((sent) => sent.offer_id)).toEqual(['12001', '12001']);
	});

	it('refuses a filter that a model leaves empty', async () => {
		const run = await ask('');
		expect(run.items[0].json.error).toBe("'Offer' came out empty");
		expect(cake.requests).toBe(0);
	});
});

describe('the memory of a trigger with locators', () => {
	const parameters = (offerId: Value): INodeParameters => ({ filters: { offerId } });

	it.each([
		['from the list', 12001, fromList(12001, 'Home Solar')],
		['by ID', '12001', byId('12001')],
		['as plain text again', fromList(12001, 'Home Solar'), '12001'],
	])('keeps its memory when the same offer is chosen %s', async (_, before, after) => {
		const poller = new Poller({ credential: cake.credential, parameters: parameters(before) });
		await poller.publish();
		const sale = { status: 'rejected', offerId: 12001 } as const;
		const missed = cake.account.addConversion(sale).conversionId;
		poller.change(parameters(after));
		expect(listIds(await poller.activate())).toEqual([missed]);
		expect(poller.log.join()).not.toContain('what it watches was changed');
		expect(JSON.stringify(poller.memory)).toContain('{\\"offerId\\":12001}');
	});

	it('starts anew when another offer is chosen', async () => {
		const poller = new Poller({
			credential: cake.credential,
			parameters: parameters(fromList(12001, 'Home Solar')),
		});
		await poller.publish();
		cake.account.addConversion({ status: 'rejected', offerId: 12002 });
		poller.change(parameters(fromList(12002, 'Auto Insurance')));
		expect(await poller.activate()).toEqual([]);
		expect(poller.log.join()).toContain('what it watches was changed');
	});
});

describe('the locators in the forms', () => {
	const TYPES = ['cakeConversions', 'cakeConversionsTrigger'];

	it.each(TYPES)('offers in %s By ID first, then a list, and validates neither', async (name) => {
		const type = (await loadPackage(packageDirectory)).getNode(`n8n-nodes-cake.${name}`);
		const { description } = type as Extract<typeof type, { methods?: unknown }>;
		const fields = description.properties.flatMap((property) => [
			property,
			...(property.type === 'collection' ? (property.options as INodeProperties[]) : []),
		]);
		const locators = fields.filter(({ name: field }) =>
			/^(offer|affiliate|advertiser)Id$/.test(field),
		);
		expect(locators.length).toBeGreaterThanOrEqual(3);
		for (const { type: fieldType, default: value, modes = [] } of locators) {
			expect([fieldType, value]).toEqual(['resourceLocator', { mode: 'id', value: '' }]);
			expect(modes.map((mode) => [mode.name, mode.displayName])).toEqual([
				['id', 'By ID'],
				['list', 'From List'],
			]);
			// n8n would refuse the whole workflow for one item.
			expect(modes.filter(({ validation }) => validation)).toEqual([]);
			expect(modes[0].placeholder).toMatch(/^e\.g\. \d+$/);
			expect(modes[1].typeOptions?.searchable).toBe(true);
		}
	});
});
