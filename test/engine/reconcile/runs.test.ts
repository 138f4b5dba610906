import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { NodeRun } from '../../../harness/engine/engine.mts';
import { DETAILS, useCake } from '../../support/cake.mts';
import { listWarnings } from '../../support/outcomes.mts';

const cake = useCake();

const fields = {
	matchBy: 'orderId',
	orderId: '={{ $json.order }}',
	decision: '={{ $json.decision }}',
};
const byOrder = { ...fields, dateRange: 'last7Days' };

const rows = ({ items }: NodeRun): IDataObject[] => items.map(({ json }) => json);
const results = (run: NodeRun) => rows(run).map(({ result }) => result);
const getReasons = ({ errorItems }: NodeRun) =>
	errorItems.map(({ json }) => [json.error, (json[DETAILS] as IDataObject).reason]);

/** Answers the next query with one conversion for each order. */
function replyWith(orders: string[], total = orders.length, times = 1): void {
	const conversions = orders.map((order, index) => ({
		...{ conversion_id: index + 1, order_id: order, conversion_status: 'pending' },
		...{ payout: 5, revenue: 12, conversion_date: new Date().toISOString() },
	}));
	const body = { request_status: 'Success', total_rows: total, conversions };
	cake.sandbox.replyNext('query', () => ({ body }), { times });
}

describe('the plan of Reconcile', () => {
	it('is what Update executes when its changes pass a filter', async () => {
		const orders = ['P-1', 'P-2', 'P-3'].map((orderId) =>
			cake.account.addConversion({ orderId, status: 'pending' }),
		);
		cake.account.setStatus(orders[1].conversionId, 'approved');
		const lines = [
			{ order: 'P-1', decision: 'refunded' },
			{ order: 'P-2', decision: 'paid' },
			{ order: 'P-3', decision: 'paid' },
		];
		const plan = await cake.reconcile(byOrder, { items: lines });
		const changes = rows(plan).filter(({ result }) => result === 'change');
		expect(changes).toHaveLength(2);
		// Somebody decides one of them while the plan waits to be approved.
		cake.account.setStatus(orders[2].conversionId, 'rejected');
		const parameters = {
			conversionId: '={{ $json.conversion_id }}',
			status: '={{ $json.new_status }}',
			options: { onlyIfStatusIs: '={{ $json.previous_status }}' },
		};
		const run = await cake.update(parameters, { items: changes });
		expect(rows(run)).toMatchObject([
			{ conversion_status: 'rejected' },
			{ skipped: true, reason: 'Its status is rejected, not pending.' },
		]);
		expect(cake.sandbox.counters.updated).toBe(1);
	});
});

describe('the plan of Reconcile with Change Back', () => {
	it('is what Update executes when CAKE has a status of its own', async () => {
		const { conversionId, orderId } = cake.account.addConversion({ orderId: 'OWN-1' });
		const ownStatus = (body: unknown) =>
			JSON.stringify(body).replace(/("conversion_status":)"[a-z]+"/gi, '$1"Scrubbed"');
		cake.sandbox.replyNext('query', ({ proceed }) => ({ body: ownStatus(proceed()) }), {
			times: 2,
		});
		const options = { changeBack: true };
		const plan = await cake.reconcile(
			{ ...byOrder, includeMissing: false, options },
			{ items: [{ order: orderId, decision: 'refunded' }] },
		);
		expect(rows(plan)).toMatchObject([{ result: 'change', previous_status: 'Scrubbed' }]);
		const parameters = {
			conversionId: '={{ $json.conversion_id }}',
			status: '={{ $json.new_status }}',
			options: { onlyIfStatusIs: '={{ [$json.previous_status] }}' },
		};
		const run = await cake.update(parameters, { items: rows(plan) });
		expect(rows(run)).toMatchObject([
			{ conversion_id: conversionId, conversion_status: 'rejected', previous_status: 'Scrubbed' },
		]);
	});
});

