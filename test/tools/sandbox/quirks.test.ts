import {
	DEMO,
	type Quirk,
	type QuirkKind,
	REPEATED_ID_WORDINGS,
	type Sandbox,
	type SandboxOptions,
	SECOND_SALE_WORDINGS,
	startSandbox,
} from '../../../sandbox/server.mts';
import { listRows, SandboxClient } from '../../support/sandbox-client.mts';

let sandbox: Sandbox;
let client: SandboxClient;

const NOW = new Date('2024-01-20T12:00:00Z');

async function start(options: SandboxOptions = {}) {
	sandbox = await startSandbox({ now: () => NOW, ...options });
	client = new SandboxClient(sandbox);
}

afterEach(async () => await sandbox.close());

const [{ clickId, offerId }, ...others] = DEMO.clicks;
const SALE = { click_id: clickId, offer_id: offerId };
const GUID = '7f3a52c1-b908-4e11-9d5c-00a1b2c3d4e5';

describe('text quirks', () => {
	beforeEach(async () => await start());

	it.each<[QuirkKind, string, string | number]>([
		['cutText', 'ORDER-2026-11-26-STORE-BERLIN', 'ORDER-2026'],
		['escapeText', 'R&D <"7">', 'R&amp;D &lt;&quot;7&quot;&gt;'],
		['composeText', 'Cafe\u0301-88', 'Caf\u00e9-88'],
		['dropZeros', '00012345', '12345'],
		['dropZeros', '000', '0'],
		['asNumber', '00012345', 12345],
		['asNumber', 'ORD-1', 'ORD-1'],
		['asNumber', '12345678901234567890', '12345678901234567890'],
		['latin1Text', 'BESTELLUNG-Ä-Ω-1', 'BESTELLUNG-Ä-?-1'],
		['singleSpaces', 'ORD  77   A', 'ORD 77 A'],
		['emptyText', 'ORD-1', ''],
	])('stores with %s the text %p as %p, and shows it in every reply', async (kind, sent, shown) => {
		sandbox.applyQuirk(kind);
		const { json } = await client.record({ ...SALE, order_id: sent, unique_id: sent });
		expect([json.order_id, json.unique_id, json.click_id]).toEqual([shown, shown, clickId]);
		expect(listRows(await client.query())[0].order_id).toBe(shown);
	});

	it.each<[QuirkKind, string, string]>([
		['guidHyphens', GUID, GUID.replaceAll('-', '')],
		['guidHyphens', GUID.replaceAll('-', ''), GUID],
		['guidBraces', GUID, `{${GUID}}`],
		['guidBraces', `{${GUID}}`, GUID],
		['guidCase', GUID, GUID.toUpperCase()],
		['guidCase', GUID.toUpperCase(), GUID],
		['guidCase', 'abc123xyz789', 'abc123xyz789'],
	])('shows with %s the click %p as %p', async (kind, sent, shown) => {
		sandbox.account.addClick({ clickId: sent, offerId });
		sandbox.applyQuirk(kind);
		const { json } = await client.record({ ...SALE, click_id: sent, order_id: GUID });
		expect([json.click_id, json.order_id]).toEqual([shown, GUID]);
		expect(listRows(await client.query())[0].click_id).toBe(shown);
	});

	it('changes only the members that were asked for, and cuts to the length asked for', async () => {
		sandbox.applyQuirk('cutText', { members: ['click_id', 'unique_id'], maxLength: 4 });
		const { json } = await client.record({ ...SALE, order_id: 'ORD-77', unique_id: 'TXN-77' });
		expect(json).toMatchObject({ click_id: '7f3a', order_id: 'ORD-77', unique_id: 'TXN-' });
	});

	it('changes a text in one reply alone on demand', async () => {
		sandbox.applyQuirk('dropZeros', { where: 'reply' });
		const { json } = await client.record({ ...SALE, order_id: '0077' });
		sandbox.applyQuirk('emptyText', { where: 'reply', endpoint: 'query' });
		const lists = [await client.query(), await client.query()];
		expect([json, ...lists.map((list) => listRows(list)[0])].map((row) => row.order_id)).toEqual([
			'77',
			'',
			'0077',
		]);
	});

	it('keeps the text that was sent in the account and the log', async () => {
		sandbox.applyQuirk('cutText', { maxLength: 3 });
		const send = { ...SALE, order_id: 'ORD-77', unique_id: 'TXN-77', adv5: 'item-1' };
		const { json } = await client.record(send);
		const stored = sandbox.account.withUniqueId('TXN-77');
		expect(stored).toMatchObject({ orderId: 'ORD-77', adv: { adv5: 'item-1' } });
		expect(sandbox.log[0]).toMatchObject({
			parameters: { order_id: 'ORD-77', adv5: 'item-1' },
			conversionId: json.conversion_id,
			quirks: ['cutText'],
		});
		expect((await client.record(send)).json.message).toBe('Duplicate unique_id: TXN-77');
		expect((await client.record({ ...send, unique_id: 'TXN-78' })).json.unique_id).toBe('TXN-78');
	});
});

