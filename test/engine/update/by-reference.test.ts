import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { supports } from '../../../harness/engine/n8n.mts';
import type { Conversion, ReplyMaker, Status } from '../../../sandbox/server.mts';
import { DETAILS, useCake } from '../../support/cake.mts';
import { getDetails, toListRow } from '../../support/sales.mts';
import { chooseCount } from '../../support/scale.mts';
import { DAY_MS } from '../../../sandbox/account/calendar.mts';

const cake = useCake({ rows: 300, days: 20 });

const byOrder = { findBy: 'orderId', orderId: '={{ $json.order }}', status: 'rejected' };
const byClick = { findBy: 'clickId', clickId: '={{ $json.click }}', status: 'rejected' };
const branch = { onError: 'continueErrorOutput' as const };

let orders = 0;
const add = (given: Partial<Conversion> = {}) =>
	cake.account.addConversion({ orderId: `REF-${++orders}`, status: 'approved', ...given });
const getStatus = ({ conversionId }: Conversion) =>
	cake.account.conversions.get(conversionId)?.status;
const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
const refuse = async (parameters: INodeParameters, items: IDataObject[] = [{ order: 'X' }]) => {
	const run = await cake.update({ ...byOrder, ...parameters }, { items });
	expect(cake.requests).toBe(0);
	return run.error;
};

