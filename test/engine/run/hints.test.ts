import type { NodeRun } from '../../../harness/engine/engine.mts';
import { useCake } from '../../support/cake.mts';
import { sale, withUniqueId } from '../../support/sales.mts';
import { DAY_MS } from '../../../sandbox/account/calendar.mts';

const cake = useCake({ rows: 120, days: 5 });
const messages = ({ hints }: NodeRun) => hints.map(({ message }) => message);
const wide = { dateRange: 'last30Days' };

describe('hints of Query', () => {
	it('says that CAKE has more conversions than the limit', async () => {
		const run = await cake.query({ ...wide, limit: 100 });
		expect(run.hints).toEqual([
			{
				type: 'info',
				location: 'outputPane',
				message:
					"CAKE has 120 conversions for this, and the first 100 were read. Turn on 'Return All' to get all of them.",
			},
		]);
	});

	it.each([
		['as many rows as CAKE has', { limit: 120 }],
		['all rows', { returnAll: true }],
		['the last rows', { limit: 20, options: { startAtRow: 101 } }],
	])('gives no hint to a query for %s', async (_name, parameters) => {
		expect(messages(await cake.query({ ...wide, ...parameters }))).toEqual([]);
	});

	it('says how many requests a long list took', async () => {
		const pages = (pageSize: number) => ({ ...wide, returnAll: true, options: { pageSize } });
		expect(messages(await cake.query(pages(7)))).toEqual([
			'120 conversions were read in 20 requests. Fewer days or a filter make it faster.',
		]);
		expect(messages(await cake.query(pages(20)))).toEqual([]);
	});

	it('says once that the same list was read for each item', async () => {
		const items = [{ day: 1 }, { day: 2 }, { day: 3 }];
		const run = await cake.query({ ...wide, limit: 5 }, { items });
		expect(messages(run)).toEqual([
			"The same conversions were read 3 times, once for each item that came in. Turn on 'Execute Once' in the settings of this node to read them once.",
			expect.stringContaining('the first 5 were read') as string,
		]);
		const limit = '={{ $json.day }}';
		const oneDiffers = [{ day: 1 }, { day: 1 }, { day: 2 }];
		for (const some of [items, oneDiffers]) {
			const hints = messages(await cake.query({ ...wide, limit }, { items: some }));
			expect(hints.join()).not.toContain('times');
		}
	});

	it('names the days and filters of a query that found nothing', async () => {
		const custom = { dateRange: 'custom', startDate: '2020-02-01', endDate: '2020-02-29' };
		const none = await cake.query(custom);
		expect([none.items, none.hints]).toEqual([
			[],
			[
				{
					type: 'info',
					location: 'outputPane',
					message:
						"CAKE has no conversions from 2020-02-01 to 2020-02-29. If you expect some on 2020-02-29, choose 'Custom' with an 'End Date' a day later: some accounts leave the end date out. Check Account shows whether yours does.",
				},
			],
		]);
		const filters = {
			...{ offerId: 99999, affiliateId: '7', advertiserId: 8 },
			conversionStatus: 'rejected',
		};
		const nobody = await cake.query({ ...custom, filters, returnAll: true });
		expect(messages(nobody)).toEqual([
			expect.stringContaining(
				'from 2020-02-01 to 2020-02-29, Advertiser 8, Affiliate 7, Conversion Status rejected, Offer 99999. If',
			),
		]);
		const beyond = await cake.query({ ...wide, options: { startAtRow: 121 } });
		expect(messages(beyond)).toEqual([
			expect.stringMatching(/^CAKE has no conversions from [-\d]+ to [-\d]+, from row 121 on\.$/),
		]);
	});

	it('gives at most three hints', async () => {
		const items = Array.from({ length: 10 }, (_, i) => ({ limit: i + 1 }));
		const run = await cake.query({ ...wide, limit: '={{ $json.limit }}' }, { items });
		expect(run.hints).toHaveLength(3);
	});
});