describe('booking quirks', () => {
	const sent = { ...SALE, payout: '7', revenue: '9', conversion_date: '2024-01-02T10:00:00Z' };
	beforeEach(async () => await start());

	it('books a sale under the next offer, in reply and list', async () => {
		sandbox.applyQuirk('otherOffer');
		expect((await client.record(SALE)).json.offer_id).toBe(offerId + 1);
		expect((await client.query({ offer_id: offerId })).json.total_rows).toBe(0);
		expect((await client.query({ offer_id: offerId + 1 })).json.total_rows).toBe(1);
	});

	it('books a sale under the offer that was asked for', async () => {
		sandbox.applyQuirk('otherOffer', { offerId: 777 });
		expect((await client.record(SALE)).json.offer_id).toBe(777);
	});

	it.each<[QuirkKind, object]>([
		['ownPayout', { payout: 38, revenue: 9, conversion_date: '2024-01-02T10:00:00Z' }],
		['ownRevenue', { payout: 7, revenue: 61.5, conversion_date: '2024-01-02T10:00:00Z' }],
		['ownDate', { payout: 7, revenue: 9, conversion_date: '2024-01-20T12:00:00Z' }],
	])('ignores with %s the value that was sent', async (kind, expected) => {
		sandbox.applyQuirk(kind);
		expect((await client.record(sent)).json).toMatchObject(expected);
		expect(listRows(await client.query())[0]).toMatchObject(expected);
	});
});

describe('refusal quirks', () => {
	beforeEach(async () => await start({ quirks: [{ kind: 'refuseSecondSale', probability: 1 }] }));

	it('refuses the second sale of a click, in twenty wordings', async () => {
		const messages = new Set<unknown>();
		expect((await client.record(SALE)).json.request_status).toBe('Success');
		while (messages.size < SECOND_SALE_WORDINGS.length) {
			const { json } = await client.record({ ...SALE, unique_id: `TXN-${messages.size}` });
			expect(json.request_status).toBe('Error');
			messages.add(json.message);
		}
		expect([...messages].sort()).toEqual([...SECOND_SALE_WORDINGS].sort());
		expect(SECOND_SALE_WORDINGS).toHaveLength(20);
		expect(sandbox.account.conversions.size).toBe(1);
	});

	it('refuses a second sale in the words that were asked for', async () => {
		await client.record(SALE);
		sandbox.applyQuirk('refuseSecondSale', { message: 'Once is enough' });
		expect((await client.record(SALE)).json.message).toBe('Once is enough');
		expect(sandbox.log[1]).toMatchObject({ result: 'refused', quirks: ['refuseSecondSale'] });
	});

	it('refuses a repeated unique ID in many wordings, also when the click has a sale', async () => {
		const send = { ...SALE, unique_id: 'TXN-1' };
		await client.record(send);
		const messages = new Set<unknown>();
		while (messages.size < REPEATED_ID_WORDINGS.length) {
			sandbox.applyQuirk('rewordDuplicate');
			messages.add((await client.record(send)).json.message);
		}
		expect([...messages].sort()).toEqual([...REPEATED_ID_WORDINGS].sort());
		expect(sandbox.log[1]).toMatchObject({ result: 'duplicate', quirks: ['rewordDuplicate'] });
	});
});

describe('layout quirks, from CAKE’s older articles', () => {
	beforeEach(async () => await start());
	const conversion = { conversion_id: expect.any(Number), click_id: clickId, payout: 38 };

	it.each<[QuirkKind, object]>([
		['responseEnvelope', { response: conversion }],
		['dataEnvelope', { response: { data: conversion } }],
		['conversionEnvelope', { conversion }],
	])('puts %s around the reply to a record', async (kind, expected) => {
		sandbox.applyQuirk(kind);
		const { json } = await client.record(SALE);
		expect(json).toMatchObject({ request_status: 'Success', ...expected });
		expect(json).not.toHaveProperty('conversion_id');
	});

	it.each<[QuirkKind, object]>([
		['responseEnvelope', { response: { total_rows: 1, conversions: [conversion] } }],
		['dataEnvelope', { response: { data: { total_rows: 1, conversions: [conversion] } } }],
		['totalRecords', { total_records: 1, conversions: [conversion] }],
		['rowCount', { row_count: 1, conversions: [conversion] }],
	])('lays out a list with %s', async (kind, expected) => {
		await client.record(SALE);
		sandbox.applyQuirk(kind);
		const { json } = await client.query();
		expect(json).toMatchObject({ request_status: 'Success', ...expected });
		expect(Object.keys(json)).toEqual(['request_status', ...Object.keys(expected)]);
	});

	it('puts responseEnvelope around the reply to an update', async () => {
		const { conversionId } = sandbox.account.addConversion();
		sandbox.applyQuirk('responseEnvelope');
		const { json } = await client.update({ conversion_id: conversionId, status: 'rejected' });
		expect(json).toEqual({
			request_status: 'Success',
			response: { conversion: { conversion_id: conversionId, conversion_status: 'rejected' } },
		});
	});
});

