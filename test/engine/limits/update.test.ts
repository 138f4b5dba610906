import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Conversion, ReplyMaker, Status } from '../../../sandbox/server.mts';
import { listWarnings, summarize } from '../../support/outcomes.mts';
import { useCake } from '../../support/cake.mts';
import { getDetails } from '../../support/sales.mts';

const cake = useCake({ rows: 20, days: 5 });
const branch = { onError: 'continueErrorOutput' } as const;

let orders = 0;
const add = (status: Status, payout: number, more: Partial<Conversion> = {}) =>
	cake.account.addConversion({ orderId: `SUM-${++orders}`, status, payout, revenue: 50, ...more });

const VALUES = {
	orderId: '={{ $json.order }}',
	clickId: '={{ $json.click }}',
	conversionId: '={{ $json.id }}',
};
type FindBy = keyof typeof VALUES;

const toItems = (rows: Conversion[], to: Status = 'approved'): IDataObject[] =>
	rows.map(({ orderId, clickId, conversionId }) => ({
		...{ order: orderId, click: clickId, id: conversionId, to },
	}));

const update = async (
	items: IDataObject[],
	options: IDataObject,
	findBy: FindBy = 'orderId',
	settings: Parameters<typeof cake.run>[2] = {},
) => {
	const parameters: INodeParameters = {
		findBy,
		[findBy]: VALUES[findBy],
		status: '={{ $json.to }}',
		options: options as INodeParameters,
	};
	return await cake.update(parameters, { items, ...settings });
};

const sentUpdates = () => cake.sent('update').length;
const describeError = (error: unknown) => (error as { description?: string }).description ?? '';

