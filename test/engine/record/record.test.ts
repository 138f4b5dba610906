import { useCake } from '../../support/cake.mts';

const cake = useCake();

const stored = () => [...cake.account.conversions.values()].at(-1);

describe('Record Conversion', () => {
	it('records with no more than a click and an offer, and gives CAKE’s own fields', async () => {
		const [{ clickId, offerId, affiliateId }] = cake.account.freshClicks(1);
		const run = await cake.record({ clickId, offerId: String(offerId) });
		expect(run.status).toBe('success');
		expect(cake.sent()).toEqual([{ click_id: clickId, offer_id: String(offerId) }]);
		expect(run.items).toEqual([
			{
				json: {
					conversion_id: stored()?.conversionId,
					click_id: clickId,
					offer_id: offerId,
					affiliate_id: affiliateId,
					payout: expect.any(Number) as number,
					revenue: expect.any(Number) as number,
					conversion_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
					conversion_status: stored()?.status,
					already_recorded: false,
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('sends all twelve parameters, as the specification has them', async () => {
		const [{ clickId, offerId }] = cake.account.freshClicks(1);
		const run = await cake.record({
			clickId,
			offerId,
			uniqueId: 'TXN-00112233',
			additionalFields: {
				adv1: 'one',
				adv2: 'two',
				adv3: 'three',
				adv4: 'four',
				adv5: 'five',
				conversionDate: '2024-01-01T14:32:00+01:00',
				orderId: 'ORD-98765',
				payout: '5.00',
				revenue: '12.50',
			},
		});
		const sent = {
			click_id: clickId,
			offer_id: String(offerId),
			payout: '5.00',
			revenue: '12.50',
			conversion_date: '2024-01-01T13:32:00Z',
			unique_id: 'TXN-00112233',
			order_id: 'ORD-98765',
			adv1: 'one',
			adv2: 'two',
			adv3: 'three',
			adv4: 'four',
			adv5: 'five',
		};
		expect(cake.sent()).toEqual([sent]);
		expect(cake.sandbox.log[0]).toMatchObject({ method: 'GET', path: '/api/2/conversion.json' });
		expect(run.items[0].json).toMatchObject({
			payout: 5,
			revenue: 12.5,
			order_id: 'ORD-98765',
			unique_id: 'TXN-00112233',
			conversion_date: '2024-01-01T13:32:00Z',
		});
		expect(stored()?.adv).toEqual({
			adv1: 'one',
			adv2: 'two',
			adv3: 'three',
			adv4: 'four',
			adv5: 'five',
		});
	});

	it('reads the values of a sale from expressions, as text and as numbers', async () => {
		const clicks = cake.account.freshClicks(3);
		const values = [
			{ order: 98765, paid: 5.5, adv: 0.1 + 0.2 },
			{ order: '0098765', paid: '5.50', adv: 1e-7 },
			{ order: 2 ** 53 - 1, paid: 0, adv: 'text' },
		];
		const run = await cake.record(
			{
				clickId: '={{ $json.click }}',
				offerId: '={{ $json.offer }}',
				uniqueId: '=deal-{{ $json.order }}',
				additionalFields: {
					orderId: '={{ $json.order }}',
					payout: '={{ $json.paid }}',
					adv1: '={{ $json.adv }}',
				},
			},
			{
				items: clicks.map(({ clickId, offerId }, index) => ({
					click: ` ${clickId}\n`,
					offer: index === 1 ? String(offerId) : offerId,
					...values[index],
				})),
			},
		);
		expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		const byUniqueId = new Map(cake.sent().map((sent) => [sent.unique_id, sent]));
		expect(byUniqueId.get('deal-98765')).toMatchObject({
			click_id: clicks[0].clickId,
			order_id: '98765',
			payout: '5.5',
			adv1: '0.3',
		});
		expect(byUniqueId.get('deal-0098765')).toMatchObject({
			offer_id: String(clicks[1].offerId),
			order_id: '0098765',
			payout: '5.50',
			adv1: '0.0000001',
		});
		expect(byUniqueId.get(`deal-${2 ** 53 - 1}`)).toMatchObject({ payout: '0', adv1: 'text' });
	});

	it('keeps the order of the items, no matter which is answered first', async () => {
		const clicks = cake.account.freshClicks(30);
		const run = await cake.record(
			{ clickId: '={{ $json.clickId }}', offerId: '={{ $json.offerId }}' },
			{ items: clicks.map(({ clickId, offerId }) => ({ clickId, offerId })) },
		);
		expect(run.items.map(({ json }) => json.click_id)).toEqual(
			clicks.map(({ clickId }) => clickId),
		);
		expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual(
			clicks.map((_, item) => ({ item })),
		);
		expect(run.credentialReads).toBe(1);
	});

	it('records a deal once that comes twice, and marks the second item', async () => {
		const [{ clickId, offerId }] = cake.account.freshClicks(1);
		const additionalFields = { orderId: 'ORD-1', payout: '3' };
		const run = await cake.record(
			{ clickId, offerId, uniqueId: 'TXN-TWICE', additionalFields },
			{ items: [{}, {}] },
		);
		expect(cake.sandbox.counters).toMatchObject({ stored: 1, duplicates: 1 });
		expect(run.items).toHaveLength(2);
		expect(run.items[0].json.already_recorded).toBe(false);
		expect(run.items[1]).toMatchObject({
			json: { click_id: clickId, offer_id: offerId, order_id: 'ORD-1', already_recorded: true },
			pairedItem: { item: 1 },
		});
	});

	it('keeps unknown fields, and renames a field called error to cake_error', async () => {
		cake.sandbox.replyNext('record', ({ proceed }) => ({
			body: { ...proceed(), brand_new: { a: [1, null] }, error: 'none' },
		}));
		const run = await cake.record({}, { onError: 'continueErrorOutput' });
		expect(run.items[0].json).toMatchObject({ brand_new: { a: [1, null] }, cake_error: 'none' });
		expect(run.items[0].json).not.toHaveProperty('error');
		expect(run.items[0].json).not.toHaveProperty('request_status');
		expect(run.passedOn).toEqual({ items: 1, errorItems: 0 });
	});

	it('reads a reply that begins with a byte order mark, as .NET writes it', async () => {
		cake.sandbox.replyNext('record', ({ proceed }) => ({
			body: `\uFEFF${JSON.stringify(proceed())}`,
		}));
		expect((await cake.record()).status).toBe('success');
	});

	it('gives and sends nothing when no item comes in', async () => {
		const run = await cake.record({}, { items: [] });
		expect([run.status, run.items, cake.requests]).toEqual(['success', [], 0]);
	});

	it('refuses to write with a read-only credential, before anything is sent', async () => {
		const credential = { ...cake.credential, readOnly: true };
		const run = await cake.record({}, { credential });
		expect(run.error?.message).toBe('This CAKE credential is read-only');
		expect(cake.requests).toBe(0);
		expect((await cake.query({}, { credential })).status).toBe('success');
	});
});
