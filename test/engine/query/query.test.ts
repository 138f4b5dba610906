import type { INodeParameters } from 'n8n-workflow';
import { useCake } from '../../support/cake.mts';
import { toListRow } from '../../support/sales.mts';

const ROWS = 1200;
const cake = useCake({ rows: ROWS, days: 20 });

/** All rows of the last 30 days, in the order the sandbox lists them. */
const all = () => cake.account.select({ from: 0, to: Number.MAX_SAFE_INTEGER });
const wide = { dateRange: 'last30Days' };
const listIds = (items: Array<{ json: Record<string, unknown> }>) =>
	items.map(({ json }) => json.conversion_id);

describe('Query Conversions', () => {
	it('gives each conversion as an item with CAKE’s own fields, paired with its input', async () => {
		const run = await cake.query({ ...wide, limit: 2 });
		expect(run.status).toBe('success');
		expect(run.items).toEqual(
			all()
				.slice(0, 2)
				.map((row) => ({
					json: toListRow(row),
					pairedItem: { item: 0 },
				})),
		);
	});

	it('gives every row once with Return All, from overlapping pages', async () => {
		const run = await cake.query({ ...wide, returnAll: true });
		expect(listIds(run.items)).toEqual(all().map(({ conversionId }) => conversionId));
		expect(cake.sent().map(({ start_at_row: at, row_limit: limit }) => [at, limit])).toEqual([
			['1', '500'],
			['500', '500'],
			['999', '500'],
		]);
		expect([run.hints, run.credentialReads]).toEqual([[], 1]);
	});

	it.each([1, 2, 49, 499, 500, 501, ROWS, ROWS + 1, 5000])(
		'gives exactly the first %i rows, and reads no further',
		async (limit) => {
			const run = await cake.query({ ...wide, returnAll: false, limit });
			const expected = all().slice(0, limit);
			expect(listIds(run.items)).toEqual(expected.map(({ conversionId }) => conversionId));
			expect(cake.requests).toBe(Math.max(1, Math.ceil((expected.length - 1) / 499)));
		},
	);

	it('gives 50 rows by default', async () => {
		expect((await cake.query(wide)).items).toHaveLength(50);
	});

	it('begins at the row of Start at Row, in pages of Page Size', async () => {
		const options = { startAtRow: 11, pageSize: 100 };
		const some = await cake.query({ ...wide, limit: 250, options });
		const ids = all().map(({ conversionId }) => conversionId);
		expect(listIds(some.items)).toEqual(ids.slice(10, 260));
		expect(cake.sent()[0]).toMatchObject({ start_at_row: '11', row_limit: '100' });
		const rest = await cake.query({ ...wide, returnAll: true, options: { startAtRow: 1195 } });
		expect(listIds(rest.items)).toEqual(ids.slice(1194));
		const beyond = await cake.query({ ...wide, returnAll: true, options: { startAtRow: 1201 } });
		expect([beyond.status, beyond.items]).toEqual(['success', []]);
	});

	it.each(['approved', 'pending', 'rejected'] as const)('filters by status %s', async (status) => {
		const run = await cake.query({
			...wide,
			returnAll: true,
			filters: { conversionStatus: status },
		});
		expect(cake.sent()[0]).toMatchObject({ conversion_status: status });
		expect(run.items).toHaveLength(all().filter((row) => row.status === status).length);
		expect(run.items.length).toBeGreaterThan(0);
	});

	it.each([
		['offerId', 'offer_id'],
		['affiliateId', 'affiliate_id'],
		['advertiserId', 'advertiser_id'],
	] as const)('filters by %s', async (name, member) => {
		const id = all()[0][name];
		const run = await cake.query({ ...wide, returnAll: true, filters: { [name]: `${id}` } });
		expect(cake.sent()[0]).toMatchObject({ [member]: String(id) });
		const expected = all().filter((row) => row[name] === id);
		expect(listIds(run.items)).toEqual(expected.map(({ conversionId }) => conversionId));
		expect(expected.length).toBeLessThan(ROWS);
	});

	it('applies all filters together, from expressions as text and as numbers', async () => {
		const { offerId, affiliateId, advertiserId, status } = all()[0];
		await cake.query(
			{
				...wide,
				limit: '={{ $json.limit }}',
				filters: {
					offerId: '={{ $json.offer }}',
					affiliateId: '={{ $json.affiliate }}',
					advertiserId: `={{ ${advertiserId} }}`,
					conversionStatus: `={{ '${status}' }}`,
				},
			},
			{ items: [{ limit: '5', offer: offerId, affiliate: `${affiliateId}` }] },
		);
		expect(cake.sent()[0]).toMatchObject({
			offer_id: String(offerId),
			affiliate_id: String(affiliateId),
			advertiser_id: String(advertiserId),
			conversion_status: status,
			row_limit: '5',
		});
	});

	it('reads the date range from an expression', async () => {
		const items = [{ range: 'last30Days' }];
		const run = await cake.query({ dateRange: '={{ $json.range }}', limit: 5 }, { items });
		expect(run.error).toBeUndefined();
		expect(run.items).toHaveLength(5);
	});

	it('queries once for each item, and pairs every row with its item', async () => {
		const items = ['approved', 'rejected'].map((status) => ({ status }));
		const run = await cake.query(
			{ ...wide, limit: 3, filters: { conversionStatus: '={{ $json.status }}' } },
			{ items },
		);
		expect(run.items.map(({ json, pairedItem }) => [json.conversion_status, pairedItem])).toEqual([
			...[0, 1, 2].map(() => ['approved', { item: 0 }]),
			...[0, 1, 2].map(() => ['rejected', { item: 1 }]),
		]);
	});

	it('refuses rows that contradict a filter, so that nobody acts on them', async () => {
		const [{ offerId }] = all();
		const other = { conversion_id: 1, offer_id: offerId + 1 };
		cake.sandbox.replyNext('query', () => ({
			body: { request_status: 'Success', total_rows: 1, conversions: [other] },
		}));
		const run = await cake.query({ filters: { offerId } });
		expect([run.status, run.items]).toEqual(['error', []]);
		expect(run.error?.message).toBe("CAKE ignored the filter 'Offer'");
	});
});

