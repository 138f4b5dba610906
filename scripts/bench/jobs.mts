import type { AccountOptions, BenchSandbox } from './sandbox.mts';
import { cake, httpRequest, own, splitOut, type Step } from './workflows.mts';

/** One way to do a job. */
export interface Side {
	/** Short, for file names and the command line. */
	key: string;
	title: string;
	/** The nodes between the input nodes and the result node, which counts the items. */
	steps(sandbox: BenchSandbox): Step[];
}

/** Work that several sides do, one after another. The first side is this package's. */
export interface Job extends AccountOptions {
	key: string;
	title: string;
	sides: Side[];
	/** How many items each side must output. */
	items: number;
	/** Nodes before the side's own. They make the items. */
	input(sandbox: BenchSandbox): Step[];
	/** Whether to measure the memory of the output items. For queries: their items are the rows. */
	weighs: boolean;
	goals: Goal[];
}

/** A limit for this package's figure divided by another side's. */
export interface Goal {
	measure: 'wall' | 'cpu' | 'peak';
	against: string;
	atMost: number;
}

const QUERY_PATH = '/api/2/conversions.json';
const RECORD_PATH = '/api/2/conversion.json';
const PAGE_SIZE = 500;

const cakeQuery: Side = {
	key: 'cake',
	title: 'CAKE Conversions',
	steps: ({ range }) => [
		cake({ operation: 'query', dateRange: 'custom', ...range, returnAll: true }),
	],
};

/** As a careful user sets it up: the largest pages, and only as many as CAKE's total requires. */
const httpQuery: Side = {
	key: 'http',
	title: 'HTTP Request + Split Out',
	steps: ({ url, range }) => [
		httpRequest(
			url + QUERY_PATH,
			{ start_date: range.startDate, end_date: range.endDate, row_limit: String(PAGE_SIZE) },
			{
				pagination: {
					pagination: {
						paginationMode: 'updateAParameterInEachRequest',
						parameters: {
							parameters: [
								{ type: 'qs', name: 'start_at_row', value: `={{ $pageCount * ${PAGE_SIZE} + 1 }}` },
							],
						},
						paginationCompleteWhen: 'other',
						completeExpression: `={{ $pageCount * ${PAGE_SIZE} >= $response.body.total_rows }}`,
					},
				},
			},
		),
		splitOut('conversions'),
	],
};

const bareQuery: Side = {
	key: 'bare',
	title: 'Bare loop of n8n’s helper',
	steps: ({ range }) => [own('bareLoop', { operation: 'query', ...range })],
};

function queryJob(rows: number, latencyMs: number, goals: Goal[] = []): Job {
	return {
		key: `query-${rows}-${latencyMs}`,
		title: `Query, ${rows.toLocaleString('en')} rows, ${latencyMs} ms a page`,
		rows,
		latencyMs,
		items: rows,
		sides: [cakeQuery, httpQuery],
		input: () => [],
		weighs: true,
		goals,
	};
}

/** The values to record, as expressions. They are the same for every side. */
const FIELDS = {
	clickId: '={{ $json.clickId }}',
	offerId: '={{ $json.offerId }}',
	uniqueId: '={{ $json.deal }}',
	orderId: '={{ $json.order }}',
	payout: '={{ $json.payout }}',
};
const { orderId, payout, ...MAIN_FIELDS } = FIELDS;
const RECORD = { operation: 'record', ...MAIN_FIELDS, additionalFields: { orderId, payout } };

const RECORD_QUERY = {
	click_id: FIELDS.clickId,
	offer_id: FIELDS.offerId,
	unique_id: FIELDS.uniqueId,
	order_id: FIELDS.orderId,
	payout: FIELDS.payout,
};

function httpRecord(key: string, title: string, options: Record<string, unknown>): Side {
	return {
		key,
		title,
		steps: ({ url }) => [httpRequest(url + RECORD_PATH, RECORD_QUERY, options)],
	};
}

const cakeAndBareRecord: Side[] = [
	{ key: 'cake', title: 'CAKE Conversions', steps: () => [cake(RECORD)] },
	{
		key: 'bare',
		title: 'Bare loop of n8n’s helper, 20 at once',
		steps: () => [own('bareLoop', { ...RECORD, credentialOnce: false })],
	},
	{
		key: 'bare-once',
		title: 'Bare loop, credential read once',
		steps: () => [own('bareLoop', { ...RECORD, credentialOnce: true })],
	},
];

const httpRecords: Side[] = [
	httpRecord('http-batching', 'HTTP Request, Batching 20 each 100 ms', {
		batching: { batch: { batchSize: 20, batchInterval: 100 } },
	}),
	httpRecord('http', 'HTTP Request, defaults', {}),
	{
		// Without a credential, n8n reads nothing between two requests: none waits for another.
		key: 'http-key',
		title: 'HTTP Request, defaults, key as a parameter',
		steps: ({ url, apiKey }) => [
			httpRequest(url + RECORD_PATH, { ...RECORD_QUERY, api_key: apiKey }, {}, 'none'),
		],
	},
];

function recordJob(count: number, latencyMs: number, goals: Goal[]): Job {
	return {
		key: `record-${count}-${latencyMs}`,
		title: `Record, ${count.toLocaleString('en')} items, ${latencyMs} ms a request`,
		rows: 0,
		latencyMs,
		items: count,
		sides: [...cakeAndBareRecord, ...httpRecords],
		input: ({ clicks }) => [own('items', { count, clicks: JSON.stringify(clicks) })],
		weighs: false,
		goals,
	};
}

/** The jobs of `npm run bench:n8n`, in order. */
export const JOBS: Job[] = [
	queryJob(25_000, 50, [{ measure: 'wall', against: 'http', atMost: 1 / 4 }]),
	queryJob(25_000, 200, [{ measure: 'wall', against: 'http', atMost: 1 / 5 }]),
	queryJob(1_000, 0),
	queryJob(10_000, 0),
	queryJob(100_000, 0, [
		{ measure: 'wall', against: 'http', atMost: 1 },
		{ measure: 'peak', against: 'http', atMost: 0.8 },
	]),
	recordJob(5_000, 50, [
		{ measure: 'wall', against: 'bare', atMost: 1.15 },
		{ measure: 'cpu', against: 'bare', atMost: 1.15 },
		{ measure: 'wall', against: 'http-batching', atMost: 1 },
	]),
];

/** The same jobs for `npm run bench`. The engine alone has no HTTP Request node. */
export const ENGINE_JOBS: Job[] = JOBS.map((job) => ({
	...job,
	sides: job.weighs ? [cakeQuery, bareQuery] : cakeAndBareRecord,
	goals: [],
}));