it('shows nested objects, and dates with a space, in replies and lists', async () => {
	await start({
		quirks: [
			{ kind: 'nestedObjects', probability: 1 },
			{ kind: 'spacedDates', probability: 1 },
		],
	});
	sandbox.account.addClick({ clickId: 'abc', offerId, affiliateId: 67801 });
	const nested = {
		offer: { id: offerId, name: 'Home Solar Quote - US' },
		affiliate: { id: 67801, name: 'Amber Media' },
		conversion_date: '2024-01-20 12:00:00',
	};
	const { json } = await client.record({ ...SALE, click_id: 'abc' });
	const [row] = listRows(await client.query());
	expect(json).toMatchObject(nested);
	expect(row).toMatchObject(nested);
	for (const shown of [json, row]) {
		expect(shown).not.toHaveProperty('offer_id');
		expect(shown).not.toHaveProperty('affiliate_id');
	}
});

describe('scripted quirks', () => {
	beforeEach(async () => await start());

	it('applies quirks first in, first out, as often as asked, each at its endpoint', async () => {
		sandbox.applyQuirk('emptyText', { times: 2, endpoint: 'record' });
		sandbox.applyQuirk('totalRecords', { endpoint: 'query' });
		sandbox.applyQuirk('cutText', { maxLength: 1 });
		const send = { ...SALE, order_id: 'ORD-77' };
		const orders = [];
		for (let i = 0; i < 4; i++) orders.push((await client.record(send)).json.order_id);
		expect(orders).toEqual(['', '', 'O', 'ORD-77']);
		expect((await client.query()).json.total_records).toBe(4);
	});

	it('keeps a quirk for a request whose work is done, and plays it together with a fault', async () => {
		sandbox.applyQuirk('emptyText');
		sandbox.failNext('throttle');
		sandbox.failNext('resetAfter');
		const send = { ...SALE, order_id: 'ORD-77' };
		expect((await client.record(send)).status).toBe(429);
		await expect(client.record(send)).rejects.toThrow();
		expect(listRows(await client.query())[0].order_id).toBe('');
		expect(sandbox.log[1]).toMatchObject({ fault: 'resetAfter', quirks: ['emptyText'] });
	});
});

describe('random quirks', () => {
	const quirks: Quirk[] = [
		{ kind: 'emptyText', probability: 0.2 },
		{ kind: 'ownPayout', probability: 0.5 },
		{ kind: 'totalRecords', probability: 1, endpoints: ['record'] },
	];

	async function record(seed: number) {
		await start({ quirks, seed });
		const replies = [];
		for (const click of others) {
			const send = { click_id: click.clickId, offer_id: click.offerId };
			const { json } = await client.record({ ...send, order_id: 'ORD-77', payout: '0.01' });
			replies.push([json.order_id, json.payout]);
		}
		const { counters } = sandbox;
		await sandbox.close();
		return { replies, counters };
	}

	it('plays the same random quirks for the same seed, and others for another', async () => {
		const { replies } = await record(3);
		expect((await record(3)).replies).toEqual(replies);
		expect((await record(4)).replies).not.toEqual(replies);
	});

	it('plays random quirks in their shares, and counts each that changed something', async () => {
		const { replies, counters } = await record(3);
		const withoutOrder = replies.filter(([order]) => order === '').length;
		const withOwnPayout = replies.filter(([, payout]) => payout !== 0.01).length;
		expect(counters.quirks).toEqual({ emptyText: withoutOrder, ownPayout: withOwnPayout });
		expect(withoutOrder).toBeGreaterThan(2);
		expect(withoutOrder).toBeLessThan(16);
		expect(withOwnPayout).toBeGreaterThan(10);
		expect(withOwnPayout).toBeLessThan(30);
		expect(replies.some(([order, payout]) => order === '' && payout !== 0.01)).toBe(true);
	});
});
