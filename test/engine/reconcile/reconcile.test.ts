import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { NodeRun } from '../../../harness/engine/engine.mts';
import { useCake } from '../../support/cake.mts';
import { listWarnings } from '../../support/outcomes.mts';

const cake = useCake();

const january = { dateRange: 'custom', startDate: '2024-01-01', endDate: '2024-01-31' };
const byOrder = {
	...january,
	matchBy: 'orderId',
	orderId: '={{ $json.order }}',
	decision: '={{ $json.decision }}',
};

let nextId = 1;
/** A row of CAKE's list: an order of the middle of January, pending, with payout 5 and revenue 12. */
const toRow = (orderId: unknown, more: IDataObject = {}): IDataObject => ({
	...{ conversion_id: nextId++, click_id: `c-${nextId}`, offer_id: 7, affiliate_id: 8 },
	...{ payout: 5, revenue: 12, conversion_date: '2024-01-15T09:11:00Z' },
	...{ conversion_status: 'pending', order_id: orderId as string, ...more },
});

/** Answers the next query with these rows. */
function replyWith(conversions: IDataObject[], times = 1): void {
	const body = { request_status: 'Success', total_rows: conversions.length, conversions };
	cake.sandbox.replyNext('query', () => ({ body }), { times });
}

const rows = ({ items }: NodeRun): IDataObject[] => items.map(({ json }) => json);
const results = (run: NodeRun) => rows(run).map(({ result }) => result);
const messages = ({ hints }: NodeRun) => hints.map(({ message }) => message);

/** Compares lines with CAKE's rows. */
async function compare(
	lines: IDataObject[],
	conversions: IDataObject[],
	parameters: INodeParameters = {},
): Promise<NodeRun> {
	replyWith(conversions);
	return await cake.reconcile({ ...byOrder, ...parameters }, { items: lines });
}

/** The result of one line, and the reason for it. */
async function judge(line: IDataObject, row: IDataObject, parameters: INodeParameters = {}) {
	const [{ json }] = (await compare([{ order: 'A', ...line }], [toRow('A', row)], parameters))
		.items;
	return [json.result, json.reason];
}

