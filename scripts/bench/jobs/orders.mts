import type { Job, Side } from '../job.mts';
import { cake, httpQuery, httpRequest, mergeBy, own, splitOut } from '../workflows.mts';

const UPDATE_PATH = '/api/2/update_conversion.json';

const COUNT = 1_000;
const ROWS = 50_000;
const LATENCY_MS = 50;

const FIND = { findBy: 'orderId', orderId: '={{ $json.order_id }}' };
const STATUS = 'approved';

/** Without this package: read the list, then keep the rows that have an order of an item. */
const httpFind: Side['steps'] = (sandbox) => [
	{ ...httpQuery(sandbox), executeOnce: true },
	splitOut('conversions'),
	mergeBy('order_id', ['items', 'Split Out']),
];

const httpUpdate: Side['steps'] = (sandbox) => [
	...httpFind(sandbox),
	httpRequest({
		name: 'Update',
		url: sandbox.url + UPDATE_PATH,
		body: { conversion_id: '={{ $json.conversion_id }}', status: STATUS },
	}),
];

const bare = (operation: string): Side => ({
	key: 'bare',
	title: 'Bare loop of n8n’s helper',
	only: 'engine',
	steps: ({ range }) => [
		own('bareLoop', { operation, ...range, orderId: FIND.orderId, status: STATUS }),
	],
});

function orderJob(
	operation: 'get' | 'update',
	title: string,
	parameters: Record<string, unknown>,
	http: Pick<Side, 'title' | 'steps'>,
): Job {
	return {
		key: `${operation}-${COUNT}-${ROWS}-${LATENCY_MS}`,
		title: `${title}, ${COUNT.toLocaleString('en')} of ${ROWS.toLocaleString('en')} rows, ${LATENCY_MS} ms a request`,
		rows: ROWS,
		latencyMs: LATENCY_MS,
		items: COUNT,
		sides: [
			{
				key: 'cake',
				title: 'CAKE Conversions',
				steps: () => [cake({ operation, ...FIND, ...parameters })],
			},
			{ ...http, key: 'http', only: 'n8n' },
			bare(operation),
		],
		input: async ({ listOrders }) => [
			own('items', { orders: JSON.stringify(await listOrders(COUNT)) }),
		],
		weighs: false,
		goals: [],
	};
}

export const orderJobs: Job[] = [
	orderJob(
		'update',
		'Update by order ID',
		{ status: STATUS },
		{ title: 'HTTP Request + Split Out + Merge + HTTP Request', steps: httpUpdate },
	),
	orderJob(
		'get',
		'Get by order ID',
		{},
		{ title: 'HTTP Request + Split Out + Merge', steps: httpFind },
	),
];
