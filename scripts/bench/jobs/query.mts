import type { Goal, Job, Side } from '../job.mts';
import { cake, httpQuery, own, splitOut } from '../workflows.mts';

const cakeQuery: Side = {
	key: 'cake',
	title: 'CAKE Conversions',
	steps: ({ range }) => [
		cake({ operation: 'query', dateRange: 'custom', ...range, returnAll: true }),
	],
};

const httpQuerySide: Side = {
	key: 'http',
	title: 'HTTP Request + Split Out',
	only: 'n8n',
	steps: (sandbox) => [httpQuery(sandbox), splitOut('conversions')],
};

const bareQuery: Side = {
	key: 'bare',
	title: 'Bare loop of n8n’s helper',
	only: 'engine',
	steps: ({ range }) => [own('bareLoop', { operation: 'query', ...range })],
};

function queryJob(rows: number, latencyMs: number, goals: Goal[] = []): Job {
	return {
		key: `query-${rows}-${latencyMs}`,
		title: `Query, ${rows.toLocaleString('en')} rows, ${latencyMs} ms a page`,
		rows,
		latencyMs,
		items: rows,
		sides: [cakeQuery, httpQuerySide, bareQuery],
		input: () => [],
		weighs: true,
		goals,
	};
}

export const queryJobs: Job[] = [
	queryJob(25_000, 50, [{ measure: 'wall', against: 'http', atMost: 0.25 }]),
	queryJob(25_000, 200, [{ measure: 'wall', against: 'http', atMost: 0.2 }]),
	queryJob(1_000, 0),
	queryJob(10_000, 0),
	queryJob(100_000, 0, [
		{ measure: 'wall', against: 'http', atMost: 1 },
		{ measure: 'added', against: 'http', atMost: 0.9 },
	]),
];
