import type { Job } from '../job.mts';
import { httpQuery, own, removeDuplicates, splitOut } from '../workflows.mts';

const ROWS = 10_000;
const LATENCY_MS = 50;

/** The usual poll: all conversions of the window are known, and none is new. */
export const pollJob: Job = {
	key: `poll-${ROWS}-${LATENCY_MS}`,
	title: `A poll of ${ROWS.toLocaleString('en')} conversions, none of them new, ${LATENCY_MS} ms a page`,
	rows: ROWS,
	latencyMs: LATENCY_MS,
	items: 0,
	sides: [
		{
			key: 'cake',
			title: 'CAKE Conversions Trigger',
			steps: () => [own('poll', { event: 'new', options: { lookBackDays: 30 } })],
		},
		{
			key: 'http',
			title: 'HTTP Request + Split Out + Remove Duplicates',
			only: 'n8n',
			steps: (sandbox) => [
				httpQuery(sandbox),
				splitOut('conversions'),
				removeDuplicates('={{ $json.conversion_id }}', 2 * ROWS),
			],
		},
	],
	input: () => [],
	weighs: false,
	goals: [],
};
