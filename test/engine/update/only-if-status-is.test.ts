import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Conversion, ReplyMaker, Status } from '../../../sandbox/server.mts';
import { useCake } from '../../support/cake.mts';
import { summarize } from '../../support/outcomes.mts';
import { getDetails } from '../../support/sales.mts';

const cake = useCake({ rows: 20, days: 5 });
const branch = { onError: 'continueErrorOutput' } as const;

let orders = 0;
const add = (status: Status, more: Partial<Conversion> = {}) =>
	cake.account.addConversion({ orderId: `ONLY-${++orders}`, status, ...more });

/** Builds parameters that reject an item's conversion only if it has one of these statuses. */
const rejectIf = (onlyIfStatusIs: unknown, more: INodeParameters = {}): INodeParameters => ({
	findBy: 'orderId',
	orderId: '={{ $json.order }}',
	status: 'rejected',
	...more,
	options: {
		onlyIfStatusIs: onlyIfStatusIs as string[],
		...(more.options as INodeParameters | undefined),
	},
});

const toItems = (...rows: Conversion[]) =>
	rows.map(({ orderId, conversionId }) => ({ order: orderId, id: conversionId }));

describe('Only If Status Is', () => {
	it('changes only conversions with a status of Only If Status Is, and gives the others as they are', async () => {
		const rows = [add('approved'), add('pending'), add('rejected')];
		const run = await cake.update(rejectIf(['approved', 'pending']), { items: toItems(...rows) });
		expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2].map((item) => ({ item })),
		);
		expect(run.items.map(({ json }) => json)).toMatchObject([
			{ order_id: rows[0].orderId, conversion_status: 'rejected', previous_status: 'approved' },
			{ order_id: rows[1].orderId, conversion_status: 'rejected', previous_status: 'pending' },
			{
				order_id: rows[2].orderId,
				conversion_id: rows[2].conversionId,
				payout: rows[2].payout,
				conversion_status: 'rejected',
				skipped: true,
				reason: 'Its status is rejected, not approved or pending.',
			},
		]);
		expect(run.items.map(({ json }) => 'skipped' in json)).toEqual([false, false, true]);
		expect(run.items[2].json).not.toHaveProperty('previous_status');
		expect(cake.sent('update').map(({ conversion_id: id }) => id)).toEqual(
			rows.slice(0, 2).map(({ conversionId }) => conversionId),
		);
	});

	it('reads CAKE’s list once for all items that name their conversion by its ID', async () => {
		const rows = [add('approved'), add('pending'), add('approved')];
		const byId = { findBy: 'conversionId', conversionId: '={{ $json.id }}' };
		const run = await cake.update(rejectIf(['approved'], byId), { items: toItems(...rows) });
		expect(run.items.map(({ json }) => [json.conversion_id, json.skipped ?? false])).toEqual(
			rows.map(({ conversionId }, index) => [conversionId, index === 1]),
		);
		expect(rows.map(({ status }) => status)).toEqual(['rejected', 'pending', 'rejected']);
		expect(cake.sandbox.counters.byEndpoint).toMatchObject({ query: 1, update: 2 });
	});

	it('fails an item whose Conversion ID is not within Search Days, and sends nothing for it', async () => {
		const old = add('approved', { at: Date.now() - 40 * 86_400_000 });
		const byId = { findBy: 'conversionId', conversionId: old.conversionId };
		const run = await cake.update(rejectIf(['approved'], byId), branch);
		expect(summarize(run)).toEqual({ conversions: [], failures: ['notFound'] });
		expect(run.errorItems[0].json.error).toBe("No conversion with this 'Conversion ID' was found");
		expect(cake.sent('update')).toEqual([]);
		const further = await cake.update(
			rejectIf(['approved'], { ...byId, options: { searchDays: 60 } }),
		);
		expect([further.items[0].json.previous_status, old.status]).toEqual(['approved', 'rejected']);
	});

	it('compares each item with the status that earlier items gave its conversion', async () => {
		const row = add('approved');
		const items = ['pending', 'rejected', 'approved'].map((to) => ({ order: row.orderId, to }));
		const parameters = rejectIf(['approved', 'rejected'], { status: '={{ $json.to }}' });
		const run = await cake.update(parameters, { items });
		expect(run.items.map(({ json }) => json.reason)).toEqual([
			undefined,
			'Its status is pending, not approved or rejected.',
			'Its status is pending, not approved or rejected.',
		]);
		expect([cake.sent('update').length, row.status]).toEqual([1, 'pending']);
	});

	it('skips a conversion whose last change got no answer', async () => {
		const row = add('approved');
		cake.sandbox.failNext('resetAfter', { endpoint: 'update' });
		const run = await cake.update(rejectIf(['approved', 'rejected']), {
			items: toItems(row, row),
			...branch,
		});
		expect(run.passedOn).toEqual({ items: 1, errorItems: 1 });
		expect(run.items[0].json).toMatchObject({
			conversion_id: row.conversionId,
			skipped: true,
			reason:
				'Its status is not known, so the node cannot tell whether it is approved or rejected.',
		});
		expect(cake.sent('update')).toHaveLength(1);
	});

	it('shows in a dry run which items would be skipped, and sends no change', async () => {
		const rows = [add('approved'), add('pending')];
		const [first, second] = rows;
		const run = await cake.update(rejectIf(['approved'], { options: { dryRun: true } }), {
			items: toItems(first, second, first),
		});
		expect(run.items.map(({ json }) => [json.dry_run, json.skipped, json.reason])).toEqual([
			[true, undefined, undefined],
			[true, true, 'Its status is pending, not approved.'],
			[true, true, 'Its status is rejected, not approved.'],
		]);
		expect(run.items.map(({ json }) => 'parameters' in json)).toEqual([true, false, false]);
		expect([cake.sent('update'), first.status]).toEqual([[], 'approved']);
	});

	it.each<unknown>(['approved,pending', ' Pending , APPROVED ', ['approved', 'pending']])(
		'reads the statuses of Only If Status Is from an expression that gives %j',
		async (wanted) => {
			const items = toItems(add('pending'), add('rejected'));
			const run = await cake.update(rejectIf('={{ $json.wanted }}'), {
				items: items.map((item) => ({ ...item, wanted }) as IDataObject),
			});
			expect(run.items.map(({ json }) => json.skipped ?? false)).toEqual([false, true]);
		},
	);

	it('takes a status of CAKE’s own from an expression', async () => {
		const rows = [add('approved'), add('pending')];
		cake.sandbox.replyNext('query', ({ proceed }) => ({
			body: JSON.stringify(proceed()).replace(
				new RegExp(
					`("conversion_id":${rows[0].conversionId},[^}]*?"conversion_status":)"approved"`,
				),
				'$1"Scrubbed"',
			),
		}));
		const items = toItems(...rows).map((item) => ({ ...item, previous_status: 'scrubbed' }));
		const run = await cake.update(rejectIf('={{ [$json.previous_status] }}'), { items });
		expect(run.items.map(({ json }) => [json.previous_status, json.reason])).toEqual([
			['Scrubbed', undefined],
			[undefined, 'Its status is pending, not scrubbed.'],
		]);
		expect(rows.map(({ status }) => status)).toEqual(['rejected', 'pending']);
	});

	it.each<[unknown, RegExp]>([
		[[], /^'Only If Status Is' is empty/],
		['', /^'Only If Status Is' came out empty/],
		['={{ null }}', /^'Only If Status Is' came out empty/],
		['={{ [] }}', /^'Only If Status Is' is empty/],
		['={{ $json.missing }}', /^'Only If Status Is' came out empty/],
		['={{ [undefined] }}', /^'Only If Status Is' is not a status CAKE knows/],
		['={{ "undefined" }}', /^'Only If Status Is' is not a status CAKE knows/],
		['={{ [5] }}', /^'Only If Status Is' is not a status CAKE knows/],
		['={{ "approved," }}', /^'Only If Status Is' is not a status CAKE knows/],
		[['approved', 'paid'], /^'Only If Status Is' is not a status CAKE knows/],
	])('refuses %j as Only If Status Is, met by all or by none', async (given, message) => {
		const row = add('approved');
		const run = await cake.update(rejectIf(given), { items: toItems(row) });
		expect(run.error?.message).toMatch(message);
		expect([cake.requests, row.status]).toEqual([0, 'approved']);
	});

	it('compares with the status from before a change that CAKE refused', async () => {
		const row = add('approved');
		cake.sandbox.replyNext('update', () => ({ body: { request_status: 'Error', message: 'No' } }));
		const run = await cake.update(rejectIf(['approved']), { items: toItems(row, row), ...branch });
		expect(run.passedOn).toEqual({ items: 1, errorItems: 1 });
		expect(run.items[0].json).toMatchObject({ conversion_status: 'rejected' });
		expect(run.items[0].json).not.toHaveProperty('skipped');
	});

	it('counts skipped and stored items separately in the error of a run that stops', async () => {
		const [left, changed, refused] = [add('pending'), add('approved'), add('approved')];
		const pass: ReplyMaker = ({ proceed }) => ({ body: proceed() });
		cake.sandbox.replyNext('update', pass);
		cake.sandbox.replyNext('update', () => ({ body: { request_status: 'Error', message: 'No' } }));
		const run = await cake.update(rejectIf(['approved'], { options: { maxConcurrent: 1 } }), {
			items: toItems(left, changed, refused),
		});
		expect(run.error).toMatchObject({ context: { itemIndex: 2 } });
		expect((run.error as { description?: string }).description).toContain(
			'Of 3 items: 1 stored (1), 1 failed (2), 1 skipped (0).',
		);
	});

	it('fails an item that is not found beside a skipped one', async () => {
		const row = add('pending');
		const items = [...toItems(row), { order: 'ONLY-NONE' }];
		const run = await cake.update(rejectIf(['approved']), { items, ...branch });
		expect(run.items.map(({ json }) => json.skipped)).toEqual([true]);
		expect(run.errorItems.map((item) => getDetails(item).kind)).toEqual(['notFound']);
	});

	it('skips a conversion whose status the form does not offer, and names that status', async () => {
		const row = add('approved');
		cake.sandbox.replyNext('query', ({ proceed }) => ({
			body: JSON.stringify(proceed()).replace(
				new RegExp(`("conversion_id":${row.conversionId},[^}]*?"conversion_status":)"approved"`),
				'$1"Scrubbed"',
			),
		}));
		const run = await cake.update(rejectIf(['approved', 'pending', 'rejected']), {
			items: toItems(row),
		});
		expect(run.items[0].json).toMatchObject({
			conversion_status: 'Scrubbed',
			reason: 'Its status is Scrubbed, not approved or pending or rejected.',
		});
		expect(cake.sent('update')).toEqual([]);
	});
});
