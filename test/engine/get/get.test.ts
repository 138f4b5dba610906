import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Conversion } from '../../../sandbox/server.mts';
import { DETAILS, useCake } from '../../support/cake.mts';
import { summarize } from '../../support/outcomes.mts';
import { getDetails, toListRow } from '../../support/sales.mts';
import { DAY_MS } from '../../../sandbox/account/calendar.mts';

const cake = useCake({ rows: 60, days: 20 });

const byId = { findBy: 'conversionId', conversionId: '={{ $json.id }}' };
const byOrder = { findBy: 'orderId', orderId: '={{ $json.order }}' };
const byClick = { findBy: 'clickId', clickId: '={{ $json.click }}' };
const branch = { onError: 'continueErrorOutput' as const };

let orders = 0;
const add = (given: Partial<Conversion> = {}) =>
	cake.account.addConversion({ orderId: `GET-${++orders}`, status: 'approved', ...given });
const toItem = ({ conversionId, orderId, clickId }: Conversion) => ({
	id: conversionId,
	order: orderId,
	click: clickId,
});
const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);

describe('Get Conversion', () => {
	it.each([
		['conversion', byId],
		['order', byOrder],
		['click', byClick],
	])('gives the row of CAKE with every field, found by %s ID', async (_name, parameters) => {
		const row = add();
		const run = await cake.get(parameters, { items: [toItem(row)] });
		expect(run.items).toEqual([{ json: toListRow(row), pairedItem: { item: 0 } }]);
		expect(cake.sent()).toEqual([
			{ start_date: day(-30), end_date: day(2), start_at_row: '1', row_limit: '500' },
		]);
	});

	it.each([
		['conversion', byId],
		['order', byOrder],
		['click', byClick],
	])('reads the list once for forty items, each with its %s ID', async (_name, parameters) => {
		const rows = Array.from({ length: 40 }, () => add()).reverse();
		const run = await cake.get(parameters, { items: rows.map(toItem) });
		expect(run.items.map(({ json }) => json.conversion_id)).toEqual(
			rows.map(({ conversionId }) => conversionId),
		);
		expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual(
			rows.map((_, item) => ({ item })),
		);
		expect(cake.requests).toBe(1);
	});

	it('gives two items that ask for one conversion an object each', async () => {
		const row = add();
		const run = await cake.get(byOrder, { items: [toItem(row), toItem(row)] });
		const [first, second] = run.items;
		expect(first.json).toEqual(second.json);
		expect(first.json).not.toBe(second.json);
	});

	it('reads CAKE’s list once for each set of filters and days', async () => {
		const rows = [12001, 12002, 12001].map((offerId) => add({ offerId }));
		const items = rows.map((row) => ({ ...toItem(row), offer: row.offerId }));
		const run = await cake.get(
			{ ...byId, filters: { offerId: '={{ $json.offer }}' } },
			{ items: [...items, { ...items[0], offer: 12002 }], ...branch },
		);
		expect(summarize(run)).toEqual({
			conversions: rows.map(({ conversionId }) => conversionId),
			failures: ['notFound'],
		});
		expect(getDetails(run.errorItems[0]).reason).toContain(`to ${day(2)}, Offer 12002.`);
		expect(
			cake
				.sent()
				.map(({ offer_id: offer }) => offer)
				.sort(),
		).toEqual(['12001', '12002']);
	});

	it('refuses a filter that comes out empty, also by conversion ID', async () => {
		const filters = { advertiserId: '={{ $json.none }}' };
		const run = await cake.get({ ...byId, filters }, { items: [toItem(add())] });
		expect(run.error?.message).toBe("'Advertiser' came out empty");
		expect(cake.requests).toBe(0);
	});

	it('looks as many days back as Search Days says, and no further', async () => {
		const items = [toItem(add({ at: Date.now() - 50 * DAY_MS }))];
		const short = await cake.get(byId, { items });
		expect(short.error?.message).toBe("No conversion with this 'Conversion ID' was found");
		const long = await cake.get({ ...byId, options: { searchDays: 60 } }, { items });
		expect(long.items[0].json.conversion_id).toBe(items[0].id);
		expect(cake.sent().map((sent) => sent.start_date)).toEqual([day(-30), day(-60)]);
	});

	it('works with a read-only credential', async () => {
		const row = add();
		const credential = { ...cake.credential, readOnly: true };
		const run = await cake.get(byOrder, { items: [toItem(row)], credential });
		expect(run.items.map(({ json }) => json)).toEqual([toListRow(row)]);
	});

	it('gives the row also where Dry Run is on from another operation', async () => {
		const row = add();
		const run = await cake.get({ ...byOrder, options: { dryRun: true } }, { items: [toItem(row)] });
		expect([run.items.map(({ json }) => json), run.hints.length]).toEqual([[toListRow(row)], 1]);
	});

	it('keeps fields that CAKE’s article does not name, and its numbers as they came', async () => {
		const row = { conversion_id: '7', order_id: 4711, payout: '5.00', error: 'x', more: [1] };
		cake.sandbox.replyNext('query', () => ({
			body: { request_status: 'Success', total_rows: 1, conversions: [row] },
		}));
		const run = await cake.get(byId, { items: [{ id: 7 }] });
		const { error, ...rest } = row;
		expect(run.items.map(({ json }) => json)).toEqual([{ ...rest, cake_error: error }]);
	});

	it.each(['GET-NONE-1', '={{ $json.none }}'])('refuses the conversion ID %j', async (id) => {
		const run = await cake.get({ ...byId, conversionId: id });
		expect(run.error?.message).toMatch(/^'Conversion ID' is (not a whole number|empty)$/);
		expect(cake.requests).toBe(0);
	});
});