describe('Reconcile with a list that CAKE does not give completely', () => {
	const confused = useCake();

	it('calls nothing missing, and fails each line', async () => {
		const conversions = [{ conversion_id: 1, order_id: 'A', conversion_status: 'pending' }];
		const body = { request_status: 'Success', total_rows: 9, conversions };
		confused.sandbox.replyNext('query', () => ({ body }), { times: Infinity });
		const items = [{ order: 'A' }, { order: 'B' }];
		const run = await confused.reconcile(byOrder, { items, onError: 'continueErrorOutput' });
		expect(run.items).toEqual([]);
		expect(getReasons(run)).toEqual([
			[
				"CAKE's list could not be read completely",
				expect.stringMatching(/^1 of 9 conversions were read .* No line was compared\./),
			],
			[expect.any(String), expect.any(String)],
		]);
		const stopped = await confused.reconcile(byOrder, { items });
		expect([stopped.status, stopped.items]).toEqual(['error', []]);
	});
});

describe('Reconcile with a wrong file', () => {
	const columns = (line: IDataObject, count = 20) => ({
		items: Array.from({ length: count }, () => line),
	});

	it.each<[string, IDataObject, RegExp]>([
		['semicolons', { 'order;decision': 'A;ok' }, /wrong separator\. Set 'Delimiter' to ; in/],
		['tabs', { 'order\tdecision': 'A\tok' }, /wrong separator\. Set 'Delimiter' to a tab in/],
		[
			'other columns',
			{ Order: 'A', Status: 'ok' },
			/^The list has the columns "Order", "Status"\. Drag the one with the IDs to 'Order ID'\.$/,
		],
	])('says what is wrong with %s, and sends nothing', async (_, line, reason) => {
		const run = await cake.reconcile(byOrder, columns(line));
		expect(run.error?.message).toBe("'Order ID' is empty in all 20 lines");
		expect(run.error?.description).toMatch(reason);
		expect(cake.requests).toBe(0);
	});
});

describe('the settings of Reconcile', () => {
	it('are those of the first line, and a line with others fails', async () => {
		replyWith(['A', 'B', 'C']);
		const items = [
			{ order: 'A', decision: 'ok', range: 'today' },
			{ order: 'B', decision: 'ok', range: 'last90Days' },
		];
		const parameters = { ...fields, dateRange: '={{ $json.range }}' };
		const run = await cake.reconcile(parameters, { items, onError: 'continueErrorOutput' });
		expect(getReasons(run)).toEqual([
			[
				"'Date Range' is not the same for all lines",
				expect.stringMatching(/^Given: "last90Days"\. Accepted: One value for all lines/),
			],
		]);
		// The line that failed may name any conversion.
		expect(results(run)).toEqual(['change']);
		expect(listWarnings(run)).toContain(
			'Conversions missing from the list are not shown, since some lines may mean any of them: 1 could not be read. Correct the list, and run the node again.',
		);
		const stopped = await cake.reconcile(parameters, { items });
		expect(stopped.error?.message).toBe("'Date Range' is not the same for all lines");
	});

	it('may be expressions that give the same days for each line', async () => {
		replyWith(['A', 'B']);
		const items = [
			{ order: 'A', decision: 'ok', by: 7 },
			{ order: 'B', decision: 'ok', by: '7' },
		];
		const days = {
			dateRange: 'custom',
			startDate: '={{ $now.minus({ days: 3 }) }}',
			endDate: '={{ $now }}',
		};
		const filters = { offerId: '={{ $json.by }}' };
		expect(results(await cake.reconcile({ ...fields, ...days, filters }, { items }))).toEqual([
			...['change', 'change'],
		]);
		expect(cake.requests).toBe(1);
	});

	it('are refused with Execute Once, which hides all lines but the first', async () => {
		const run = await cake.reconcile(byOrder, { items: [{ order: 'A' }], executeOnce: true });
		expect(run.error?.message).toBe("'Execute Once' is on");
		expect(cake.requests).toBe(0);
	});

	it.each<[INodeParameters, string]>([
		[{ matchBy: 'email' }, "'Match By' is not a way this node knows"],
		[{ filters: { offerId: '={{ $json.none }}' } }, "'Offer' came out empty"],
		[{ amount: '=5', compareWith: 'margin' }, "'Compare With' is not an amount this node knows"],
		[{ includeMissing: '=' }, "'Include Conversions Missing From the List' is empty"],
	])('are refused when they are %j', async (wrong, message) => {
		const run = await cake.reconcile({ ...byOrder, ...wrong }, { items: [{ order: 'A' }] });
		expect([run.error?.message, cake.requests]).toEqual([message, 0]);
	});
});