describe('Update Conversion by order ID', () => {
	it('changes the one conversion of an order, and gives its row with the status before', async () => {
		const row = add();
		const run = await cake.update(
			{ ...byOrder, orderId: row.orderId ?? '', note: 'Order refunded' },
			{ items: [{}] },
		);
		expect(run.items).toEqual([
			{
				json: {
					...toListRow(row),
					conversion_status: 'rejected',
					previous_status: 'approved',
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(cake.sent('update')).toEqual([
			{ conversion_id: row.conversionId, status: 'rejected', note: 'Order refunded' },
		]);
		expect(cake.sent('query')[0]).toEqual({
			start_date: day(-30),
			end_date: day(2),
			start_at_row: '1',
			row_limit: '500',
		});
	});

	it('searches as many days back as Search Days says, and no further', async () => {
		const old = add({ at: Date.now() - 50 * DAY_MS });
		const items = [{ order: old.orderId }];
		const short = await cake.update(byOrder, { items });
		expect(short.error?.message).toBe("No conversion with this 'Order ID' was found");
		const options = { searchDays: 60 };
		const long = await cake.update({ ...byOrder, options }, { items });
		expect(long.items[0].json.previous_status).toBe('approved');
		expect(cake.sent('query').at(-1)).toMatchObject({ start_date: day(-60) });
	});

	it('ignores space around an order ID, and reads a number as text', async () => {
		const rows = [add({ orderId: 'SO-Äb-1' }), add({ orderId: '98765' })];
		const items = [{ order: '  SO-Äb-1\n' }, { order: 98765 }];
		const run = await cake.update(byOrder, { items });
		expect(run.items.map(({ json }) => json.conversion_id)).toEqual(
			rows.map(({ conversionId }) => conversionId),
		);
	});

	it.each([0, -1, 2.5, 3651, 1e9, 'a month', '2024-01-01', true])(
		'refuses Search Days of %p',
		async (searchDays) => {
			const error = await refuse({ options: { searchDays } });
			expect(error?.message).toBe("'Search Days' is not a whole number, 1 to 3650");
		},
	);

	it.each(['', '={{ $json.none }}', '={{ null }}'])(
		'refuses a filter that comes out empty (%p)',
		async (offerId) => {
			const error = await refuse({ filters: { offerId } });
			expect(error?.message).toBe("'Offer' came out empty");
		},
	);

	it('refuses an empty order ID, an inexact number, and an unknown Find By', async () => {
		expect((await refuse({}, [{ order: ' ' }]))?.message).toBe("'Order ID' is empty");
		expect((await refuse({}, [{ order: 2 ** 53 }]))?.message).toBe(
			"'Order ID' is a number too long to be exact",
		);
		expect((await refuse({ findBy: 'email' }))?.message).toBe(
			"'Find By' is not a way this node knows",
		);
	});

	it('reads CAKE’s list once for each set of filters and days', async () => {
		const rows = [12001, 12002, 12001, 12002, 12001].map((offerId) => add({ offerId }));
		const items = rows.map(({ orderId, offerId }) => ({ order: orderId, offer: offerId }));
		const filters = { offerId: '={{ $json.offer }}' };
		const run = await cake.update({ ...byOrder, filters }, { items });
		expect(run.items.map(({ json }) => json.order_id)).toEqual(rows.map((row) => row.orderId));
		expect(
			cake
				.sent('query')
				.map((sent) => sent.offer_id)
				.sort(),
		).toEqual(['12001', '12002']);
		expect([run.hints, cake.sandbox.counters.updated]).toEqual([[], 5]);
	});

	it('ignores the status filter of a query in an update by order ID', async () => {
		const row = add();
		const filters = { conversionStatus: 'pending', offerId: row.offerId };
		await cake.update({ ...byOrder, filters }, { items: [{ order: row.orderId }] });
		expect(cake.sent('query')[0]).not.toHaveProperty('conversion_status');
		expect(getStatus(row)).toBe('rejected');
	});

	it('hints that order numbers may collide for an update by order ID, not by click ID', async () => {
		const settings = { items: [{ order: add().orderId }] };
		const run = await cake.update(byOrder, settings);
		expect(run.hints).toMatchObject([{ type: 'info', location: 'outputPane' }]);
		expect(run.hints[0].message).toContain("Add a filter such as 'Advertiser'");
		const clicked = await cake.update(byClick, { items: [{ click: add().clickId }] });
		expect(clicked.hints).toEqual([]);
	});
});

describe('Update Conversion by click ID', () => {
	it('changes the one conversion of a click', async () => {
		const row = add();
		const run = await cake.update(byClick, { items: [{ click: ` ${row.clickId}\n` }] });
		expect(run.items[0].json).toMatchObject({
			conversion_id: row.conversionId,
			previous_status: 'approved',
		});
		expect(getStatus(row)).toBe('rejected');
	});

	it('changes no conversion of a click with several, until a filter leaves one of them', async () => {
		const first = add({ offerId: 12003 });
		const second = add({ clickId: first.clickId, offerId: 12004, status: 'pending' });
		const items = [{ click: first.clickId }];
		const run = await cake.update(byClick, { items });
		expect(run.error?.message).toBe("Several conversions have this 'Click ID'");
		for (const row of [first, second]) {
			expect(run.error?.description).toContain(
				`offer ${row.offerId}, affiliate ${row.affiliateId}, payout ${row.payout}, ${row.status})`,
			);
		}
		expect(run.error?.description).toContain('Add a filter that only one of them passes');
		expect(cake.sent('update')).toEqual([]);
		await cake.update({ ...byClick, filters: { offerId: 12004 } }, { items });
		expect([getStatus(first), getStatus(second)]).toEqual(['approved', 'rejected']);
	});

	it('advises no filter when no filter separates the conversions of a click', async () => {
		const first = add({ offerId: 12003 });
		add({ clickId: first.clickId, offerId: 12003, affiliateId: first.affiliateId });
		const run = await cake.update(byClick, { items: [{ click: first.clickId }] });
		expect(run.error?.description).toMatch(
			/ None of them was changed\. No filter tells them apart: choose one, and update it by 'Conversion ID'\.$/,
		);
	});
});

describe('several items for one conversion', () => {
	const statuses = async (wanted: Status[], settings: INodeParameters = {}) => {
		const row = add({ status: 'pending' });
		const items = wanted.map((status) => ({ order: row.orderId, status }));
		const parameters = { ...byOrder, status: '={{ $json.status }}', ...settings };
		const run = await cake.update(parameters, { items });
		const changes = run.items.map(({ json }) => [json.previous_status, json.conversion_status]);
		return { changes, sent: cake.sent('update').map(({ status }) => status), row };
	};

	it('sends all items of one conversion in order, each with the status that the list had', async () => {
		const { changes, sent, row } = await statuses(['approved', 'rejected', 'rejected', 'approved']);
		expect(changes).toEqual([
			['pending', 'approved'],
			['pending', 'rejected'],
			['pending', 'rejected'],
			['pending', 'approved'],
		]);
		expect(sent).toEqual(['approved', 'rejected', 'rejected', 'approved']);
		expect(getStatus(row)).toBe('approved');
		expect(cake.sandbox.counters.byEndpoint.query).toBe(1);
	});

	it.each([
		['with a note', { note: 'Seen by hand' }, ['Seen by hand', 'Seen by hand']],
		['without a note', {}, []],
	])('sends a status that the list has already, %s', async (_name, settings, notes) => {
		const { sent, row } = await statuses(['pending', 'pending'], settings);
		expect(sent).toEqual(['pending', 'pending']);
		expect(row.notes).toEqual(notes);
	});

	it('sends the items of one conversion in order though their filters and days differ', async () => {
		const row = add({ status: 'pending' });
		const items = [
			{ to: 'approved', days: 10 },
			{ to: 'rejected', days: 20 },
			{ to: 'rejected', days: 10 },
		].map((item) => ({ ...item, order: row.orderId }));
		const options = { searchDays: '={{ $json.days }}' };
		const parameters = { ...byOrder, status: '={{ $json.to }}', options };
		const run = await cake.update(parameters, { items });
		expect(run.items.map(({ json }) => json.previous_status)).toEqual(Array(3).fill('pending'));
		expect(cake.sent('update').map(({ status }) => status)).toEqual(items.map(({ to }) => to));
		expect(cake.sandbox.counters.byEndpoint.query).toBe(2);
	});

	it('shows the status that the list had, also after a change that got no answer', async () => {
		const row = add({ status: 'pending' });
		const items = ['rejected', 'pending'].map((status) => ({ order: row.orderId, status }));
		cake.sandbox.failNext('resetAfter', { endpoint: 'update' });
		const parameters = { ...byOrder, status: '={{ $json.status }}' };
		const run = await cake.update(parameters, { items, ...branch });
		expect(run.passedOn).toEqual({ items: 1, errorItems: 1 });
		expect(run.items[0].json).toMatchObject({
			conversion_status: 'pending',
			previous_status: 'pending',
		});
		expect([cake.sent('update').length, getStatus(row)]).toEqual([2, 'pending']);
	});
});

describe('a reference that is not found, or found twice', () => {
	it('stops at an order ID that is not found, and names the days and filters it searched', async () => {
		const rows = [add(), add()];
		const items = [rows[0].orderId, 'SO-NONE', rows[1].orderId].map((order) => ({ order }));
		const run = await cake.update({ ...byOrder, filters: { affiliateId: 999 } }, { items });
		expect(run.error?.message).toBe("No conversion with this 'Order ID' was found");
		const all = await cake.update(byOrder, { items });
		const count = cake.account.conversions.size;
		expect(all.error).toMatchObject({
			name: 'NodeApiError',
			message: "No conversion with this 'Order ID' was found",
			context: { itemIndex: 1 },
		});
		expect(all.error?.description).toMatch(
			new RegExp(
				`^"SO-NONE" is not among the \\d+ conversions from ${day(-30)} to ${day(2)}\\. Check .*'Search Days'.* Of 3 items: 0 stored, 1 failed \\(1\\), 2 not sent \\(0, 2\\)\\.`,
			),
		);
		expect(run.error?.description).toContain(`to ${day(2)}, Affiliate 999.`);
		expect([cake.sent('update'), cake.account.conversions.size]).toEqual([[], count]);
	});

	it('fails only items whose order ID is missing or ambiguous when On Error continues', async () => {
		const [good, twice] = [add(), add()];
		const twin = add({ orderId: ` ${twice.orderId} ` });
		const items = [good.orderId, 'SO-NONE', twice.orderId].map((order) => ({ order }));
		const run = await cake.update(byOrder, { items, ...branch });
		expect(run.passedOn).toEqual({ items: 1, errorItems: 2 });
		expect(run.errorItems.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }, { item: 2 }]);
		expect(run.errorItems.map((item) => getDetails(item).kind)).toEqual(['notFound', 'ambiguous']);
		const { conversion_ids: ids } = getDetails(run.errorItems[1]);
		expect([...(ids as number[])].sort()).toEqual([twice.conversionId, twin.conversionId].sort());
		expect(run.errorItems[1].json.error).toBe("Several conversions have this 'Order ID'");
		expect(cake.sent('update')).toHaveLength(1);
	});

	it('names twenty of thirty conversions that share an order ID', async () => {
		for (let i = 0; i < 30; i++) add({ orderId: 'CASH' });
		const run = await cake.update(byOrder, { items: [{ order: 'CASH' }], ...branch });
		const { conversion_ids: ids, reason } = getDetails(run.errorItems[0]);
		expect(ids).toHaveLength(20);
		expect(reason).toContain(', and 10 more');
	});

	it('tells an AI agent that an order ID is not found', async () => {
		const run = await cake.update(byOrder, {
			items: [{ order: 'SO-NONE' }],
			type: 'n8n-nodes-cake.cakeConversionsTool',
		});
		expect(run.items[0].json[DETAILS]).toMatchObject({ kind: 'notFound' });
	});
});

describe('rows of an unusual form', () => {
	const row = (more: IDataObject) => ({ offer_id: 1, conversion_status: 'approved', ...more });

	it('matches rows whose order ID is a number, and no row that lacks an order ID', async () => {
		cake.sandbox.replyNext('query', () => ({
			body: {
				request_status: 'Success',
				total_rows: '6',
				conversions: [
					row({ conversion_id: 1, order_id: 4711 }),
					row({ conversion_id: '2', order_id: null, click_id: 'c2' }),
					row({ conversion_id: 3 }),
					row({ conversion_id: 4, order_id: '' }),
					row({ conversion_id: 5, order_id: { id: 4711 } }),
					row({ conversion_id: '6', order_id: 'O-6', conversion_status: 'Rejected', more: [1] }),
				],
			},
		}));
		const reject: ReplyMaker = ({ parameters }) => ({
			body: {
				request_status: 'Success',
				conversion: { ...parameters, conversion_status: 'rejected', api_key: undefined },
			},
		});
		cake.sandbox.replyNext('update', reject, { times: 2 });
		const items = ['4711', 'O-6', 'null', 'undefined', ' [object Object]'].map((order) => ({
			order,
		}));
		const run = await cake.update(byOrder, { items, ...branch });
		expect(run.items.map(({ json }) => json)).toEqual([
			row({
				conversion_id: 1,
				order_id: 4711,
				conversion_status: 'rejected',
				previous_status: 'approved',
			}),
			row({
				conversion_id: '6',
				order_id: 'O-6',
				conversion_status: 'rejected',
				previous_status: 'Rejected',
				more: [1],
			}),
		]);
		expect(cake.sent('update')).toEqual(
			[1, 6].map((id) => ({ conversion_id: id, status: 'rejected' })),
		);
		expect(run.errorItems).toHaveLength(3);
	});

	it('matches no row whose order ID is a number too long to be exact', async () => {
		const body =
			'{"request_status":"Success","total_rows":1,"conversions":[{"conversion_id":1,"order_id":9007199254740993}]}';
		for (const order of ['9007199254740992', '9007199254740993']) {
			cake.sandbox.replyNext('query', () => ({ body }));
			const run = await cake.update(byOrder, { items: [{ order }] });
			expect(run.error?.message).toContain('No conversion');
		}
	});
});

describe('a search by order ID that fails', () => {
	const items = () => [add(), add(), add()].map(({ orderId }) => ({ order: orderId }));

	it('fails all items after one HTTP 401, even when On Error continues', async () => {
		cake.sandbox.replyNext('query', () => ({ status: 401, body: '' }));
		const run = await cake.update(byOrder, { items: items(), ...branch });
		expect(run.errorItems.map((item) => getDetails(item).kind)).toEqual(
			Array(3).fill('unauthorized'),
		);
		expect(cake.requests).toBe(1);
	});

	it('changes nothing after HTTP 401, though another list had been read', async () => {
		const rows = [add({ offerId: 12007 }), add({ offerId: 12008 })];
		cake.sandbox.replyNext('query', ({ proceed }) => ({ body: proceed() }));
		cake.sandbox.replyNext('query', () => ({ status: 401, body: '' }));
		const run = await cake.update(
			{ ...byOrder, filters: { offerId: '={{ $json.offer }}' }, options: { maxConcurrent: 1 } },
			{ items: rows.map((row) => ({ order: row.orderId, offer: row.offerId })), ...branch },
		);
		expect(run.passedOn).toEqual({ items: 0, errorItems: 2 });
		expect(cake.sent('update')).toEqual([]);
	});

	it('retries the list after HTTP 500, and then says that nothing was changed', async () => {
		cake.sandbox.failNext('serverError', { times: 2 });
		const options = { retries: 1 };
		const run = await cake.update({ ...byOrder, options }, { items: items() });
		expect(run.error?.message).toBe('CAKE is not answering properly');
		expect(run.error?.description).toMatch(
			/^The conversions from .* could not be read completely, so nothing was changed\. HTTP 500\./,
		);
		expect(cake.requests).toBe(2);
		const later = await cake.update({ ...byOrder, options }, { items: items() });
		expect(later.items).toHaveLength(3);
	});

	it('fails only items whose filters have an unreadable list when On Error continues', async () => {
		const rows = [add({ offerId: 12005 }), add({ offerId: 12006 })];
		cake.sandbox.replyNext('query', ({ parameters, proceed }) =>
			parameters.offer_id === '12005' ? { status: 500, body: '' } : { body: proceed() },
		);
		const run = await cake.update(
			{ ...byOrder, filters: { offerId: '={{ $json.offer }}' }, options: { maxConcurrent: 1 } },
			{ items: rows.map((row) => ({ order: row.orderId, offer: row.offerId })), ...branch },
		);
		expect(run.passedOn).toEqual({ items: 1, errorItems: 1 });
		expect(getDetails(run.errorItems[0]).kind).toBe('unavailable');
	});

	it('refuses to update from an incomplete list, though the conversion is on it', async () => {
		const row = add();
		cake.sandbox.replyNext(
			'query',
			({ proceed }) => ({ body: { ...proceed(), total_rows: 5000 } }),
			{ times: 40 },
		);
		const run = await cake.update(byOrder, { items: [{ order: row.orderId }, { order: 'NONE' }] });
		expect(run.error?.message).toBe("CAKE's list could not be read completely");
		expect(run.error?.description).toMatch(
			/^\d+ of 5000 conversions were read from .* Nothing was changed\./,
		);
		expect(cake.sent('update')).toEqual([]);
	});

	it('sends no change after the execution is stopped by hand', async () => {
		let stop = () => {};
		cake.sandbox.onQuery(() => stop());
		const settings = {
			items: items(),
			onStart: ({ cancel }: { cancel(): void }) => void (stop = cancel),
		};
		const run = await cake.update(byOrder, settings);
		stop = () => {};
		expect(run.status).toBe('canceled');
		expect(cake.sent().map((sent) => 'status' in sent)).toEqual([false]);
	});

	it('refuses an update by order ID with a read-only credential before any request', async () => {
		const credential = { ...cake.credential, readOnly: true };
		const run = await cake.update(byOrder, { items: items(), credential });
		expect(run.error).toMatchObject({
			message: 'This CAKE credential is read-only',
			...(supports('failure') && { failure: { cause: 'configuration-invalid' } }),
		});
		expect(run.error?.description).toContain("turn 'Read Only' off in the credential");
		expect(cake.requests).toBe(0);
	});
});

describe('many refunds in a busy account', () => {
	const ROWS = chooseCount(5_000, 50_000);
	const REFUNDS = ROWS / 50;
	const busy = useCake({ rows: ROWS, days: 29 });

	it('rejects a fiftieth of all conversions with one read of each page and one change each', async () => {
		const counts = new Map<string, number>();
		const rows = [...busy.account.conversions.values()].filter(({ orderId }) => orderId);
		const fold = ({ orderId = '' }: Conversion) => orderId.trim().toLowerCase();
		for (const row of rows) counts.set(fold(row), (counts.get(fold(row)) ?? 0) + 1);
		const refunded = rows
			.filter((row) => row.status !== 'rejected' && counts.get(fold(row)) === 1)
			.filter((_, index) => index % 20 === 0)
			.slice(0, REFUNDS);
		expect(refunded).toHaveLength(REFUNDS);
		const run = await busy.update(byOrder, {
			items: refunded.map(({ orderId }) => ({ order: orderId })),
		});
		expect(run.items.map(({ json }) => json.conversion_id)).toEqual(
			refunded.map(({ conversionId }) => conversionId),
		);
		const { byEndpoint, updated } = busy.sandbox.counters;
		expect(byEndpoint.query).toBeLessThanOrEqual(ROWS / 500 + 1);
		expect([byEndpoint.update, updated]).toEqual([REFUNDS, REFUNDS]);
		expect(refunded.every(({ status }) => status === 'rejected')).toBe(true);
	}, 60_000);
});
