import * as fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { listWarnings } from '../../support/outcomes.mts';
import { useCake } from '../../support/cake.mts';
import { getDetails } from '../../support/sales.mts';

const cake = useCake();

/** Parameters of Record that read the sale from the item. */
const toRecord = (options: IDataObject): INodeParameters => ({
	clickId: '={{ $json.clickId }}',
	offerId: '={{ $json.offerId }}',
	uniqueId: '={{ $json.id }}',
	additionalFields: { payout: '={{ $json.payout }}', revenue: '={{ $json.revenue }}' },
	options: options as INodeParameters,
});

type Amount = string | number | undefined;

let sales = 0;
/** One item for each payout, each with a click of its own. */
const toItems = (payouts: Amount[], more: IDataObject = {}): IDataObject[] =>
	cake.account.freshClicks(payouts.length).map(({ clickId, offerId }, index) => ({
		...{ clickId, offerId, id: `LIMIT-${++sales}`, revenue: '1000' },
		payout: payouts[index],
		...more,
	}));

const record = async (
	payouts: Amount[],
	options: IDataObject,
	settings: Parameters<typeof cake.run>[2] = {},
) => await cake.run('record', toRecord(options), { items: toItems(payouts), ...settings });

const describeError = (error: unknown) => (error as { description?: string }).description ?? '';

describe('Stop If More Than of Record', () => {
	it('sends nothing when there are more items than Stop If More Than', async () => {
		const run = await record([1, 1, 1], { maxWrites: 2 });
		expect(run.error?.message).toBe('3 items would be sent, above the limit of 2');
		expect(describeError(run.error)).toBe(
			"Nothing was sent. Check where they come from. If they are right, raise 'Stop If More Than' under Options.",
		);
		expect((run.error as { context?: IDataObject }).context?.itemIndex).toBeUndefined();
		expect([cake.requests, cake.sandbox.counters.stored]).toEqual([0, 0]);
	});

	it('sends as many items as Stop If More Than allows', async () => {
		const run = await record([1, 1], { maxWrites: '2' });
		expect([run.items.length, cake.sandbox.counters.stored]).toEqual([2, 2]);
	});

	it('sends nothing at a limit of 0, which an expression for what is left may give', async () => {
		const run = await record([1], { maxWrites: '={{ 5 - 5 }}' });
		expect(run.error?.message).toBe('1 item would be sent, above the limit of 0');
		expect(cake.requests).toBe(0);
	});

	it('does not count items that were refused', async () => {
		const items = [...toItems([1, 1]), { ...toItems([1])[0], clickId: '' }];
		const run = await cake.run('record', toRecord({ maxWrites: 2 }), {
			...{ items, onError: 'continueErrorOutput' },
		});
		expect(run.passedOn).toEqual({ items: 2, errorItems: 1 });
	});
});