describe('Reconcile Conversions', () => {
	it('gives one item a line with its result, CAKE’s row and the line, then what the list lacks', async () => {
		const [change, same, lacking] = [toRow('A'), toRow('B'), toRow('C', { extra: 'kept' })];
		const lines = [
			{ order: 'A', decision: ' Paid ', error: 'mine' },
			{ order: 'B', decision: 'HOLD' },
			{ order: 'X', decision: 'refunded' },
		];
		const run = await compare(lines, [change, same, lacking]);
		expect(run.items).toEqual([
			{
				json: {
					result: 'change',
					reason: 'The list approves it, and CAKE has it as pending.',
					...change,
					previous_status: 'pending',
					new_status: 'approved',
					list: lines[0],
				},
				pairedItem: { item: 0 },
			},
			{
				json: {
					result: 'unchanged',
					reason: 'CAKE has it as pending already.',
					...same,
					previous_status: 'pending',
					new_status: null,
					list: lines[1],
				},
				pairedItem: { item: 1 },
			},
			{
				json: {
					result: 'notInCake',
					reason: '"X" is not among the 3 conversions from 2023-12-31 to 2024-02-02.',
					conversion_id: null,
					previous_status: null,
					new_status: null,
					list: lines[2],
				},
				pairedItem: { item: 2 },
			},
			{
				json: {
					result: 'notInList',
					reason: "No line of the list has its 'Order ID'.",
					...lacking,
					previous_status: 'pending',
					new_status: null,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(Object.keys(run.items[0].json).slice(0, 5)).toEqual([
			...['result', 'reason', 'conversion_id', 'previous_status', 'new_status'],
		]);
	});

	it('reads once for all lines, a day before the range and two after, and sends no write', async () => {
		const lines = Array.from({ length: 50 }, (_, index) => ({ order: `N-${index}` }));
		await cake.reconcile({ ...byOrder, filters: { offerId: 12001 } }, { items: lines });
		expect(cake.sent()).toEqual([
			expect.objectContaining({
				start_date: '2023-12-31',
				end_date: '2024-02-02',
				offer_id: '12001',
			}),
		]);
		expect(cake.sandbox.log.every(({ endpoint }) => endpoint === 'query')).toBe(true);
	});

	it('says notInList only of days inside the range, but matches the days around it', async () => {
		const days = ['2023-12-31', '2024-01-01', '2024-01-31', '2024-02-01'];
		const conversions = days.map((day) => toRow(day, { conversion_date: `${day} 12:00:00` }));
		const lines = [{ order: '2023-12-31', decision: 'ok' }];
		const run = await compare(lines, conversions);
		expect(rows(run).map(({ result, order_id: order }) => [result, order])).toEqual([
			['change', '2023-12-31'],
			['notInList', '2024-01-01'],
			['notInList', '2024-01-31'],
		]);
	});

	it('leaves out what the list lacks when it is not wanted', async () => {
		const run = await compare([{ order: 'A' }], [toRow('A'), toRow('B')], {
			includeMissing: false,
		});
		expect(results(run)).toEqual(['unclearDecision']);
	});

	it('proposes nothing when Decision is left empty', async () => {
		const lines = [{ order: 'A', decision: 'rejected' }, { order: 'B' }];
		const run = await compare(lines, [toRow('A')], { decision: '' });
		expect(rows(run)).toMatchObject([
			{ result: 'unchanged', reason: 'CAKE has it as pending.', new_status: null },
			{ result: 'notInCake', new_status: null },
		]);
	});

	it.each<[unknown, string]>([
		['approved', 'change'],
		['OK\u200b', 'change'],
		['not approved', 'unclearDecision'],
		['approved?', 'unclearDecision'],
		['', 'unclearDecision'],
		[null, 'unclearDecision'],
		[true, 'unclearDecision'],
		['constructor', 'unclearDecision'],
		['hold', 'unchanged'],
	])('takes the decision %j for %s', async (decision, result) => {
		expect(await judge({ decision: decision as string }, {})).toEqual([result, expect.any(String)]);
	});

	it('takes words of the user’s own in place of a list', async () => {
		const lines = ['1', 'ok', 'STORNIERT', 'rejected', 'hold'].map((decision, index) => ({
			order: `${index}`,
			decision: index === 0 ? 1 : decision,
		}));
		const conversions = lines.map(({ order }) => toRow(order));
		const options = {
			approvedWords: '1',
			rejectedWords: 'Storniert , abgelehnt',
			pendingWords: '',
		};
		const run = await compare(lines, conversions, { options });
		expect(rows(run).map(({ new_status: status, result }) => status ?? result)).toEqual([
			...['approved', 'unclearDecision', 'rejected', 'unclearDecision', 'unclearDecision'],
		]);
		expect(listWarnings(run)).toEqual([
			`The decision of 3 lines is unclear: "ok" (1), "rejected" (1), "hold" (1). Add each word to 'Approved Words', 'Pending Words' or 'Rejected Words' under Options, or correct the list.`,
		]);
	});

	it('refuses a word with two meanings', async () => {
		const options = { approvedWords: 'yes, Hold' };
		const run = await cake.reconcile({ ...byOrder, options }, { items: [{ order: 'A' }] });
		expect(run.error?.message).toBe("'Pending Words' has a word with two meanings");
		expect(cake.requests).toBe(0);
	});

	it.each<[string, IDataObject, IDataObject, string, string]>([
		[
			'that CAKE has as rejected',
			{ decision: 'approved' },
			{ conversion_status: 'Rejected' },
			'notChangedBack',
			'The list approves it, but CAKE has it as rejected.',
		],
		[
			'that CAKE has as rejected to pending',
			{ decision: 'hold' },
			{ conversion_status: 'rejected' },
			'notChangedBack',
			'The list has it as pending, but CAKE has it as rejected.',
		],
		[
			'that CAKE has scrubbed',
			{ decision: 'fraud' },
			{ conversion_status: 'Scrubbed' },
			'notChangedBack',
			'The list rejects it, but CAKE has it as Scrubbed, which is none of approved, pending, rejected.',
		],
		[
			'that CAKE has without a status',
			{ decision: 'ok' },
			{ conversion_status: null },
			'notChangedBack',
			'The list approves it, but CAKE has it without a status, which is none of approved, pending, rejected.',
		],
	])('does not change back one %s', async (_, line, row, result, reason) => {
		expect(await judge(line, row)).toEqual([result, reason]);
		const options = { changeBack: true };
		expect((await judge(line, row, { options }))[0]).toBe('change');
	});

	it.each<[string, unknown, IDataObject, string, string]>([
		['equal', '12.00', {}, 'change', 'The list approves it, and CAKE has it as pending.'],
		['equal as text', 12, { revenue: '12.000' }, 'change', expect.any(String) as string],
		['a sum of floats', 0.1 + 0.2, { revenue: '0.3' }, 'change', expect.any(String) as string],
		[
			'another in the last digit',
			'9007199254740993.01',
			{ revenue: '9007199254740993.02' },
			'amountDiffers',
			'The list has 9007199254740993.01, but CAKE has a revenue of 9007199254740993.02.',
		],
		[
			'one that CAKE does not show',
			'0',
			{ revenue: null },
			'amountDiffers',
			'CAKE shows no readable revenue for it, so 0 could not be compared.',
		],
		['missing', '', {}, 'amountDiffers', 'The line has no amount.'],
		[
			'not plain',
			'$12,00',
			{},
			'amountDiffers',
			expect.stringMatching(
				/^'Amount' is not a plain amount\. Given: "\$12,00"\. .* Use \{\{/,
			) as string,
		],
	])('compares an amount that is %s', async (_, amount, row, result, reason) => {
		const parameters = { amount: '={{ $json.amount }}', compareWith: 'revenue' };
		const line = { decision: 'ok', amount: amount as string };
		expect(await judge(line, row, parameters)).toEqual([result, reason]);
	});

	it('compares with the payout when that is chosen', async () => {
		const parameters = { amount: '={{ $json.amount }}', compareWith: 'payout' };
		expect((await judge({ decision: 'ok', amount: 5 }, {}, parameters))[0]).toBe('change');
		expect((await judge({ decision: 'ok', amount: 12 }, {}, parameters))[0]).toBe('amountDiffers');
	});

	it('lets the first of equal lines stand, and none of unequal ones', async () => {
		const guid = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
		const lines = [
			{ order: 'SAME', decision: 'ok' },
			{ order: guid, decision: 'ok' },
			{ order: 'SAME', decision: 'paid' },
			{ order: `{${guid.toUpperCase()}}`, decision: 'void' },
			{ order: 'HALF', decision: 'ok' },
			{ order: 'HALF', decision: 'shipped' },
		];
		const run = await compare(lines, [toRow('SAME'), toRow(guid), toRow('HALF')]);
		expect(rows(run).map(({ result, reason }) => [result, reason])).toEqual([
			['change', expect.any(String)],
			[
				'repeatedInList',
				"Line 4 has the same 'Order ID' and another decision, so none of them counts.",
			],
			['repeatedInList', "Line 1 has the same 'Order ID' and decision, so only that one counts."],
			[
				'repeatedInList',
				"Line 2 has the same 'Order ID' and another decision, so none of them counts.",
			],
			[
				'repeatedInList',
				"Line 6 has the same 'Order ID' and another decision, so none of them counts.",
			],
			['unclearDecision', '"shipped" is not a known decision.'],
		]);
		expect(rows(run).map(({ new_status: status }) => status)).toEqual([
			...['approved', null, null, null, null, null],
		]);
	});

	it.each([[[100, 20]], [[20, 100]]])(
		'counts none of the lines of a conversion with the amounts %j',
		async (amounts) => {
			const lines = amounts.map((amount) => ({ order: 'A', decision: 'ok', amount }));
			const conversions = [toRow('A', { revenue: 100 })];
			const run = await compare(lines, conversions, { amount: '={{ $json.amount }}' });
			expect(rows(run)).toMatchObject(
				[2, 1].map((number) => ({
					result: 'repeatedInList',
					reason: `Line ${number} has the same 'Order ID' and another amount, so none of them counts.`,
					new_status: null,
				})),
			);
		},
	);

	it('lets the first of two lines with equal amounts stand', async () => {
		const lines = ['12.0', 12].map((amount) => ({ order: 'A', decision: 'ok', amount }));
		const run = await compare(lines, [toRow('A')], { amount: '={{ $json.amount }}' });
		expect(rows(run).map(({ result, reason }) => [result, reason])).toEqual([
			['change', 'The list approves it, and CAKE has it as pending.'],
			[
				'repeatedInList',
				"Line 1 has the same 'Order ID', decision and amount, so only that one counts.",
			],
		]);
	});

	it('names what an ambiguous line may mean, and does not call that missing', async () => {
		const [one, other] = [toRow('TWICE'), toRow('TWICE')];
		const run = await compare([{ order: 'TWICE', decision: 'ok' }], [one, other]);
		expect(rows(run)).toMatchObject([{ result: 'ambiguous', conversion_id: null }]);
		expect(rows(run)[0].reason).toContain(`"TWICE" belongs to ${String(one.conversion_id)} (`);
	});

	it.each<[string, unknown, unknown, string]>([
		['with another case', 'so-1', 'SO-1', 'notInCake'],
		['as a number', 4711, '4711', 'unchanged'],
		['that CAKE has as a number', '4711', 4711, 'unchanged'],
		['with space around it', ' A ', 'A', 'unchanged'],
		['that is empty', '', 'A', 'notInCake'],
		['that a spreadsheet failed to find', '#N/A', '#N/A', 'notInCake'],
	])('compares an ID %s', async (_, order, listed, result) => {
		const lines = [{ order: order as string, decision: 'hold' }, { order: 'OTHER' }];
		const run = await compare(lines, [toRow(listed)]);
		expect(rows(run)[0].result).toBe(result);
	});

	it('names the ID that differs in case alone, and the column that a line lacks', async () => {
		const run = await compare(
			[{ order: 'so-1', decision: 'ok' }, { decision: 'ok' }],
			[toRow('SO-1')],
		);
		expect(rows(run).map(({ reason }) => reason)).toEqual([
			'"so-1" is not among the 1 conversions from 2023-12-31 to 2024-02-02. "SO-1" is; it differs in upper and lower case.',
			"The line has no 'Order ID'.",
		]);
	});

	it('does not call a conversion missing whose ID differs from a line in case alone', async () => {
		const lines = ['so-1', 'so-2', 'SO-2', 'so-3'].map((order) => ({ order, decision: 'hold' }));
		const run = await compare(
			lines,
			['SO-1', 'So-1', 'SO-2', 'SO-3', 'X'].map((id) => toRow(id)),
		);
		expect(rows(run).map(({ result, order_id: order }) => [result, order])).toEqual([
			['notInCake', undefined],
			['notInCake', undefined],
			['unchanged', 'SO-2'],
			['notInCake', undefined],
			['notInList', 'X'],
		]);
		expect(listWarnings(run)).toEqual([
			"3 conversions differ from a line in upper and lower case alone. They were not compared, and are not shown as missing from the list. Write 'Order ID' in the list as CAKE has it.",
		]);
		const none = await compare([{ order: 'so-1', decision: 'ok' }], [toRow('SO-1')]);
		expect(listWarnings(none)).toEqual([
			expect.stringMatching(/^None of the lines was found among 1 conversion /),
			expect.stringMatching(
				/^1 conversion differs from a line in upper and lower case alone\. It /,
			),
		]);
	});

	it.each<[string, IDataObject]>([
		['a placeholder for an ID', { order: '#N/A' }],
		['a decision without an ID', { order: '', decision: 'ok' }],
		['an amount without an ID', { order: null, amount: 5 }],
	])('calls nothing missing when a line has %s', async (_, line) => {
		const lines = [{ order: 'A', decision: 'ok' }, line];
		const run = await compare(lines, [toRow('A'), toRow('B')], { decision: '' });
		expect(results(run)).toEqual(['unchanged', 'notInCake']);
		expect(rows(run)[1].reason).toBe("The line has no 'Order ID'.");
		expect(listWarnings(run)).toEqual([
			"Conversions missing from the list are not shown, since some lines may mean any of them: 1 has no 'Order ID'. Correct the list, and run the node again.",
		]);
	});

	it('takes no notice of a blank line when it says what is missing', async () => {
		const lines = [{ order: 'A' }, { order: ' ', decision: '', amount: null }];
		const run = await compare(lines, [toRow('A'), toRow('B')], { decision: '' });
		expect(results(run)).toEqual(['unchanged', 'notInCake', 'notInList']);
	});

	it('matches by conversion and click ID, too', async () => {
		const row = toRow('4711', { conversion_id: '4456789', click_id: 'Click-1' });
		const byId = { matchBy: 'conversionId', conversionId: '={{ $json.id }}', decision: '=ok' };
		const run = await compare([{ id: '0004456789' }, { id: 4711 }], [row], byId);
		expect(rows(run).map(({ result, conversion_id: id }) => [result, id])).toEqual([
			['change', '4456789'],
			['notInCake', null],
		]);
		expect(rows(run)[1].reason).toMatch(
			/ It is an 'Order ID' there: choose that under 'Match By'\.$/,
		);
		const byClick = { matchBy: 'clickId', clickId: '={{ $json.id }}', decision: 'ok' };
		expect(results(await compare([{ id: 'Click-1' }], [row], byClick))).toEqual(['change']);
	});

	it('sums lines and amounts in one hint', async () => {
		const lines = [
			{ order: 'A', decision: 'ok' },
			{ order: 'B', decision: 'ok' },
			{ order: 'C', decision: 'void' },
			{ order: 'D', decision: 'ok' },
		];
		const conversions = [
			toRow('A', { payout: 0.1 }),
			toRow('B', { payout: '0.2' }),
			toRow('C'),
			toRow('E', { payout: 7 }),
			toRow('F', { revenue: '' }),
		];
		const run = await compare(lines, conversions);
		expect(messages(run)[0]).toBe(
			'4 lines: 3 matched, 3 to change. To do: approve 2 (payout 0.3, revenue 24), reject 1 (payout 5, revenue 12). Left alone: 1 notInCake. Missing from the list: 2 (payout 12, revenue 12, without the amounts of 1).',
		);
		expect(messages(run)[1]).toMatch(/^The order IDs were searched among all/);
		expect(messages(run)[2]).toMatch(
			/^Some of these conversions may be \d+ days old\. In the Update Conversion that follows, set 'Search Days'/,
		);
	});

	it('adds up no amounts of two currencies', async () => {
		const lines = ['A', 'B'].map((order) => ({ order, decision: 'ok' }));
		const conversions = [toRow('A', { currency: 'USD' }), toRow('B', { currency: 'EUR' })];
		expect(messages(await compare(lines, conversions))[0]).toContain(
			'approve 2 (payout 5, revenue 12 in currency EUR; payout 5, revenue 12 in currency USD)',
		);
	});

	it('warns when nothing matches, and of conversions without a date', async () => {
		const run = await compare(
			[{ order: 'X', decision: 'ok' }],
			[toRow('A', { conversion_date: '1/15/2024' })],
		);
		expect(results(run)).toEqual(['notInCake']);
		expect(listWarnings(run)).toEqual([
			"None of the lines was found among 1 conversion from 2023-12-31 to 2024-02-02. Check 'Order ID', 'Date Range' and 'Filters'.",
			'CAKE shows no readable date for 1 conversion that no line names, so they are not shown as missing from the list.',
		]);
	});

	it('does not call a conversion missing whose ID is a number with lost digits', async () => {
		const lines = [
			{ order: '12345678901234567890', decision: 'ok' },
			{ order: 'A', decision: 'ok' },
		];
		const long = Number('12345678901234567890');
		const days = [{}, {}, { conversion_date: null }, { conversion_date: '2024-02-01T00:00:00Z' }];
		const conversions = [toRow('A'), ...days.map((day) => toRow(long, day))];
		const run = await compare(lines, conversions);
		expect(results(run)).toEqual(['notInCake', 'change']);
		expect(listWarnings(run)).toEqual([
			"CAKE shows no exact 'Order ID' for 3 conversions, such as a number with lost digits. No line can match them, so they are not shown as missing from the list. Compare them by hand.",
		]);
	});

	it('adds names to the conversions', async () => {
		const options = { addNames: true };
		const conversions = [toRow('A', { offer_id: 12001 }), toRow('B', { affiliate_id: 67801 })];
		const run = await compare([{ order: 'A', decision: 'ok' }], conversions, { options });
		expect(rows(run)).toMatchObject([
			{ result: 'change', offer_name: 'Home Solar Quote - US' },
			{ result: 'notInList', affiliate_name: 'Amber Media' },
		]);
	});

	it('works with a read-only credential', async () => {
		replyWith([toRow('A')]);
		const credential = { ...cake.credential, readOnly: true };
		const run = await cake.reconcile(byOrder, {
			credential,
			items: [{ order: 'A', decision: 'ok' }],
		});
		expect(results(run)).toEqual(['change']);
	});
});