describe('an ID given to Get Conversion', () => {
	const GUID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';

	it.each<[string, string, string]>([
		['with space around it', 'SO-1', '  SO-1\n'],
		['in another form of Unicode', 'Caf\u00e9', 'Cafe\u0301'],
		['with an invisible character at its end', 'SO-2', 'SO-2\u200b'],
		['that is a GUID in another form', GUID, `{${GUID.toUpperCase()}}`],
	])('is found %s', async (_name, listed, given) => {
		const row = add({ orderId: listed });
		const run = await cake.get(byOrder, { items: [{ order: given }] });
		expect(run.items.map(({ json }) => json.conversion_id)).toEqual([row.conversionId]);
	});

	it('is not found in another case, and the failure names the ID in the list', async () => {
		add({ orderId: 'aB-9' });
		const run = await cake.get(byOrder, { items: [{ order: 'AB-9' }] });
		expect(run.error?.message).toBe("No conversion with this 'Order ID' was found");
		expect(run.error?.description).toContain(
			'"aB-9" is; it differs in upper and lower case. Check the value',
		);
	});

	it.each(['SO-1051', '#1051', '1051/A', '2024-1051'])(
		'sends the order number %s from Conversion ID to Order ID',
		async (conversionId) => {
			const run = await cake.get({ ...byId, conversionId });
			expect(run.error?.message).toBe("'Conversion ID' is not a whole number");
			expect(run.error?.description).toContain(
				"For an order number, choose 'Order ID' under 'Find By'.",
			);
		},
	);

	it.each(['12.5', 'abc', '0', '-3'])(
		'sees no order number in the conversion ID %s',
		async (id) => {
			const run = await cake.get({ ...byId, conversionId: id });
			expect(run.error?.description).not.toContain('Find By');
		},
	);

	it('sends a number that only an order has from Conversion ID to Order ID', async () => {
		add({ orderId: '1051' });
		const run = await cake.get(byId, { items: [{ id: 1051 }, { id: 1052 }], ...branch });
		const reasons = run.errorItems.map((item) => String(getDetails(item).reason));
		expect(reasons[0]).toMatch(
			/^"1051" is not among the \d+ conversions from .*\. It is the 'Order ID' of a conversion there: if you mean the order, choose 'Order ID' under 'Find By'\.$/,
		);
		expect(reasons[1]).not.toContain('Find By');
	});

	it('fails when several conversions have it, and names them and the way on', async () => {
		const first = add({ offerId: 12003 });
		const second = add({ clickId: first.clickId, offerId: 12004 });
		const items = [toItem(first)];
		const run = await cake.get(
			{ ...byClick, options: { whenNotFound: 'nothing' } },
			{ items, ...branch },
		);
		expect([run.items, run.errorItems[0].json.error]).toEqual([
			[],
			"Several conversions have this 'Click ID'",
		]);
		const { kind, reason, conversion_ids: ids } = getDetails(run.errorItems[0]);
		expect(kind).toBe('ambiguous');
		expect([...(ids as number[])].sort()).toEqual([first.conversionId, second.conversionId].sort());
		expect(reason).toMatch(
			/, among the \d+ conversions from [^.]*\. Add a filter that only one of them passes, or get by 'Conversion ID'\. To get them all, use Query Conversions\.$/,
		);
		const narrow = await cake.get({ ...byClick, filters: { offerId: 12004 } }, { items });
		expect(narrow.items[0].json.conversion_id).toBe(second.conversionId);
	});
});