describe('limits of Update', () => {
	it.each(['orderId', 'clickId'] as const)(
		'changes nothing when approvals found by %s pay more than Stop If Payout Above',
		async (findBy) => {
			const rows = [add('pending', 10.1), add('rejected', 20.2)];
			const run = await update(toItems(rows), { maxPayout: 30.29 }, findBy);
			expect(run.error?.message).toBe('Payout of 2 items is 30.3, above the limit of 30.29');
			expect(describeError(run.error)).toContain(
				`The highest: Conversion ID ${rows[1].conversionId} (20.2), Conversion ID ${rows[0].conversionId} (10.1).`,
			);
			expect([sentUpdates(), rows.map(({ status }) => status)]).toEqual([
				0,
				['pending', 'rejected'],
			]);
			const fits = await update(toItems(rows), { maxPayout: 30.3 }, findBy);
			expect([fits.items.length, sentUpdates()]).toEqual([2, 2]);
		},
	);

	it('refuses an approval by Conversion ID alone, whose payout nobody has read', async () => {
		const rows = [add('pending', 1), add('pending', 1)];
		const run = await update(toItems(rows), { maxPayout: 100 }, 'conversionId');
		expect(run.error?.message).toBe('Payout of 2 items is not known');
		expect(describeError(run.error)).toContain(
			"An update takes 'Payout' from CAKE’s list: choose 'Order ID' or 'Click ID' under 'Find By', or add 'Only If Status Is' under Options. Or remove the limit.",
		);
		expect(cake.requests).toBe(0);
	});

	it('knows the payout by Conversion ID when Only If Status Is looks it up', async () => {
		const rows = [add('pending', 10), add('pending', 20)];
		const onlyIfStatusIs = ['pending'];
		const byId = async (maxPayout: number) =>
			await update(toItems(rows), { maxPayout, onlyIfStatusIs }, 'conversionId');
		const stopped = await byId(29);
		expect(stopped.error?.message).toBe('Payout of 2 items is 30, above the limit of 29');
		expect(sentUpdates()).toBe(0);
		await byId(30);
		expect(rows.map(({ status }) => status)).toEqual(['approved', 'approved']);
	});

	it.each(['rejected', 'pending'] as const)(
		'counts no payout for a change to %s, which pays nobody, by any ID',
		async (to) => {
			for (const findBy of ['orderId', 'clickId', 'conversionId'] as const) {
				const row = add('approved', 500, { revenue: 1 });
				const options = { maxPayout: 0, refusePayoutAboveRevenue: true };
				const run = await update(toItems([row], to), options, findBy);
				expect([run.error, row.status]).toEqual([undefined, to]);
			}
		},
	);

	it.each(['orderId', 'clickId', 'conversionId'] as const)(
		'changes nothing when there are more items than Stop If More Than, by %s',
		async (findBy) => {
			const rows = [add('approved', 1), add('approved', 1)];
			const run = await update(toItems(rows, 'rejected'), { maxWrites: 1 }, findBy);
			expect(run.error?.message).toBe('2 items would be sent, above the limit of 1');
			expect([sentUpdates(), rows.map(({ status }) => status)]).toEqual([
				0,
				['approved', 'approved'],
			]);
		},
	);

	it('counts neither items that Only If Status Is skips nor items that are not found', async () => {
		const rows = [add('pending', 10), add('approved', 500), add('rejected', 500)];
		const items = [...toItems(rows), { order: 'SUM-NONE', to: 'approved' }];
		const options = { maxWrites: 1, maxPayout: 10, onlyIfStatusIs: ['pending'] };
		const run = await update(items, options, 'orderId', branch);
		expect(summarize(run).failures).toEqual(['notFound']);
		expect(run.items.map(({ json }) => json.skipped ?? false)).toEqual([false, true, true]);
		expect(sentUpdates()).toBe(1);
	});

	it('counts an approval that is skipped unless CAKE refuses the change before it', async () => {
		const row = add('pending', 500);
		const [reject] = toItems([row], 'rejected');
		const [approve] = toItems([row], 'approved');
		const options = { onlyIfStatusIs: ['pending'] };
		const refuse: ReplyMaker = () => ({ body: { request_status: 'Error', message: 'No' } });
		const items = [reject, approve];
		const stopped = await update(items, { ...options, maxPayout: 10 }, 'orderId', branch);
		expect(stopped.passedOn).toEqual({ items: 0, errorItems: 2 });
		// Without the limit, the approval would have gone out.
		cake.sandbox.replyNext('update', refuse);
		await update(items, options, 'orderId', branch);
		expect(row.status).toBe('approved');
	});

	it('counts an approval that only an earlier item makes possible', async () => {
		const row = add('approved', 500);
		const items = [
			{ ...toItems([row], 'pending')[0], from: 'approved' },
			{ ...toItems([row], 'approved')[0], from: 'pending' },
		];
		const options = { onlyIfStatusIs: '={{ $json.from }}' };
		const stopped = await update(items, { ...options, maxPayout: 10 });
		expect(stopped.error?.message).toBe('Payout of 1 item is 500, above the limit of 10');
		expect(sentUpdates()).toBe(0);
		await update(items, options);
		expect(sentUpdates()).toBe(2);
	});

	it('does not count an item that only a skipped one would make possible', async () => {
		const row = add('approved', 500);
		const items = [
			{ ...toItems([row], 'rejected')[0], from: 'pending' },
			{ ...toItems([row], 'approved')[0], from: 'rejected' },
		];
		const run = await update(items, { onlyIfStatusIs: '={{ $json.from }}', maxWrites: 0 });
		expect(run.items.map(({ json }) => json.skipped)).toEqual([true, true]);
		expect(sentUpdates()).toBe(0);
	});

	it('counts the payout of a conversion once, however often the items approve it', async () => {
		const row = add('pending', 10);
		const run = await update(toItems([row, row, row]), { maxPayout: 10 });
		expect([run.error, sentUpdates()]).toEqual([undefined, 3]);
	});

	it('approves negative payouts, but lets them make no room', async () => {
		const rows = [add('pending', -100), add('pending', 11)];
		const run = await update(toItems(rows), { maxPayout: 10 });
		expect(run.error?.message).toBe('Payout of 1 item is 11, above the limit of 10');
		await update(toItems(rows), { maxPayout: 11 });
		expect(rows.map(({ status }) => status)).toEqual(['approved', 'approved']);
	});

	it('changes nothing when an approval pays more than its revenue', async () => {
		const rows = [add('pending', 50), add('pending', 50.01)];
		const run = await update(toItems(rows), { refusePayoutAboveRevenue: true });
		expect(run.error?.message).toBe('Payout is above revenue in 1 item');
		expect(describeError(run.error)).toContain(
			`Conversion ID ${rows[1].conversionId} (payout 50.01, revenue 50)`,
		);
		expect(sentUpdates()).toBe(0);
	});

	it.each(['"$5.00"', '""', 'null', '"5,00"'])(
		'takes a payout that CAKE lists as %s for not known',
		async (payout) => {
			const row = add('pending', 5);
			cake.sandbox.replyNext('query', ({ proceed }) => ({
				body: JSON.stringify(proceed()).replace(
					new RegExp(`("conversion_id":${row.conversionId},[^}]*?"payout":)[^,]*`),
					`$1${payout}`,
				),
			}));
			const run = await update(toItems([row]), { maxPayout: 100 });
			expect(run.error?.message).toBe('Payout of 1 item is not known');
			expect(sentUpdates()).toBe(0);
		},
	);

	it('is a warning of a dry run, which leaves skipped items as they are', async () => {
		const rows = [add('pending', 10), add('approved', 500)];
		const options = { maxPayout: 9, dryRun: true, onlyIfStatusIs: ['pending'] };
		const run = await update(toItems(rows), options);
		const message = 'Payout of 1 item is 10, above the limit of 9';
		expect(run.items.map(({ json }) => [json.stopped, json.skipped, json.reason])).toEqual([
			[true, undefined, `${message}.`],
			[undefined, true, 'Its status is approved, not pending.'],
		]);
		expect(listWarnings(run)).toEqual([expect.stringContaining(message)]);
		expect(sentUpdates()).toBe(0);
	});

	it('ends with the error of an item that is not found before any limit', async () => {
		const items = [...toItems([add('pending', 10)]), { order: 'SUM-NONE', to: 'approved' }];
		const run = await update(items, { maxWrites: 0 });
		expect(run.error?.message).toBe("No conversion with this 'Order ID' was found");
	});
});

