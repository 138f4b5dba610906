import { DETAILS, useCake } from '../support/cake.mts';
import { detailsOf, sale, UNCLEAR, withOrder } from '../support/sales.mts';
import { DAY_MS } from '../../sandbox/calendar.mts';

const cake = useCake({ latencyMs: 1 });
const strict = useCake({ onDuplicate: 'returnExisting' });
const lying = useCake();

const fresh = () => cake.account.freshClicks(1)[0];
const queries = () => cake.sandbox.counters.byEndpoint.query;

describe('a unique ID that CAKE knows', () => {
	it('gives the row CAKE has, marked, where a read finds it', async () => {
		const click = fresh();
		const first = await cake.record({ ...sale(click), uniqueId: 'KNOWN-1' });
		const again = await cake.record({ ...sale(click), uniqueId: 'KNOWN-1' });
		expect(again.items[0].json).toMatchObject({
			conversion_id: first.items[0].json.conversion_id,
			conversion_status: first.items[0].json.conversion_status,
			already_recorded: true,
		});
		expect([cake.sandbox.counters.stored, queries()]).toEqual([1, 1]);
		const day = (ms: number) => new Date(Date.now() + ms).toISOString().slice(0, 10);
		expect(cake.sent('query')[0]).toMatchObject({
			offer_id: String(click.offerId),
			start_date: day(-DAY_MS),
			end_date: day(2 * DAY_MS),
		});
	});

	it('gives what was sent, marked, where no read finds it', async () => {
		const click = fresh();
		cake.account.addConversion({ ...click, uniqueId: 'OLD', at: Date.now() - 20 * DAY_MS });
		const values = { uniqueId: 'OLD', additionalFields: { payout: '3.50' } };
		const run = await cake.record({ ...sale(click), ...values });
		expect(run.items.map(({ json }) => json)).toEqual([
			{
				click_id: click.clickId,
				offer_id: click.offerId,
				unique_id: 'OLD',
				payout: '3.50',
				already_recorded: true,
			},
		]);
	});

	it('gives what was sent where two rows could be meant, and where the list cannot be read', async () => {
		const click = fresh();
		cake.account.addConversion({ ...click, uniqueId: 'TWO' });
		cake.account.addConversion({ ...click });
		const run = await cake.record({ ...sale(click), uniqueId: 'TWO' });
		cake.sandbox.failNext('serverError', { endpoint: 'query', times: 1 });
		const blind = await cake.record({ ...sale(click), uniqueId: 'TWO' });
		for (const { items } of [run, blind]) {
			expect(items[0].json).toMatchObject({ unique_id: 'TWO', already_recorded: true });
			expect(items[0].json).not.toHaveProperty('conversion_id');
		}
	});

	it('and that belongs to a conversion of another click is refused', async () => {
		const [first, second] = strict.account.freshClicks(2);
		strict.account.addConversion({ ...first, uniqueId: 'TAKEN' });
		const parameters = { ...sale(second), uniqueId: 'TAKEN', options: { retries: 4 } };
		const run = await strict.record(parameters);
		expect(run.error?.message).toBe('This Unique ID belongs to another conversion [Item 0]');
		expect(run.error?.description).toContain(`It is known for click ${first.clickId}`);
		expect([strict.requests, strict.sandbox.counters.stored]).toEqual([1, 0]);
	});

	it('is a success after a try that had been stored without an answer', async () => {
		cake.sandbox.failNext('resetAfter');
		const run = await cake.record({ uniqueId: 'RESENT', options: { retries: 1 } });
		expect(run.items[0].json).toMatchObject({
			conversion_id: cake.account.withUniqueId('RESENT')?.conversionId,
			already_recorded: true,
		});
		expect(cake.sandbox.counters).toMatchObject({ stored: 1, duplicates: 1 });
	});
});