describe('When Not Found', () => {
	const nothing: INodeParameters = { ...byOrder, options: { whenNotFound: 'nothing' } };

	it('stops at the item whose conversion is not found, by default', async () => {
		const items = [toItem(add()), { order: 'NONE' }];
		for (const options of [{}, { whenNotFound: 'stop' }]) {
			const run = await cake.get({ ...byOrder, options }, { items });
			expect(run.error).toMatchObject({
				name: 'NodeApiError',
				message: "No conversion with this 'Order ID' was found",
				context: { itemIndex: 1 },
			});
			expect(run.error?.description).toMatch(
				new RegExp(
					`^"NONE" is not among the \\d+ conversions from ${day(-30)} to ${day(2)}\\. Check the value .*'Search Days' under Options\\. .*Check Account shows whether CAKE's list has Order IDs\\.$`,
				),
			);
		}
	});

	it('fails only the item that is not found when On Error continues', async () => {
		const rows = [add(), add()];
		const items: IDataObject[] = [toItem(rows[0]), { order: 'NONE', deal: 7 }, toItem(rows[1])];
		const run = await cake.get(byOrder, { items, ...branch });
		expect(run.passedOn).toEqual({ items: 2, errorItems: 1 });
		expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(run.errorItems).toEqual([
			{
				json: {
					order: 'NONE',
					deal: 7,
					error: "No conversion with this 'Order ID' was found",
					[DETAILS]: { kind: 'notFound', reason: expect.any(String) as string },
				},
				pairedItem: { item: 1 },
			},
		]);
	});

	it('puts out nothing for items that are not found, and the others paired with theirs', async () => {
		const rows = [add(), add()];
		const items = [{ order: 'NONE-1' }, toItem(rows[0]), { order: 'NONE-2' }, toItem(rows[1])];
		for (const onError of ['stopWorkflow', 'continueErrorOutput'] as const) {
			const run = await cake.get(nothing, { items, onError });
			expect(run.status).toBe('success');
			expect(run.items).toEqual(
				rows.map((row, index) => ({ json: toListRow(row), pairedItem: { item: 2 * index + 1 } })),
			);
			expect(run.errorItems).toEqual([]);
			expect(run.hints.at(-1)).toEqual({
				type: 'info',
				location: 'outputPane',
				message: expect.stringMatching(
					/^2 of 4 conversions were not found, so nothing comes out for them\. The first of them: "NONE-1" is not among the \d+ conversions from .*\./,
				) as string,
			});
		}
	});

	it('puts out nothing at all when the only conversion is not found', async () => {
		const run = await cake.get(nothing, { items: [{ order: 'NONE' }] });
		expect([run.status, run.items]).toEqual(['success', []]);
		expect(run.hints.at(-1)?.message).toMatch(
			/^No conversion with this 'Order ID' was found\. "NONE" is not among/,
		);
	});

	it('adds no hint when every conversion is found', async () => {
		const run = await cake.get(
			{ ...byId, options: { whenNotFound: 'nothing' } },
			{ items: [toItem(add())] },
		);
		expect([run.items.length, run.hints]).toEqual([1, []]);
	});

	it.each<[unknown, string]>([
		['ignore', "'When Not Found' is not a choice this node knows"],
		['={{ $json.none }}', "'When Not Found' came out empty"],
	])('refuses the choice %j', async (whenNotFound, message) => {
		const run = await cake.get(
			{ ...byOrder, options: { whenNotFound } as INodeParameters },
			{ items: [toItem(add())] },
		);
		expect(run.error?.message).toBe(message);
		expect(cake.requests).toBe(0);
	});

	it('takes a list that could not be read for a failure, not for nothing found', async () => {
		cake.sandbox.failNext('serverError');
		const run = await cake.get(nothing, { items: [{ order: 'NONE' }], ...branch });
		expect(summarize(run)).toEqual({ conversions: [], failures: ['unavailable'] });
		expect(getDetails(run.errorItems[0]).reason).toMatch(
			/^The conversions from [^.]* could not be read completely\. HTTP 500\./,
		);
	});
});