describe('Stop If Payout Above of Record', () => {
	it('sends nothing when the payouts together are above the limit, and names the highest', async () => {
		const run = await record(['1.50', '100', '2', '30.25', '0'], { maxPayout: 133.74 });
		expect(run.error?.message).toBe('Payout of 4 items is 133.75, above the limit of 133.74');
		expect(describeError(run.error)).toMatch(
			/^Nothing was sent\. The highest: Unique ID "LIMIT-\d+" \(100\), Unique ID "LIMIT-\d+" \(30\.25\), Unique ID "LIMIT-\d+" \(2\), \.\.\.\. Check them\. If they are right, raise 'Stop If Payout Above' under Options\.$/,
		);
		expect([cake.requests, cake.sandbox.counters.stored]).toEqual([0, 0]);
	});

	it.each<[Amount[], Amount]>([
		[['0.1', '0.2'], 0.3],
		[['0.1', '0.2'], '0.3'],
		[[0.1, 0.2], '={{ 0.1 + 0.2 }}'],
		[['0.2'], '={{ 0.3 - 0.1 }}'],
		[Array<string>(10).fill('0.1'), 1],
		[['90071992547409.93', '0.01'], '90071992547409.94'],
		[['0'], 0],
		[['-5'], 0],
	])('records payouts of %j at a limit of exactly %j', async (payouts, maxPayout) => {
		const run = await record(payouts, { maxPayout });
		expect(run.error).toBeUndefined();
		expect(cake.sandbox.counters.stored).toBe(payouts.length);
	});

	it.each<[Amount[], Amount]>([
		[['0.1', '0.2'], '0.29999999999999999'],
		[['90071992547409.93', '0.02'], '90071992547409.94'],
		[['0.001'], 0],
		[['10', '-10'], 5],
		[['-100', '3', '3'], 5],
	])('sends none of the payouts %j at a limit of %j', async (payouts, maxPayout) => {
		const run = await record(payouts, { maxPayout });
		expect(run.error?.message).toMatch(/^Payout of \d items? is [\d.]+, above the limit of/);
		expect(cake.requests).toBe(0);
	});

	it('stops exactly the runs whose positive payouts are above the limit', async () => {
		const cents = fc.integer({ min: -500, max: 1000 });
		const toText = (value: number) => (value / 100).toFixed(2);
		await fc.assert(
			fc.asyncProperty(
				fc.array(cents, { minLength: 1, maxLength: 6 }),
				fc.integer({ min: -2, max: 2 }),
				async (payouts, distance) => {
					cake.sandbox.reset();
					const sum = payouts.filter((one) => one > 0).reduce((one, other) => one + other, 0);
					const maxPayout = toText(Math.max(0, sum + distance));
					const run = await record(payouts.map(toText), { maxPayout });
					const isAbove = sum > Math.max(0, sum + distance);
					expect([run.error !== undefined, cake.sandbox.counters.stored]).toEqual(
						isAbove ? [true, 0] : [false, payouts.length],
					);
				},
			),
			{ numRuns: 15 },
		);
	});

	it('refuses a sale whose payout is not known, since the offer decides it', async () => {
		const run = await record(['1', '', undefined], { maxPayout: 100 });
		expect(run.error?.message).toBe('Payout of 2 items is not known');
		expect(describeError(run.error)).toMatch(
			/^Nothing was sent\. 'Stop If Payout Above' needs it for Unique ID "LIMIT-\d+", Unique ID "LIMIT-\d+"\. Enter 'Payout' under Additional Fields\. Or remove the limit\.$/,
		);
		expect(cake.requests).toBe(0);
	});
});

describe('Stop If Payout Above Revenue of Record', () => {
	const refusePayoutAboveRevenue = true;
	const toSales = (...amounts: Array<[Amount, Amount]>) =>
		amounts.flatMap(([payout, revenue]) => toItems([payout], { revenue }));
	const run = async (...amounts: Array<[Amount, Amount]>) =>
		await cake.run('record', toRecord({ refusePayoutAboveRevenue }), {
			items: toSales(...amounts),
		});

	it('sends nothing when one item pays more than it brings in', async () => {
		const { error } = await run(['5', '12'], ['12.01', '12'], ['1', '1']);
		expect(error?.message).toBe('Payout is above revenue in 1 item');
		expect(describeError(error)).toMatch(
			/The highest: Unique ID "LIMIT-\d+" \(payout 12\.01, revenue 12\)\. .*remove 'Stop If Payout Above Revenue'/,
		);
		expect(cake.requests).toBe(0);
	});

	it('records payouts up to the revenue, and amounts that are taken back', async () => {
		const { error } = await run(['12.00', '12'], ['0.3', 0.1 + 0.2], ['-5', '-12'], ['0', '']);
		expect([error, cake.sandbox.counters.stored]).toEqual([undefined, 4]);
	});

	it.each<[string, Amount, Amount]>([
		['Payout', '', '12'],
		['Revenue', '5', ''],
	])('refuses an item whose %s is not known', async (label, payout, revenue) => {
		const { error } = await run([payout, revenue], ['1', '2']);
		expect(error?.message).toBe(`${label} of 1 item is not known`);
		expect(describeError(error)).toContain(
			`Enter '${label}' under Additional Fields. Or remove the limit.`,
		);
		expect(cake.requests).toBe(0);
	});
});