describe('a recording that got no clear answer', () => {
	const unclear = { endpoint: 'record' } as const;

	it.each(['resetAfter', 'hangAfter', 'htmlAfter', 'cutOff'] as const)(
		'is a success when the list holds it under its click and order (%s)',
		async (fault) => {
			cake.sandbox.failNext(fault, unclear);
			const run = await cake.record({
				additionalFields: { orderId: `ORD-${fault}`, payout: '7.5', revenue: '9' },
				options: { timeout: 1, retries: 4 },
			});
			expect(run.items[0].json).toMatchObject({ order_id: `ORD-${fault}`, payout: 7.5 });
			expect(run.items[0].json).not.toHaveProperty('already_recorded');
			expect([cake.sandbox.counters.byEndpoint.record, queries()]).toEqual([1, 1]);
		},
	);

	it('stays unclear without an order ID; the error names what the list holds for its click', async () => {
		cake.sandbox.failNext('resetAfter', unclear);
		const click = fresh();
		const run = await cake.record(sale(click), { onError: 'continueErrorOutput' });
		const [{ conversionId }] = cake.account.conversionsOfClick(click.clickId);
		expect(run.errorItems[0].json).toMatchObject({
			error: UNCLEAR,
			[DETAILS]: { kind: 'unknownOutcome', conversion_ids: [conversionId] },
		});
		expect(detailsOf(run.errorItems[0]).reason).toContain(
			`CAKE's list holds for this click: ${conversionId}.`,
		);
	});

	it('stays unclear when two rows have its click and order', async () => {
		const click = fresh();
		const order = { orderId: 'ORD-TWO' };
		const { conversionId } = cake.account.addConversion({ ...click, ...order });
		cake.sandbox.failNext('resetAfter', unclear);
		const run = await cake.record(
			{ ...sale(click), additionalFields: order },
			{ onError: 'continueErrorOutput' },
		);
		const { kind, conversion_ids: ids } = detailsOf(run.errorItems[0]);
		expect(kind).toBe('unknownOutcome');
		expect(ids).toHaveLength(2);
		expect(ids).toContain(conversionId);
	});

	it.each([
		['payout', { payout: '4' }],
		['revenue', { revenue: '4' }],
		['date', { conversionDate: new Date(Date.now() - 3_600_000).toISOString() }],
	])('stays unclear when the row it could be differs in its %s', async (_name, values) => {
		const click = fresh();
		const order = { orderId: 'ORD-OTHER' };
		const { conversionId } = cake.account.addConversion({ ...click, ...order });
		cake.sandbox.failNext('resetBefore', unclear);
		const run = await cake.record(
			{ ...sale(click), additionalFields: { ...order, ...values } },
			{ onError: 'continueErrorOutput' },
		);
		expect(detailsOf(run.errorItems[0])).toMatchObject({
			kind: 'unknownOutcome',
			conversion_ids: [conversionId],
		});
	});

	it('never takes the row of another item', async () => {
		const click = fresh();
		const same = { ...sale(click), additionalFields: { orderId: 'ORD-SAME' } };
		cake.sandbox.replyNext('record', ({ proceed }) => ({ body: proceed() }));
		cake.sandbox.failNext('resetBefore', unclear);
		const run = await cake.record(same, { items: [{}, {}], onError: 'continueErrorOutput' });
		expect(run.passedOn).toEqual({ items: 1, errorItems: 1 });
		expect(run.errorItems[0].pairedItem).toEqual({ item: 1 });
		expect(detailsOf(run.errorItems[0])).not.toHaveProperty('conversion_ids');
		expect(cake.sandbox.counters.stored).toBe(1);
	});

	it('is looked up with all others of its offer in one read', async () => {
		const { offerId } = fresh();
		const other = cake.account.activeOffers().find((offer) => offer.offerId !== offerId);
		const items = Array.from({ length: 12 }, (_, i) => {
			const click = cake.account.addClick({ offerId: i % 3 ? offerId : other?.offerId });
			return sale(click, { orderId: `ORD-READ-${i}` });
		});
		cake.sandbox.failNext('resetAfter', { ...unclear, times: items.length });
		const run = await cake.record(withOrder, { items, onError: 'continueErrorOutput' });
		expect(run.items.map(({ json }) => json.order_id)).toEqual(items.map((item) => item.orderId));
		expect([cake.sandbox.counters.stored, queries()]).toEqual([12, 2]);
	});

	it('stays unclear when the list cannot be read', async () => {
		cake.sandbox.failNext('resetAfter', unclear);
		cake.sandbox.failNext('serverError', { endpoint: 'query' });
		const order = { additionalFields: { orderId: 'ORD-BLIND' } };
		const run = await cake.record(order, { onError: 'continueErrorOutput' });
		expect(detailsOf(run.errorItems[0])).not.toHaveProperty('conversion_ids');
		expect(detailsOf(run.errorItems[0]).kind).toBe('unknownOutcome');
	});

	it('stays unclear when the list is not complete', async () => {
		lying.sandbox.failNext('resetAfter', unclear);
		const total = ({ proceed }: { proceed(): object }) => ({
			body: { ...proceed(), total_rows: 9 },
		});
		lying.sandbox.replyNext('query', total, { times: 99 });
		const order = { additionalFields: { orderId: 'ORD-MORE' } };
		const run = await lying.record(order, { onError: 'continueErrorOutput' });
		expect(detailsOf(run.errorItems[0]).kind).toBe('unknownOutcome');
		expect(lying.sandbox.counters.stored).toBe(1);
	});

	it('is not called refused when the next try is', async () => {
		cake.sandbox.failNext('resetAfter', unclear);
		const no = { body: { request_status: 'Error', message: 'Click Expired' } };
		cake.sandbox.replyNext('record', () => no);
		const click = fresh();
		const run = await cake.record(
			{ ...sale(click), uniqueId: 'CLICK-EXPIRED', options: { retries: 1 } },
			{ onError: 'continueErrorOutput' },
		);
		expect(detailsOf(run.errorItems[0])).toMatchObject({
			kind: 'unknownOutcome',
			reason: expect.stringContaining('Click Expired') as string,
			conversion_ids: [cake.account.withUniqueId('CLICK-EXPIRED')?.conversionId],
		});
	});
});