describe('hints of Record', () => {
	it('says how many items have no Unique ID, or that of another item', async () => {
		const ids = ['HINT-1', 'hint-1', 'HINT-2', 'HINT-1'];
		const clicks = cake.account.freshClicks(ids.length);
		const items = clicks.map((click, index) => sale(click, { uniqueId: ids[index] }));
		const same = await cake.record(withUniqueId, { items, onError: 'continueErrorOutput' });
		expect(messages(same)).toEqual([
			'2 of 4 items have the same Unique ID as an earlier item. CAKE records only one sale for each. Give every sale its own, such as the deal ID.',
		]);
		expect(messages(await cake.record())).toEqual([
			'1 of 1 items have no Unique ID. Sent twice, each of them is recorded and paid twice.',
		]);
		expect(messages(await cake.record({ uniqueId: 'HINT-3' }))).toEqual([]);
	});

	it('counts all items that came in, with those that were refused', async () => {
		const [{ clickId, offerId }] = cake.account.freshClicks(1);
		const items = [{ clickId, offerId }, { offerId }, { offerId }];
		const values = { clickId: '={{ $json.clickId }}', offerId: '={{ $json.offerId }}' };
		const run = await cake.record(values, { items, onError: 'continueErrorOutput' });
		expect(run.errorItems).toHaveLength(2);
		expect(messages(run)[0]).toMatch(/^1 of 3 items have no Unique ID/);
	});

	it('says that a Conversion Date is in the future', async () => {
		const at = (day: string) => ({ additionalFields: { conversionDate: day } });
		const soon = new Date(Date.now() + 12 * 3_600_000).toISOString();
		expect(messages(await cake.record({ ...at('2096-03-01'), uniqueId: 'HINT-4' }))).toEqual([
			"1 of 1 items are dated in the future, such as 2096-03-01T12:00:00Z: check 'Conversion Date'.",
		]);
		expect(messages(await cake.record({ ...at(soon), uniqueId: 'HINT-5' }))).toEqual([]);
	});

	describe('sales that CAKE had already', () => {
		const additionalFields = { payout: '3.50', orderId: '={{ $json.orderId }}' };
		const parameters = { ...withUniqueId, additionalFields };

		/** Makes new sales, recorded ones (`known`), and recorded ones too old to be looked up. */
		function sales(fresh: number, known: number, old: number, payout = 3.5) {
			return cake.account.freshClicks(fresh + known + old).map((click, index) => {
				const [uniqueId, orderId] = [`SALE-${click.clickId}`, `ORDER-${click.clickId}`];
				const at = Date.now() - (index < fresh + known ? 0 : 20 * DAY_MS);
				if (index >= fresh) {
					cake.account.addConversion({ ...click, uniqueId, orderId, at, payout });
				}
				return sale(click, { uniqueId, orderId });
			});
		}

		it('says how many sales CAKE had already', async () => {
			const run = await cake.record(parameters, { items: sales(2, 3, 0) });
			expect(run.hints).toEqual([
				{
					type: 'info',
					location: 'outputPane',
					message: '3 of 5 conversions were recorded already. They are marked already_recorded.',
				},
			]);
		});

		it('warns that some already recorded sales show the values that were sent', async () => {
			const run = await cake.record(parameters, { items: sales(1, 1, 2) });
			expect(run.items.map(({ json }) => 'conversion_id' in json)).toEqual([
				...[true, true],
				...[false, false],
			]);
			expect(run.hints).toEqual([
				{
					type: 'warning',
					location: 'outputPane',
					message:
						'3 of 4 conversions were recorded already. For 2 of these CAKE did not show which conversion it is: the item has no conversion_id and holds only what you sent. Check in CAKE that the Unique ID belongs to the same sale.',
				},
			]);
		});

		it('warns that CAKE has other amounts than were sent', async () => {
			const items = sales(1, 2, 0, 45);
			const run = await cake.record(parameters, { items });
			const [, { json }] = run.items;
			expect(run.hints).toMatchObject([{ type: 'info' }, { type: 'warning' }]);
			expect(messages(run)).toEqual([
				'2 of 3 conversions were recorded already. They are marked already_recorded.',
				`CAKE has 2 of 3 conversions with other values than were sent (${String(json.conversion_id)}: Payout 45 in place of "3.50"; ...). Check in CAKE that they are right.`,
			]);
			expect(json.payout).toBe(45);
		});

		it('warns of already recorded sales when the run ended before they were looked up', async () => {
			const [known, next] = sales(1, 1, 0).reverse();
			cake.sandbox.replyNext('record', ({ proceed }) => ({ body: proceed() }));
			cake.sandbox.replyNext('record', () => ({ status: 401, body: '' }));
			const run = await cake.record(
				{ ...parameters, options: { maxConcurrent: 1 } },
				{ items: [known, next], onError: 'continueRegularOutput' },
			);
			expect(messages(run)).toEqual([
				expect.stringContaining('1 of 2 conversions were recorded already. For 1 of these'),
			]);
		});
	});
});

describe('hints of Update by order ID', () => {
	const meager = useCake({ rows: 60, days: 5, maxRowsPerPage: 4 });

	it('says how many conversions an update by order ID read when they are many', async () => {
		const { advertiserId } = meager.account.addConversion({ orderId: 'HINT' });
		const byOrder = { findBy: 'orderId', orderId: 'HINT', status: 'rejected' };
		const run = await meager.update(byOrder);
		expect(messages(run)).toEqual([
			expect.stringContaining('among all advertisers') as string,
			expect.stringMatching(
				/^61 conversions from [-\d]+ to [-\d]+ were read in 21 requests\. A filter or fewer 'Search Days' make it faster\.$/,
			) as string,
		]);
		const narrow = await meager.update({ ...byOrder, filters: { advertiserId } });
		expect(messages(narrow)).toEqual([]);
	});
});