describe('limits of a tool of an AI agent', () => {
	const type = 'n8n-nodes-cake.cakeConversionsTool';
	const approve = async (given: IDataObject, options: IDataObject) =>
		await update([given], options, 'orderId', { type });

	it('stops an agent at a limit, and tells it not to split the work', async () => {
		const row = add('pending', 10);
		// What an agent adds to its call does not reach the options.
		const given = { ...toItems([row])[0], maxPayout: 1000, options: { maxPayout: 1000 } };
		const run = await approve(given, { maxPayout: 9 });
		expect(run.status).toBe('success');
		expect(run.items[0].json.error).toBe('Payout of 1 item is 10, above the limit of 9');
		expect(getDetails(run.items[0])).toEqual({
			kind: 'limitExceeded',
			reason: expect.stringMatching(
				/^Nothing was sent\..*Do not call again with fewer items or other values to stay below the limit: tell the user\.$/,
			) as string,
		});
		expect([sentUpdates(), row.status]).toEqual([0, 'pending']);
	});

	it.each(['maxWrites', 'maxPayout', 'refusePayoutAboveRevenue'])(
		'refuses a limit that is left to the agent: %s',
		async (name) => {
			const row = add('pending', 10);
			const given = { ...toItems([row])[0], limit: 1000 };
			const run = await approve(given, { [name]: "={{ $fromAI('limit', ``, 'number') }}" });
			expect(run.items[0].json.error).toMatch(/^'Stop If .*' is left to the AI agent$/);
			expect([cake.requests, row.status]).toEqual([0, 'pending']);
		},
	);
});
