import { DEMO, type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/server.mts';
import { listRows, SandboxClient } from '../../support/sandbox-client.mts';

let sandbox: Sandbox;
let client: SandboxClient;

const NOW = new Date('2024-01-20T12:00:00Z');

async function start(options: SandboxOptions = {}) {
	sandbox = await startSandbox({ now: () => NOW, ...options });
	client = new SandboxClient(sandbox);
}

afterEach(async () => await sandbox.close());

describe('record endpoint', () => {
	it('answers a record with the members of the sample, and no others', async () => {
		await start();
		sandbox.account.addOffer({ offerId: 12345 });
		sandbox.account.addClick({ clickId: 'abc123xyz789', offerId: 12345, affiliateId: 67890 });
		const reply = await client.record({
			click_id: 'abc123xyz789',
			offer_id: 12345,
			payout: '5.00',
			revenue: '12.00',
			conversion_date: '2024-01-01T15:32:00+01:00',
			order_id: 'ORD-98765',
			unique_id: 'TXN-00112233',
			adv1: 'Ünïcode & = #',
		});
		expect(reply.status).toBe(200);
		expect(reply.json).toEqual({
			request_status: 'Success',
			conversion_id: expect.any(Number),
			click_id: 'abc123xyz789',
			offer_id: 12345,
			affiliate_id: 67890,
			payout: 5,
			revenue: 12,
			conversion_date: '2024-01-01T14:32:00Z',
			order_id: 'ORD-98765',
			unique_id: 'TXN-00112233',
			conversion_status: 'approved',
		});
		expect(reply.text).toContain('"payout":5.00,"revenue":12.00');
		const [stored] = sandbox.account.conversionsOfClick('abc123xyz789');
		expect(stored.adv).toEqual({ adv1: 'Ünïcode & = #' });
		expect(sandbox.log[0]).toMatchObject({
			endpoint: 'record',
			result: 'stored',
			conversionId: stored.conversionId,
			parameters: { click_id: 'abc123xyz789', unique_id: 'TXN-00112233' },
			status: 200,
		});
	});

	it('takes amounts, status and time from offer and clock when they are not given', async () => {
		await start();
		const offer = sandbox.account.addOffer({ payout: 3.25, revenue: 7, newStatus: 'pending' });
		const { clickId } = sandbox.account.addClick({ offerId: offer.offerId });
		const { json } = await client.record({ click_id: clickId, offer_id: offer.offerId });
		expect(json).toMatchObject({ payout: 3.25, revenue: 7, conversion_status: 'pending' });
		expect(json.conversion_date).toBe('2024-01-20T12:00:00Z');
		expect(json).not.toHaveProperty('order_id');
		expect(json).not.toHaveProperty('unique_id');
	});

	it('keeps a payout of 0, a negative one and one with more decimals', async () => {
		await start();
		const [a, b, c] = DEMO.clicks.map((k) => ({ click_id: k.clickId, offer_id: k.offerId }));
		expect((await client.record({ ...a, payout: '0' })).json.payout).toBe(0);
		expect((await client.record({ ...b, payout: '-3.5' })).json.payout).toBe(-3.5);
		expect((await client.record({ ...c, payout: '1.23456' })).json.payout).toBe(1.23456);
	});

	it('refuses each wrong click and offer with a message of its own', async () => {
		await start();
		const [expired] = DEMO.expiredClicks;
		const [inactive] = DEMO.inactiveClicks;
		const [good] = DEMO.clicks;
		const messages = [];
		for (const [clickId, offerId] of [
			['nobody', good.offerId],
			[expired.clickId, expired.offerId],
			[inactive.clickId, inactive.offerId],
			[good.clickId, good.offerId + 1],
			[good.clickId, 5],
			[good.clickId, DEMO.inactiveOfferIds[0]],
		]) {
			const { status, json } = await client.record({ click_id: clickId, offer_id: offerId });
			expect([status, json.request_status]).toEqual([200, 'Error']);
			messages.push(json.message);
		}
		expect(new Set(messages).size).toBe(6);
		expect(sandbox.account.conversions.size).toBe(0);
		expect(sandbox.counters).toMatchObject({ refused: 6, refusedParameters: [] });
	});

	it('stores one conversion per unique ID, and one per send without a unique ID', async () => {
		await start();
		const { clickId, offerId } = DEMO.clicks[0];
		const send = { click_id: clickId, offer_id: offerId };
		await client.record({ ...send, unique_id: 'T-1' });
		const again = await client.record({ ...send, unique_id: 'T-1' });
		expect(again.json.message).toMatch(/duplicate/i);
		expect(sandbox.account.conversionsOfClick(clickId)).toHaveLength(1);
		await client.record(send);
		await client.record(send);
		expect(sandbox.account.conversionsOfClick(clickId)).toHaveLength(3);
		expect(sandbox.counters).toMatchObject({ stored: 3, duplicates: 1, refused: 0 });
	});

	it('answers a duplicate with the first conversion, and an error with 400, on demand', async () => {
		await start({ onDuplicate: 'returnExisting', errorStatus: 400 });
		const { clickId, offerId } = DEMO.clicks[0];
		const first = await client.record({ click_id: clickId, offer_id: offerId, unique_id: 'T-1' });
		const again = await client.record({ click_id: clickId, offer_id: offerId, unique_id: 'T-1' });
		expect(again.text).toBe(first.text);
		expect((await client.record({ click_id: 'nobody', offer_id: offerId })).status).toBe(400);
	});
});

describe('query endpoint', () => {
	it('answers a query with rows of the sample’s members, and no others', async () => {
		await start();
		sandbox.account.addConversion({ orderId: '注文-1', uniqueId: 'U', adv: { adv1: 'a' } });
		sandbox.account.addConversion({});
		const reply = await client.query();
		expect(Object.keys(reply.json)).toEqual(['request_status', 'total_rows', 'conversions']);
		const rows = listRows(reply);
		const members = ['conversion_id', 'click_id', 'offer_id', 'affiliate_id', 'payout', 'revenue'];
		const sample = [...members, 'conversion_date', 'conversion_status'];
		expect(Object.keys(rows[0])).toEqual(sample);
		expect(Object.keys(rows[1])).toEqual([...sample, 'order_id']);
		expect(rows[1].order_id).toBe('注文-1');
	});

	it('pages from row 1, with 100 rows by default and none past the end', async () => {
		await start({ rows: 250 });
		const pages = [];
		for (const row of [1, 101, 201, 251, 99999]) {
			pages.push(await client.query({ start_at_row: row }));
		}
		expect(pages.map((page) => listRows(page).length)).toEqual([100, 100, 50, 0, 0]);
		expect(pages.map((page) => page.json.total_rows)).toEqual([250, 250, 250, 250, 250]);
		const ids = pages.flatMap((page) => listRows(page).map((row) => row.conversion_id));
		expect(new Set(ids).size).toBe(250);
		expect(sandbox.counters).toMatchObject({ pages: 5, rowsListed: 250 });
	});

	it('gives fewer rows a page than asked, and any form of total, on demand', async () => {
		await start({ rows: 90, maxRowsPerPage: 40, total: 'text' });
		const page = await client.query({ row_limit: 500 });
		expect(listRows(page)).toHaveLength(40);
		expect(page.json.total_rows).toBe('90');
		await sandbox.close();
		await start({ rows: 3, total: 'absent' });
		expect((await client.query()).json).not.toHaveProperty('total_rows');
	});

	it('filters conversions by each ID and by status', async () => {
		await start({ rows: 400 });
		const all = [...sandbox.account.conversions.values()];
		const { offerId, affiliateId, advertiserId } = all[7];
		const total = async (filter: Record<string, string | number>) =>
			(await client.query(filter)).json.total_rows;
		const count = (keep: (row: (typeof all)[number]) => boolean) => all.filter(keep).length;
		expect(await total({ offer_id: offerId })).toBe(count((row) => row.offerId === offerId));
		expect(await total({ affiliate_id: affiliateId })).toBe(
			count((row) => row.affiliateId === affiliateId),
		);
		expect(await total({ advertiser_id: advertiserId })).toBe(
			count((row) => row.advertiserId === advertiserId),
		);
		expect(await total({ conversion_status: 'pending' })).toBe(
			count((row) => row.status === 'pending'),
		);
		expect(await total({ offer_id: 1 })).toBe(0);
	});

	it.each(['newest', 'oldest', 'shuffled'] as const)('orders rows stably: %s', async (order) => {
		await start({ rows: 120, order });
		const ids = async () => listRows(await client.query({ row_limit: 500 })).map(idAndDate);
		const first = await ids();
		expect(await ids()).toEqual(first);
		const oldest = [...first].sort((a, b) => (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : a[0] - b[0]));
		if (order === 'oldest') expect(first).toEqual(oldest);
		else if (order === 'newest') expect(first).toEqual(oldest.reverse());
		else expect(first).not.toEqual(oldest);
		const added = sandbox.account.addConversion();
		const later = await ids();
		expect(later.filter(([id]) => id !== added.conversionId)).toEqual(first);
	});

	it.each([
		['UTC', true, '2024-01-01', '2024-01-01', ['00:00', '23:59']],
		['UTC', false, '2024-01-01', '2024-01-02', ['00:00', '23:59']],
		['UTC', false, '2024-01-01', '2024-01-01', []],
		['Asia/Tokyo', true, '2024-01-02', '2024-01-02', ['15:00', '23:59', '24:00']],
		['America/New_York', true, '2023-12-31', '2023-12-31', ['00:00']],
	])('lists the days of %s (end included: %s) from %s to %s', async (...given) => {
		const [timeZone, endDateInclusive, start_date, end_date, expected] = given;
		await start({ timeZone, endDateInclusive, order: 'oldest' });
		for (const [orderId, at] of [
			['00:00', '2024-01-01T00:00:00Z'],
			['15:00', '2024-01-01T15:00:00Z'],
			['23:59', '2024-01-01T23:59:59Z'],
			['24:00', '2024-01-02T00:00:00Z'],
		]) {
			if (orderId === '15:00' && timeZone !== 'Asia/Tokyo') continue;
			sandbox.account.addConversion({ orderId, at: Date.parse(at) });
		}
		const rows = listRows(await client.query({ start_date, end_date }));
		expect(rows.map((row) => row.order_id)).toEqual(expected);
	});
});

function idAndDate(row: Record<string, unknown>): [number, string] {
	return [Number(row.conversion_id), String(row.conversion_date)];
}

describe('update endpoint', () => {
	it('sets the status, keeps every note and answers as the sample does', async () => {
		await start();
		const { conversionId } = sandbox.account.addConversion({ status: 'pending' });
		const reply = await client.update({
			conversion_id: conversionId,
			status: 'rejected',
			note: 'Duplicate order ID detected',
		});
		expect(reply.json).toEqual({
			request_status: 'Success',
			conversion: { conversion_id: conversionId, conversion_status: 'rejected' },
		});
		await client.update({ conversion_id: conversionId, status: 'rejected', note: 'twice' });
		await client.update({ conversion_id: conversionId, status: 'approved' });
		expect(sandbox.account.conversions.get(conversionId)).toMatchObject({
			status: 'approved',
			notes: ['Duplicate order ID detected', 'twice'],
		});
		expect(sandbox.account.events.map((event) => [event.kind, event.status])).toEqual([
			['added', 'pending'],
			['updated', 'rejected'],
			['updated', 'rejected'],
			['updated', 'approved'],
		]);
		expect((await client.query({ conversion_status: 'approved' })).json.total_rows).toBe(1);
	});

	it('refuses to update a conversion that does not exist', async () => {
		await start();
		const { json } = await client.update({ conversion_id: 4, status: 'approved' });
		expect(json).toEqual({ request_status: 'Error', message: 'Conversion Not Found: 4' });
		expect(sandbox.counters).toMatchObject({ updated: 0, refused: 1 });
	});
});
