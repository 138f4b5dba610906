import type { Goal, Job, Side } from '../job.mts';
import { cake, httpRequest, own } from '../workflows.mts';

const RECORD_PATH = '/api/2/conversion.json';

/** Requests in flight: the default of CAKE Conversions, and the width of the bare loop. */
const IN_FLIGHT = 20;

/** The values to record, as expressions. */
interface Expressions {
	clickId: string;
	offerId: string;
	uniqueId: string;
	orderId: string;
	payout: string;
}

/** Expressions as n8n's editor writes them when a field is dragged. */
const DRAGGED: Expressions = {
	clickId: '={{ $json.clickId }}',
	offerId: '={{ $json.offerId }}',
	uniqueId: '={{ $json.deal }}',
	orderId: '={{ $json.order }}',
	payout: '={{ $json.payout }}',
};

/** Expressions that only n8n can evaluate. */
const COMPUTED: Expressions = {
	clickId: '={{ $json.clickId.trim() }}',
	offerId: '={{ String($json.offerId) }}',
	uniqueId: '={{ $json.deal.trim() }}',
	orderId: '={{ $json.order.trim() }}',
	payout: '={{ $json.payout.trim() }}',
};

function toParameters({ orderId, payout, ...main }: Expressions): Record<string, unknown> {
	return { operation: 'record', ...main, additionalFields: { orderId, payout } };
}

const toQuery = (expressions: Expressions) => ({
	click_id: expressions.clickId,
	offer_id: expressions.offerId,
	unique_id: expressions.uniqueId,
	order_id: expressions.orderId,
	payout: expressions.payout,
});

const cakeRecord = (expressions: Expressions): Side => ({
	key: 'cake',
	title: 'CAKE Conversions',
	steps: () => [cake(toParameters(expressions))],
});

const bareRecord = (expressions: Expressions): Side => ({
	key: 'bare',
	title: `Bare loop of n8n’s helper, ${IN_FLIGHT} at once`,
	steps: () => [own('bareLoop', toParameters(expressions))],
});

/** The platform's floor: nothing but the requests. */
const bareConstants: Side = {
	key: 'constants',
	title: 'Bare loop with constants',
	steps: () => [own('bareLoop', { operation: 'recordConstants', credentialOnce: true })],
};

const httpRecords: Side[] = [
	{
		key: 'http',
		title: 'HTTP Request, defaults',
		only: 'n8n',
		steps: ({ url }) => [httpRequest({ url: url + RECORD_PATH, query: toQuery(DRAGGED) })],
	},
	{
		// Without a credential, n8n reads nothing between two requests: none waits for another.
		key: 'http-key',
		title: 'HTTP Request, defaults, key as a parameter',
		only: 'n8n',
		steps: ({ url, apiKey }) => [
			httpRequest({
				url: url + RECORD_PATH,
				query: { ...toQuery(DRAGGED), api_key: apiKey },
				authentication: 'none',
			}),
		],
	},
];

/** The longest that people who use n8n at the same time should wait for this node. */
const freeLoop: Goal = { measure: 'block', atMost: 60 };

function recordJob(
	name: string,
	title: string,
	{ count, latencyMs }: { count: number; latencyMs: number },
	sides: Side[],
	goals: Goal[],
): Job {
	return {
		key: `${name}-${count}-${latencyMs}`,
		title: `${title}, ${count.toLocaleString('en')} items, ${latencyMs} ms a request`,
		rows: 0,
		latencyMs,
		items: count,
		sides,
		input: ({ clicks }) => [own('items', { count, clicks: JSON.stringify(clicks) })],
		weighs: false,
		waitingMs: (count * latencyMs) / IN_FLIGHT,
		goals,
	};
}

const SIZE = { count: 5_000, latencyMs: 50 };

export const recordJobs: Job[] = [
	recordJob(
		'record',
		'Record',
		SIZE,
		[cakeRecord(DRAGGED), bareConstants, bareRecord(DRAGGED), ...httpRecords],
		[
			{ measure: 'wall', against: 'constants', atMost: 1.15 },
			{ measure: 'cpu', against: 'constants', atMost: 1.15 },
			{ measure: 'wall', against: 'waiting' },
			{ measure: 'wall', against: 'http-key' },
			{ measure: 'cpu', against: 'http-key', atMost: 0.75 },
			{ measure: 'wall', against: 'bare', atMost: 0.8 },
			{ measure: 'cpu', against: 'bare', atMost: 0.7 },
			freeLoop,
		],
	),
	recordJob(
		'record-computed',
		'Record with expressions that compute',
		SIZE,
		[cakeRecord(COMPUTED), bareRecord(COMPUTED)],
		[{ measure: 'wall', against: 'bare' }, { measure: 'cpu', against: 'bare' }, freeLoop],
	),
];
