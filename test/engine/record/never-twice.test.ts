import { DETAILS, useCake } from '../../support/cake.mts';
import { getDetails, fromItems, sale, UNCLEAR } from '../../support/sales.mts';
import { DAY_MS } from '../../../sandbox/account/calendar.mts';

const cake = useCake({ latencyMs: 1 });
const giving = useCake({ onDuplicate: 'returnExisting' });
const lying = useCake();

const fresh = () => cake.account.freshClicks(1)[0];
const queries = () => cake.sandbox.counters.byEndpoint.query;

describe('an already recorded Unique ID', () => {
	it('gives the one row with the click and order of a sale that CAKE had already', async () => {
		const click = fresh();
		const additionalFields = { orderId: 'ORD-KNOWN-1' };
		const values = { ...sale(click), uniqueId: 'KNOWN-1', additionalFields };
		const first = await cake.record(values);
		const again = await cake.record(values);
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

	it('gives the values sent, marked as already recorded, when the list has no row', async () => {
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

	it.each([
		['two rows have the click and order', ['ORD-2', 'ORD-2'], { orderId: 'ORD-2' }, false],
		['no order ID was given', ['ORD-3'], {}, false],
		['the list cannot be read', ['ORD-4'], { orderId: 'ORD-4' }, true],
	])('gives the values sent when %s', async (_name, listed, additionalFields, isBlind) => {
		const click = fresh();
		const uniqueId = `KNOWN-${listed[0]}`;
		listed.forEach((orderId, index) =>
			cake.account.addConversion({ ...click, orderId, ...(index === 0 && { uniqueId }) }),
		);
		if (isBlind) cake.sandbox.failNext('serverError', { endpoint: 'query' });
		const { items } = await cake.record({ ...sale(click), uniqueId, additionalFields });
		expect(items[0].json).toMatchObject({ unique_id: uniqueId, already_recorded: true });
		expect(items[0].json).not.toHaveProperty('conversion_id');
	});

	it('takes a row with the Unique ID as the sale, though the row shows no click', async () => {
		const [{ clickId, offerId }] = cake.account.freshClicks(1);
		const sold = { clickId, offerId, uniqueId: 'NO-CLICK' };
		const { conversionId } = cake.account.addConversion(sold);
		cake.sandbox.replyNext('query', () => ({
			body: {
				request_status: 'Success',
				total_rows: 1,
				conversions: [{ conversion_id: conversionId, click_id: '', unique_id: sold.uniqueId }],
			},
		}));
		const run = await cake.record(sold);
		expect(run.items.map(({ json }) => [json.conversion_id, json.already_recorded])).toEqual([
			[conversionId, true],
		]);
	});

	it('leaves a sale unclear when CAKE answers with the conversion of another click', async () => {
		const [first, second] = giving.account.freshClicks(2);
		const { conversionId } = giving.account.addConversion({ ...first, uniqueId: 'TAKEN' });
		const parameters = { ...sale(second), uniqueId: 'TAKEN', options: { retries: 4 } };
		const run = await giving.record(parameters, { onError: 'continueErrorOutput' });
		const { kind, reason, conversion_ids: ids } = getDetails(run.errorItems[0]);
		expect([kind, ids]).toEqual(['unknownOutcome', [conversionId]]);
		expect(reason).toContain(`conversion ${conversionId} (click ${first.clickId}, `);
		// If the sale is stored, another Unique ID would get it paid twice.
		expect(reason).not.toMatch(/(another|own|new|other) Unique ID/);
		expect(giving.sandbox.counters).toMatchObject({ stored: 0, byEndpoint: { record: 1 } });
	});

	it('marks a sale as already recorded when its first try was stored without an answer', async () => {
		cake.sandbox.failNext('resetAfter');
		const run = await cake.record({
			uniqueId: 'RESENT',
			additionalFields: { orderId: 'ORD-RESENT' },
			options: { retries: 1 },
		});
		expect(run.items[0].json).toMatchObject({
			conversion_id: cake.account.withUniqueId('RESENT')?.conversionId,
			already_recorded: true,
		});
		expect(cake.sandbox.counters).toMatchObject({ stored: 1, duplicates: 1 });
	});
});

describe('a recording that got no clear answer', () => {
	const unclear = { endpoint: 'record' } as const;
	/** The present time to the second, as CAKE stores it. */
	const now = () => Math.floor(Date.now() / 1000) * 1000;
	const formatDate = (ms: number) => new Date(ms).toISOString();

	it.each(['resetAfter', 'hangAfter', 'htmlAfter', 'cutOff'] as const)(
		'finds an unclear recording by its click, order and Conversion Date (%s)',
		async (fault) => {
			cake.sandbox.failNext(fault, unclear);
			const sent = { orderId: `ORD-${fault}`, payout: '7.5', revenue: '9' };
			const run = await cake.record({
				additionalFields: { ...sent, conversionDate: formatDate(now()) },
				options: { timeout: 1, retries: 4 },
			});
			expect(run.items[0].json).toMatchObject({ order_id: `ORD-${fault}`, payout: 7.5 });
			expect(run.items[0].json.already_recorded).toBe(false);
			expect([cake.sandbox.counters.byEndpoint.record, queries()]).toEqual([1, 1]);
		},
	);

	it('leaves a recording without an order ID unclear, and names the conversions of its click', async () => {
		cake.sandbox.failNext('resetAfter', unclear);
		const click = fresh();
		const run = await cake.record(sale(click), { onError: 'continueErrorOutput' });
		const [{ conversionId }] = cake.account.conversionsOfClick(click.clickId);
		expect(run.errorItems[0].json).toMatchObject({
			error: UNCLEAR,
			[DETAILS]: { kind: 'unknownOutcome', conversion_ids: [conversionId] },
		});
		expect(getDetails(run.errorItems[0]).reason).toContain(`It may be conversion ${conversionId}.`);
	});

	it('leaves a recording unclear when two rows have its click, order and Conversion Date', async () => {
		const click = fresh();
		const [orderId, at] = ['ORD-TWO', now()];
		const { conversionId } = cake.account.addConversion({ ...click, orderId, at });
		cake.sandbox.failNext('resetAfter', unclear);
		const run = await cake.record(
			{ ...sale(click), additionalFields: { orderId, conversionDate: formatDate(at) } },
			{ onError: 'continueErrorOutput' },
		);
		const { kind, conversion_ids: ids } = getDetails(run.errorItems[0]);
		expect(kind).toBe('unknownOutcome');
		expect(ids).toHaveLength(2);
		expect(ids).toContain(conversionId);
	});

	it.each<[string, (at: number) => Record<string, string>]>([
		['payout', () => ({ payout: '4' })],
		['revenue', () => ({ revenue: '4' })],
		['order', () => ({ orderId: 'ORD-OTHER-2' })],
		['Conversion Date', (at) => ({ conversionDate: formatDate(at - 1_000) })],
	])('leaves a recording unclear if its click’s row has another %s', async (_name, getSent) => {
		const click = fresh();
		const [orderId, at] = ['ORD-OTHER', now()];
		const { conversionId } = cake.account.addConversion({ ...click, orderId, at });
		cake.sandbox.failNext('resetBefore', unclear);
		const sent = { orderId, conversionDate: formatDate(at), ...getSent(at) };
		const run = await cake.record(
			{ ...sale(click), additionalFields: sent },
			{ onError: 'continueErrorOutput' },
		);
		expect(getDetails(run.errorItems[0])).toMatchObject({
			kind: 'unknownOutcome',
			conversion_ids: [conversionId],
		});
	});

	it('never gives an unclear recording the row of another item', async () => {
		const click = fresh();
		const sent = { orderId: 'ORD-SAME', conversionDate: formatDate(now()) };
		const same = { ...sale(click), additionalFields: sent };
		cake.sandbox.replyNext('record', ({ proceed }) => ({ body: proceed() }));
		cake.sandbox.failNext('resetBefore', unclear);
		const run = await cake.record(same, { items: [{}, {}], onError: 'continueErrorOutput' });
		expect(run.passedOn).toEqual({ items: 1, errorItems: 1 });
		expect(run.errorItems[0].pairedItem).toEqual({ item: 1 });
		expect(getDetails(run.errorItems[0])).not.toHaveProperty('conversion_ids');
		expect(cake.sandbox.counters.stored).toBe(1);
	});

	it('looks up all unclear recordings of an offer in one read', async () => {
		const { offerId } = fresh();
		const [other] = cake.account.activeOffers().filter((offer) => offer.offerId !== offerId);
		const items = Array.from({ length: 12 }, (_, i) => {
			const click = cake.account.addClick({ offerId: i % 3 ? offerId : other.offerId });
			return sale(click, { orderId: `ORD-READ-${i}` });
		});
		cake.sandbox.failNext('resetAfter', { ...unclear, times: items.length });
		const additionalFields = { orderId: '={{ $json.orderId }}', conversionDate: formatDate(now()) };
		const parameters = { ...fromItems, additionalFields };
		const run = await cake.record(parameters, { items, onError: 'continueErrorOutput' });
		expect(run.items.map(({ json }) => json.order_id)).toEqual(items.map((item) => item.orderId));
		expect([cake.sandbox.counters.stored, queries()]).toEqual([12, 2]);
	});

	it('leaves a recording unclear when the list cannot be read', async () => {
		cake.sandbox.failNext('resetAfter', unclear);
		cake.sandbox.failNext('serverError', { endpoint: 'query' });
		const sent = { orderId: 'ORD-BLIND', conversionDate: formatDate(now()) };
		const run = await cake.record({ additionalFields: sent }, { onError: 'continueErrorOutput' });
		expect(getDetails(run.errorItems[0])).not.toHaveProperty('conversion_ids');
		expect(getDetails(run.errorItems[0]).kind).toBe('unknownOutcome');
	});

	it('leaves a recording unclear when the list is not complete', async () => {
		lying.sandbox.failNext('resetAfter', unclear);
		const total = ({ proceed }: { proceed(): object }) => ({
			body: { ...proceed(), total_rows: 9 },
		});
		lying.sandbox.replyNext('query', total, { times: 99 });
		const sent = { orderId: 'ORD-MORE', conversionDate: formatDate(now()) };
		const run = await lying.record({ additionalFields: sent }, { onError: 'continueErrorOutput' });
		expect(getDetails(run.errorItems[0]).kind).toBe('unknownOutcome');
		expect(lying.sandbox.counters.stored).toBe(1);
	});

	it.each(['resetAfter', 'resetBefore'] as const)(
		'leaves a recording unclear (%s) when CAKE then asks to wait for an hour',
		async (fault) => {
			cake.sandbox.failNext(fault, unclear);
			cake.sandbox.failNext('throttle', { ...unclear, retryAfter: 3600 });
			const click = fresh();
			const parameters = { ...sale(click), uniqueId: `HOUR-${fault}`, options: { retries: 4 } };
			const run = await cake.record(parameters, { onError: 'continueErrorOutput' });
			const stored = cake.account.conversionsOfClick(click.clickId);
			const { kind, reason, conversion_ids: named = [] } = getDetails(run.errorItems[0]);
			expect([kind, named]).toEqual([
				'unknownOutcome',
				stored.map(({ conversionId }) => conversionId),
			]);
			expect(reason).toContain('HTTP 429.');
			expect(cake.sandbox.counters.byEndpoint).toMatchObject({ record: 2, query: 1 });
		},
	);

	it('does not call an unclear recording refused when its next try is refused', async () => {
		cake.sandbox.failNext('resetAfter', unclear);
		const no = { body: { request_status: 'Error', message: 'Click Expired' } };
		cake.sandbox.replyNext('record', () => no);
		const click = fresh();
		const run = await cake.record(
			{ ...sale(click), uniqueId: 'CLICK-EXPIRED', options: { retries: 1 } },
			{ onError: 'continueErrorOutput' },
		);
		expect(getDetails(run.errorItems[0])).toMatchObject({
			kind: 'unknownOutcome',
			reason: expect.stringContaining('Click Expired') as string,
			conversion_ids: [cake.account.withUniqueId('CLICK-EXPIRED')?.conversionId],
		});
	});
});
