import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { NodeRun } from '../../../harness/engine/engine.mts';
import { useCake } from '../../support/cake.mts';
import { listWarnings } from '../../support/outcomes.mts';

const ROWS = 1_200;
const cake = useCake({ rows: ROWS, days: 20 });
const wide = { dateRange: 'last30Days' };

const rows = ({ items }: NodeRun): IDataObject[] => items.map(({ json }) => json);
const messages = ({ hints }: NodeRun) => hints.map(({ message }) => message);
const all = () => [...cake.account.conversions.values()];
const toCents = (amount: unknown) => Math.round(Number(amount) * 100);

/** Answers the next query with these rows. */
function replyWith(conversions: IDataObject[]): void {
	const body = { request_status: 'Success', total_rows: conversions.length, conversions };
	cake.sandbox.replyNext('query', () => ({ body }));
}

let nextId = 1;
const toRow = (more: IDataObject): IDataObject => ({
	...{ conversion_id: nextId++, offer_id: 7, affiliate_id: 8, payout: 5, revenue: 12 },
	...{ conversion_date: '2024-01-03T09:11:00Z', conversion_status: 'approved' },
	...more,
});

describe('Get Totals', () => {
	it('gives one total of all conversions, paired with its input', async () => {
		const run = await cake.totals(wide);
		const sum = (member: 'payout' | 'revenue') =>
			all().reduce((cents, row) => cents + toCents(row[member]), 0);
		const rejected = all().filter(({ status }) => status === 'rejected').length;
		expect(run.items).toEqual([
			{
				json: {
					conversions: ROWS,
					payout: sum('payout') / 100,
					revenue: sum('revenue') / 100,
					margin: (sum('revenue') - sum('payout')) / 100,
					rejected,
					rejected_share: Math.round((rejected / ROWS) * 10_000) / 10_000,
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('asks as Query does, in overlapping pages, and with nothing more', async () => {
		const filters = { conversionStatus: 'approved', offerId: 12001 };
		await cake.query({ ...wide, filters, returnAll: true, options: { pageSize: 100 } });
		const asked = cake.sent();
		cake.begin();
		await cake.totals({ ...wide, filters, options: { pageSize: 100 } });
		expect(cake.sent()).toEqual(asked);
		expect(asked[0]).toMatchObject({ conversion_status: 'approved', offer_id: '12001' });
	});

	it.each<[string[], (row: ReturnType<typeof all>[number]) => unknown[]]>([
		[['status'], (row) => [row.status]],
		[['offer', 'status'], (row) => [row.offerId, row.status]],
		[['day', 'affiliate'], (row) => [new Date(row.at).toISOString().slice(0, 10), row.affiliateId]],
		[['month'], (row) => [new Date(row.at).toISOString().slice(0, 7)]],
	])('sums by %j, in the order of these values', async (groupBy, toGroup) => {
		const run = await cake.totals({ ...wide, groupBy });
		const sums = new Map<string, { conversions: number; cents: number }>();
		for (const row of all()) {
			const group = JSON.stringify(toGroup(row));
			const { conversions, cents } = sums.get(group) ?? { conversions: 0, cents: 0 };
			sums.set(group, { conversions: conversions + 1, cents: cents + toCents(row.payout) });
		}
		const found = rows(run).map(({ conversions, payout, ...row }): [string, object] => [
			JSON.stringify(Object.values(row).slice(0, groupBy.length)),
			{ conversions, cents: toCents(payout) },
		]);
		expect(found).toHaveLength(sums.size);
		expect(new Map(found)).toEqual(sums);
		const [first] = rows(run).map((row) => Object.values(row)[0]);
		const values = all().map((row) => toGroup(row)[0] as string | number);
		expect(first).toBe(values.reduce((least, one) => (one < least ? one : least)));
	});

	it('takes days as CAKE writes them, and weeks from Monday', async () => {
		const dates = ['2024-02-25T23:59:59Z', '2024-02-26 00:00:00', '2024-03-03T23:30:00.123-08:00'];
		replyWith(dates.map((date) => toRow({ conversion_date: date })));
		const run = await cake.totals(
			{ ...wide, groupBy: ['week', 'day', 'month'] },
			{ timezone: 'Pacific/Kiritimati' },
		);
		expect(rows(run)).toMatchObject([
			{ week: '2024-02-19', day: '2024-02-25', month: '2024-02', conversions: 1 },
			{ week: '2024-02-26', day: '2024-02-26', month: '2024-02', conversions: 1 },
			{ week: '2024-02-26', day: '2024-03-03', month: '2024-03', conversions: 1 },
		]);
	});

	it('sums amounts as text and as numbers exactly', async () => {
		replyWith([
			...Array.from({ length: 10 }, () => toRow({ payout: 0.1, revenue: '0.2000000000' })),
			toRow({ payout: '9007199254740993', revenue: '9007199254740993.5' }),
		]);
		const run = await cake.totals(wide);
		expect(rows(run)[0]).toMatchObject({
			payout: 9007199254740994,
			// No number prints so many digits.
			revenue: '9007199254740995.5',
			margin: 1.5,
		});
	});

	it('counts a conversion without an amount, and says so', async () => {
		replyWith([
			toRow({}),
			toRow({ payout: null }),
			toRow({ revenue: '$12.00', payout: undefined }),
		]);
		const run = await cake.totals(wide);
		expect(rows(run)[0]).toMatchObject({
			...{ conversions: 3, without_amount: 2 },
			...{ payout: 5, revenue: 24, margin: 19 },
		});
		expect(listWarnings(run)).toEqual([
			"CAKE's list has no readable payout or revenue for 2 of 3 conversions. They are counted, but the sums lack these amounts: look them up in CAKE.",
		]);
	});

	it('gives a total for each currency, and adds up none', async () => {
		const currencies = ['USD', 'EUR', 'usd', 'EUR'];
		replyWith(currencies.map((currency) => toRow({ currency })));
		expect(rows(await cake.totals(wide))).toMatchObject([
			{ currency: 'EUR', conversions: 2, payout: 10 },
			{ currency: 'USD', conversions: 2, payout: 10 },
		]);
	});

	it('counts each conversion once when others come in while pages are read', async () => {
		let isOn = true;
		cake.sandbox.onQuery((account) => {
			if (isOn) account.addConversion({ offerId: 12003 });
		});
		const before = all().length;
		const run = await cake.totals({ ...wide, options: { pageSize: 50 } });
		isOn = false;
		const counted = Number(rows(run)[0].conversions);
		expect(counted).toBeGreaterThanOrEqual(before);
		expect(counted).toBeLessThanOrEqual(all().length);
		expect(rows(await cake.totals(wide))[0].conversions).toBe(all().length);
	});

	it.each([
		[[], [{ conversions: 0, payout: 0, revenue: 0, margin: 0, rejected: 0, rejected_share: 0 }]],
		[['day'], []],
	])('of no conversions, grouped by %j, gives %j and a hint', async (groupBy, expected) => {
		const days = { dateRange: 'custom', startDate: '2020-02-01', endDate: '2020-02-29' };
		const run = await cake.totals({ ...days, groupBy });
		expect([run.status, rows(run)]).toEqual(['success', expected]);
		expect(messages(run)).toEqual([
			expect.stringMatching(/^CAKE has no conversions from 2020-02-01 to 2020-02-29\. If/),
		]);
	});

	it('says that rejected conversions are in a sum with others', async () => {
		replyWith([toRow({}), toRow({ conversion_status: 'Rejected' })]);
		const run = await cake.totals(wide);
		expect(rows(run)[0]).toMatchObject({ rejected: 1, rejected_share: 0.5 });
		expect(messages(run)).toEqual([
			"The sums include rejected conversions: 1 of 2. To see them apart, choose 'Status' under 'Group By', or use the filter 'Conversion Status'.",
		]);
		replyWith([toRow({}), toRow({ conversion_status: 'Rejected' })]);
		const apart = await cake.totals({ ...wide, groupBy: ['status'] });
		expect(rows(apart)).toMatchObject([
			{ conversion_status: 'approved', rejected_share: 0 },
			{ conversion_status: 'rejected', rejected_share: 1 },
		]);
		expect(apart.hints).toEqual([]);
	});

	it('gives the conversions without an advertiser a total, and says so', async () => {
		replyWith([toRow({ advertiser_id: '301' }), toRow({}), toRow({ conversion_date: 'soon' })]);
		const run = await cake.totals({ ...wide, groupBy: ['advertiser', 'day'] });
		expect(rows(run)).toMatchObject([
			{ advertiser_id: 301, day: '2024-01-03' },
			{ advertiser_id: null, day: '2024-01-03' },
			{ advertiser_id: null, day: null },
		]);
		expect(messages(run)).toEqual([
			"CAKE's list does not show 'Advertiser' for 2 of 3 conversions. They are in the total whose advertiser_id is empty. For the total of one, use the filter 'Advertiser'.",
			"CAKE's list does not show 'Day' for 1 of 3 conversions. They are in the total whose day is empty.",
		]);
	});

	it('reads offers that CAKE gives as objects', async () => {
		cake.sandbox.applyQuirk('nestedObjects');
		const run = await cake.totals({ ...wide, groupBy: ['offer'], filters: { affiliateId: 67801 } });
		expect(rows(run).every(({ offer_id: id }) => typeof id === 'number')).toBe(true);
	});

	it('adds the names of the groups', async () => {
		replyWith([toRow({ offer_id: 12001, affiliate_id: 67801, advertiser_id: 301 })]);
		const groupBy = ['offer', 'affiliate', 'advertiser'];
		const run = await cake.totals({ ...wide, groupBy, options: { addNames: true } });
		expect(rows(run)).toMatchObject([
			{
				offer_name: 'Home Solar Quote - US',
				affiliate_name: 'Amber Media',
				advertiser_name: 'Northlight Energy',
			},
		]);
		cake.begin();
		await cake.totals({ ...wide, options: { addNames: true } });
		expect(cake.sandbox.log.every(({ endpoint }) => endpoint === 'query')).toBe(true);
	});

	it('works with a read-only credential', async () => {
		const credential = { ...cake.credential, readOnly: true };
		expect((await cake.totals(wide, { credential })).status).toBe('success');
	});
});

describe('Get Totals of an incomplete list', () => {
	const confused = useCake();

	it('says in each item that it is incomplete', async () => {
		const conversions = [toRow({ offer_id: 1 }), toRow({ offer_id: 2 })];
		const body = { request_status: 'Success', total_rows: 9, conversions };
		confused.sandbox.replyNext('query', () => ({ body }), { times: Infinity });
		const run = await confused.totals({ ...wide, groupBy: ['offer'] });
		expect(rows(run)).toMatchObject([
			{ offer_id: 1, conversions: 1, incomplete: true },
			{ offer_id: 2, conversions: 1, incomplete: true },
		]);
		expect(listWarnings(run)).toEqual([
			expect.stringContaining('CAKE reported 9 conversions, and 2 were read'),
		]);
	});
});

describe('the fields of Get Totals', () => {
	const getGroups = async (parameters: INodeParameters, items: IDataObject[] = [{}]) => {
		replyWith([toRow({})]);
		const [row] = rows(await cake.totals({ ...wide, ...parameters }, { items }));
		return Object.keys(row).slice(0, Object.keys(row).indexOf('conversions'));
	};

	it.each<[string, string | string[]]>([
		['a list', ['week', 'offer']],
		['text with commas', 'week, offer'],
		['any case, and twice', 'Week,OFFER,week'],
		['an expression', '={{ ["week", "offer"] }}'],
	])('takes Group By as %s', async (_, groupBy) => {
		expect(await getGroups({ groupBy })).toEqual(['week', 'offer_id']);
	});

	it('gives one total when Group By comes out empty', async () => {
		expect(await getGroups({ groupBy: '={{ $json.none }}' })).toEqual([]);
		expect(await getGroups({ groupBy: '={{ [] }}' })).toEqual([]);
	});

	it('refuses an unknown grouping, and fails that item alone', async () => {
		const items = [{ by: 'offer' }, { by: 'country' }];
		const settings = { items, onError: 'continueErrorOutput' as const };
		const run = await cake.totals({ ...wide, groupBy: '={{ $json.by }}' }, settings);
		expect(run.errorItems).toHaveLength(1);
		expect(run.errorItems[0].json.error).toBe("'Group By' is not a grouping this node knows");
		expect(run.errorItems[0].pairedItem).toEqual({ item: 1 });
		expect(run.items.length).toBeGreaterThan(1);
	});

	it('says once that the same list was read for each item', async () => {
		const run = await cake.totals({ ...wide, groupBy: ['offer'] }, { items: [{}, {}] });
		expect(messages(run)[0]).toMatch(/^The same conversions were read 2 times/);
	});

	it('fails as Query does when CAKE cannot be read', async () => {
		cake.sandbox.failNext('wrongKey', { endpoint: 'query' });
		const run = await cake.totals(wide);
		expect([run.status, run.items]).toEqual(['error', []]);
	});
});

describe('Get Totals as a tool of an AI agent', () => {
	const type = 'n8n-nodes-cake.cakeConversionsTool';

	it('answers how a range of days was, from all rows, with what to know of it', async () => {
		const groupBy = "={{ $fromAI('group_by') }}";
		const dateRange = "={{ $fromAI('date_range') }}";
		const given = { date_range: 'last30Days', group_by: 'status' };
		const run = await cake.totals({ dateRange, groupBy }, { type, items: [given] });
		expect(rows(run).map((row) => row.conversion_status)).toEqual([
			...['approved', 'pending', 'rejected'],
		]);
		const counts = rows(run).map((row) => Number(row.conversions));
		expect(counts.reduce((sum, count) => sum + count)).toBe(all().length);
		const one = await cake.totals(
			{ dateRange, groupBy },
			{ type, items: [{ ...given, group_by: '' }] },
		);
		expect(rows(one)[0].conversions).toBe(all().length);
		expect(rows(one)[1].hint).toMatch(/^The sums include rejected conversions: \d+ of \d+\. To/);
	});
});