describe('a limit', () => {
	it.each(['continueErrorOutput', 'continueRegularOutput'] as const)(
		'fails every item and sends none under On Error: %s',
		async (onError) => {
			const run = await record(['5', '6'], { maxPayout: 10 }, { onError });
			const failed = onError === 'continueErrorOutput' ? run.errorItems : run.items;
			expect(failed.map(({ json }) => json.error)).toEqual(
				Array(2).fill('Payout of 2 items is 11, above the limit of 10'),
			);
			expect(failed.map((item) => getDetails(item))).toEqual(
				Array(2).fill({
					kind: 'limitExceeded',
					reason: expect.stringMatching(/^Nothing was sent\. The highest/) as string,
				}),
			);
			expect(failed.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
			expect(cake.requests).toBe(0);
		},
	);

	it('is a warning of a dry run, which shows every request all the same', async () => {
		const run = await record(['5', '6'], { maxPayout: 10, dryRun: true });
		expect(run.items.map(({ json }) => [json.dry_run, json.stopped, json.reason])).toEqual(
			Array(2).fill([true, true, 'Payout of 2 items is 11, above the limit of 10.']),
		);
		expect(run.items.every(({ json }) => 'parameters' in json)).toBe(true);
		expect(listWarnings(run)).toEqual([
			expect.stringMatching(
				/^Without Dry Run, a limit would stop this run\. Payout of 2 items is 11, above the limit of 10\. The highest: /,
			),
		]);
		const fine = await record(['5', '5'], { maxPayout: 10, dryRun: true });
		expect([listWarnings(fine), 'stopped' in fine.items[0].json]).toEqual([[], false]);
		expect(cake.requests).toBe(0);
	});

	it('judges what is sent apart from the items with Dry Run', async () => {
		const toRun = async (payouts: string[]) =>
			await cake.run('record', toRecord({ maxPayout: 10, dryRun: '={{ $json.dry }}' }), {
				items: toItems(payouts).map((item, index) => ({ ...item, dry: index === 0 })),
				onError: 'continueErrorOutput',
			});
		const sent = await toRun(['9', '8']);
		expect(sent.items.map(({ json }) => json.stopped)).toEqual([true, undefined]);
		expect(cake.sandbox.counters.stored).toBe(1);
		const stopped = await toRun(['1', '11']);
		expect(stopped.passedOn).toEqual({ items: 0, errorItems: 2 });
		expect(cake.sandbox.counters.stored).toBe(1);
	});

	it('is the strictest where an expression gives items different limits', async () => {
		const items = toItems(['5', '6']).map((item, index) => ({ ...item, max: [100, 10][index] }));
		for (const some of [items, [...items].reverse()]) {
			const parameters = toRecord({ maxPayout: '={{ $json.max }}' });
			const run = await cake.run('record', parameters, { items: some });
			expect(run.error?.message).toBe('Payout of 2 items is 11, above the limit of 10');
		}
		expect(cake.requests).toBe(0);
	});

	it.each<[IDataObject, string]>([
		[{ maxWrites: '={{ $json.missing }}' }, "'Stop If More Than' came out empty"],
		[{ maxPayout: '={{ $json.missing }}' }, "'Stop If Payout Above' came out empty"],
		[{ maxPayout: '' }, "'Stop If Payout Above' came out empty"],
		[{ maxPayout: -1 }, "'Stop If Payout Above' is below 0"],
		[{ maxPayout: '1,000.00' }, "'Stop If Payout Above' is not a plain amount"],
		[{ maxWrites: 1.5 }, "'Stop If More Than' is not a whole number, 0 or more"],
		[{ maxWrites: -1 }, "'Stop If More Than' is not a whole number, 0 or more"],
		[
			{ refusePayoutAboveRevenue: 'perhaps' },
			"'Stop If Payout Above Revenue' is neither true nor false",
		],
	])('that cannot be read is refused, and nothing is sent: %j', async (options, message) => {
		const run = await record(['5'], options);
		expect(run.error?.message).toBe(message);
		expect(cake.requests).toBe(0);
	});

	it('is off when it was not added, and when the switch is off', async () => {
		const run = await record(['5000', '5000'], { refusePayoutAboveRevenue: 'false' });
		expect([run.error, cake.sandbox.counters.stored]).toEqual([undefined, 2]);
	});
});