describe('Reconcile under On Error', () => {
	it('gives a line whose ID has lost digits to the error branch, and shows nothing as missing', async () => {
		replyWith(['A', 'B']);
		const items = [{ order: 'A', decision: 'ok' }, { order: 2 ** 60 }];
		const run = await cake.reconcile(byOrder, { items, onError: 'continueErrorOutput' });
		expect(results(run)).toEqual(['change']);
		expect(run.errorItems[0].pairedItem).toEqual({ item: 1 });
		expect(getReasons(run)[0][0]).toBe("'Order ID' is a number too long to be exact");
	});

	it('gives lines whose ID a spreadsheet has shortened to the error branch', async () => {
		replyWith(['A', '5551230000001', '5551230000002']);
		const items = ['A', '5.55123E+12', '', '5,55123e+12'].map((order) => ({
			...{ order, decision: 'ok' },
		}));
		const run = await cake.reconcile(byOrder, { items, onError: 'continueErrorOutput' });
		expect(results(run)).toEqual(['change', 'notInCake']);
		expect(getReasons(run)).toEqual(
			['5.55123E+12', '5,55123e+12'].map((order) => [
				"'Order ID' is a number with lost digits",
				expect.stringContaining(
					`Given: "${order}". Accepted: An ID with all its digits.`,
				) as string,
			]),
		);
		expect(listWarnings(run)).toContain(
			"Conversions missing from the list are not shown, since some lines may mean any of them: 2 could not be read, 1 has no 'Order ID'. Correct the list, and run the node again.",
		);
	});

	it('fails each line when CAKE refuses the key', async () => {
		cake.sandbox.failNext('wrongKey', { endpoint: 'query' });
		const items = [{ order: 'A' }, { order: 'B' }];
		const run = await cake.reconcile(byOrder, { items, onError: 'continueErrorOutput' });
		expect([run.items, run.errorItems.length]).toEqual([[], 2]);
	});

	it('gives nothing for no lines', async () => {
		const run = await cake.reconcile(byOrder, { items: [] });
		expect([run.status, run.items, cake.requests]).toEqual(['success', [], 0]);
	});
});

describe('Reconcile as a tool of an AI agent', () => {
	const type = 'n8n-nodes-cake.cakeConversionsTool';
	const parameters = {
		...byOrder,
		orderId: "={{ $fromAI('order') }}",
		decision: "={{ $fromAI('decision') }}",
	};

	it('judges one line, and lists no other conversion', async () => {
		replyWith(['A', 'B']);
		const items = [{ order: 'A', decision: 'refunded' }];
		const run = await cake.reconcile(parameters, { type, items });
		expect(rows(run)).toMatchObject([
			{ result: 'change', new_status: 'rejected' },
			{ hint: expect.stringMatching(/^1 line: 1 matched, 1 to change\. To do: reject 1/) },
		]);
	});

	it('proposes nothing when the agent leaves the decision empty', async () => {
		replyWith(['A', 'B']);
		const run = await cake.reconcile(parameters, { type, items: [{ order: 'A', decision: '' }] });
		expect(rows(run)[0]).toMatchObject({ result: 'unchanged', new_status: null });
	});

	it('says that the ID is missing', async () => {
		const run = await cake.reconcile(parameters, { type, items: [{ order: '', decision: 'ok' }] });
		expect(rows(run)[0]).toMatchObject({ error: "'Order ID' is empty" });
	});
});