describe('Get Conversion as a tool of an AI agent', () => {
	const type = 'n8n-nodes-cake.cakeConversionsTool';
	const call = async (given: IDataObject, options: INodeParameters = {}) =>
		await cake.get(
			{ findBy: 'orderId', orderId: "={{ $fromAI('order_id') }}", filters: {}, options },
			{ type, items: [given], credential: { ...cake.credential, readOnly: true } },
		);

	it('gives an agent the conversion', async () => {
		const row = add({ orderId: '98765' });
		const run = await call({ order_id: 98765 });
		expect(run.items[0].json).toEqual(toListRow(row));
		expect(run.items.slice(1).map(({ json }) => Object.keys(json))).toEqual([['hint']]);
	});

	it('tells an agent that no conversion was found', async () => {
		const run = await call({ order_id: 'NONE' });
		expect(run.status).toBe('success');
		expect(run.items[0].json.error).toBe("No conversion with this 'Order ID' was found");
		expect(getDetails(run.items[0]).reason).toContain('"NONE" is not among the');
	});

	it('tells an agent that nothing was found where the node puts out nothing', async () => {
		const run = await call({ order_id: 'NONE' }, { whenNotFound: 'nothing' });
		expect(run.items).toEqual([
			{
				json: {
					hint: expect.stringMatching(
						/No conversion with this 'Order ID' was found\. "NONE" is not among the \d+/,
					) as string,
				},
				pairedItem: { item: 0 },
			},
		]);
	});
});

describe('an incomplete list', () => {
	const cut = useCake({ rows: 20, days: 5 });

	beforeAll(() => {
		cut.sandbox.replyNext(
			'query',
			({ proceed }) => ({ body: { ...proceed(), total_rows: 5000 } }),
			{ times: Infinity },
		);
	});

	it.each([
		['stop', byId],
		['nothing', byId],
		['nothing', byOrder],
	])('is a failure, not a list without the ID: When Not Found is %s', async (choice, by) => {
		const known = toItem(cut.account.addConversion({ orderId: 'CUT' }));
		const run = await cut.get(
			{ ...by, options: { whenNotFound: choice } },
			{ items: [known, { id: 9, order: 'NONE' }], ...branch },
		);
		expect(summarize(run)).toEqual({ conversions: [], failures: ['unavailable', 'unavailable'] });
		const [item] = run.errorItems;
		expect(item.json.error).toBe("CAKE's list could not be read completely");
		expect(getDetails(item).reason).toMatch(
			/^\d+ of 5000 conversions were read from [^.]*\. Try again, or read fewer/,
		);
	});
});