describe('the days of a query', () => {
	// At this time it is still February 29 in New York, and 4 p.m. on March 1 on Kiritimati.
	beforeEach(() => {
		jest.useFakeTimers({
			now: new Date('2024-03-01T02:00:00Z'),
			// Only the date is faked: the sockets are real.
			doNotFake: [
				...(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] as const),
				...(['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask'] as const),
				...(['hrtime', 'performance'] as const),
			],
		});
	});
	afterEach(() => {
		jest.useRealTimers();
	});

	async function listDays(parameters: INodeParameters, timezone: string) {
		await cake.query(parameters, { timezone });
		const [{ start_date: start, end_date: end }] = cake.sent();
		return [start, end];
	}

	it.each([
		['today', '2024-02-29', '2024-02-29'],
		['yesterday', '2024-02-28', '2024-02-28'],
		['last7Days', '2024-02-23', '2024-02-29'],
		['last30Days', '2024-01-31', '2024-02-29'],
		['last90Days', '2023-12-02', '2024-02-29'],
		['thisMonth', '2024-02-01', '2024-02-29'],
		['lastMonth', '2024-01-01', '2024-01-31'],
	])('queries %s as days in the time zone of the workflow', async (dateRange, start, end) => {
		expect(await listDays({ dateRange }, 'America/New_York')).toEqual([start, end]);
	});

	it.each([
		['today', '2024-03-01', '2024-03-01'],
		['lastMonth', '2024-02-01', '2024-02-29'],
		['thisMonth', '2024-03-01', '2024-03-01'],
	])('queries %s by the date of Kiritimati, a day ahead', async (dateRange, start, end) => {
		expect(await listDays({ dateRange }, 'Pacific/Kiritimati')).toEqual([start, end]);
	});

	it('queries the last seven days by default', async () => {
		expect(await listDays({}, 'UTC')).toEqual(['2024-02-24', '2024-03-01']);
	});

	it.each([
		['2024-01-05', '2024-01-05'],
		['2024-01-05T00:00:00', '2024-01-05T23:59:59'],
		['2024-01-06T03:00:00Z', '2024-01-06T04:59:00.000Z'],
		['2024-01-05T23:00:00+09:00', '2024-01-05T01:00:00+09:00'],
		['={{ new Date("2024-01-06T03:00:00Z") }}', '={{ DateTime.fromISO("2024-01-05T12:00") }}'],
	])('queries January 5 in New York for %s to %s', async (startDate, endDate) => {
		const days = await listDays({ dateRange: 'custom', startDate, endDate }, 'America/New_York');
		expect(days).toEqual(['2024-01-05', '2024-01-05']);
	});
});

describe('a total that is too high', () => {
	const confused = useCake();

	it('gives the rows with a warning when CAKE promises more than it has', async () => {
		const reply = { request_status: 'Success', total_rows: 9, conversions: [{ conversion_id: 1 }] };
		confused.sandbox.replyNext('query', () => ({ body: reply }), { times: 20 });
		const run = await confused.query({ returnAll: true });
		expect(listIds(run.items)).toEqual([1]);
		expect(run.hints).toMatchObject([{ type: 'warning', location: 'outputPane' }]);
		expect(run.hints[0].message).toContain('CAKE reported 9 conversions, and 1 were read');
	});
});
