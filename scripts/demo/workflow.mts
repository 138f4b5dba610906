import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import {
	connect,
	runWorkflow,
	type WorkflowNode,
	type WorkflowRun,
} from '../../harness/engine/engine.mts';
import type { Deal } from './deals.mts';
import { DemoFailure } from './failure.mts';

/** CAKE shows this note beside the rejected conversion. */
export const NOTE = 'Same order as an earlier conversion, paid once';

const CAKE = 'n8n-nodes-cake.cakeConversions';
const credentials = { cakeApi: { id: 'cake', name: 'CAKE account' } };

/**
 * The later one of two conversions of the same order, of our deals only. In the editor, use a
 * Filter node and a Remove Duplicates node for this step.
 */
const SECOND_OF_AN_ORDER = `={{ (() => {
	const orders = $('Won deals').all().map((item) => item.json.orderNumber);
	const rows = $('Last 30 days').all().map((item) => item.json)
		.filter((row) => orders.includes(row.order_id))
		.sort((a, b) => (a.conversion_date < b.conversion_date ? -1 : 1));
	const earlier = (row) => rows.find((other) => other.order_id === row.order_id);
	return rows.find((row) => earlier(row) !== row)?.conversion_id;
})() }}`;

/** Won deals → Record → Query → Update, as a marketer would draw it. Refused deals branch off. */
const NODES: WorkflowNode[] = [
	{ name: 'Won deals', type: 'test.start' },
	{
		name: 'Record',
		type: CAKE,
		credentials,
		onError: 'continueErrorOutput',
		parameters: {
			operation: 'record',
			clickId: '={{ $json.cakeClickId }}',
			offerId: { __rl: true, mode: 'id', value: '={{ $json.cakeOfferId }}' },
			uniqueId: '={{ $json.dealId }}',
			additionalFields: {
				adv1: '={{ $json.country }}',
				conversionDate:
					"={{ $now.minus({ days: $json.wonDaysAgo }).toFormat('yyyy-MM-dd') }}T{{ $json.wonTime }}",
				orderId: '={{ $json.orderNumber }}',
				payout: '={{ $json.payoutAgreed }}',
			},
		},
	},
	{
		name: 'Last 30 days',
		type: CAKE,
		credentials,
		executeOnce: true,
		parameters: { operation: 'query', dateRange: 'last30Days', returnAll: true },
	},
	{
		name: 'Reject the second',
		type: CAKE,
		credentials,
		executeOnce: true,
		parameters: {
			operation: 'update',
			conversionId: SECOND_OF_AN_ORDER,
			status: 'rejected',
			note: NOTE,
		},
	},
	{ name: 'Refused', type: 'test.noOp' },
];

const CONNECTIONS = connect(
	['Won deals', 'Record'],
	['Record', 'Last 30 days'],
	['Record', 'Refused', 1],
	['Last 30 days', 'Reject the second'],
);

/** A deal that was not recorded. `message` and `reason` are the node's texts. */
export interface RefusedDeal {
	deal: Deal;
	message: string;
	reason: string;
}

/** The workflow's output, each item with its deal. */
export interface Outcome {
	startedAt: number;
	ms: number;
	deals: Deal[];
	recorded: Array<{ deal: Deal; row: IDataObject }>;
	alreadyRecorded: Deal[];
	refused: RefusedDeal[];
	/** The conversions of the last 30 days, read before the rejection. */
	rows: IDataObject[];
	/** `before` is from Query, `after` is Update's output. */
	rejected: { before: IDataObject; after: IDataObject };
}

/** Runs the workflow on n8n's engine. Throws DemoFailure if a node fails. */
export async function runDeals(
	deals: Deal[],
	credential: { baseUrl: string; apiKey: string },
): Promise<Outcome> {
	const startedAt = Date.now();
	const run = await runWorkflow({
		nodes: NODES,
		connections: CONNECTIONS,
		items: deals.map((deal) => ({ ...deal })),
		credentials: { cake: { type: 'cakeApi', data: credential } },
	});
	const ms = Date.now() - startedAt;
	if (run.error) {
		const { lastNodeExecuted } = run.run.data.resultData;
		throw new DemoFailure(`${lastNodeExecuted}: ${describeFailure(run.error)}`);
	}
	return { startedAt, ms, deals, ...collect(run, deals) };
}

function collect(run: WorkflowRun, deals: Deal[]): Omit<Outcome, 'startedAt' | 'ms' | 'deals'> {
	const { items, errorItems } = run.node('Record');
	const recorded = items.map((item) => ({ deal: deals[getIndex(item)], row: item.json }));
	const rows = run.node('Last 30 days').items.map(({ json }) => json);
	const after = run.node('Reject the second').items[0]?.json;
	const before = rows.find((row) => row.conversion_id === after?.conversion_id);
	if (!after || !before) throw new DemoFailure('no conversion was rejected');
	return {
		recorded: recorded.filter(({ row }) => !row.already_recorded),
		alreadyRecorded: recorded.filter(({ row }) => row.already_recorded).map(({ deal }) => deal),
		refused: errorItems.map((item) => ({ deal: deals[getIndex(item)], ...readError(item.json) })),
		rows,
		rejected: { before, after },
	};
}

/** The index of the input item that an item comes from, or -1. */
function getIndex({ pairedItem }: INodeExecutionData): number {
	return typeof pairedItem === 'object' && 'item' in pairedItem ? pairedItem.item : -1;
}

function readError({ error, ...rest }: IDataObject): { message: string; reason: string } {
	// n8n before 2.34 puts `message` beside `error`, later versions `details`.
	const details = rest.details ?? rest.message;
	const reason = typeof details === 'object' && details && 'reason' in details && details.reason;
	return { message: String(error), reason: String(reason || '') };
}

/** An error on one line: n8n's message and the description that n8n shows below it. */
export function describeFailure(error: { message: string; description?: unknown }): string {
	const { message } = error;
	return error.description ? `${message}. ${String(error.description)}` : message;
}
