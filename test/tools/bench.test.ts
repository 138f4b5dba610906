import fc from 'fast-check';
import { listBars, chartText } from '../../scripts/bench/chart.mts';
import type { JobResult } from '../../scripts/bench/runJob.mts';
import { median, perRow, getRatio, listGoalResults } from '../../scripts/bench/figures.mts';
import type { Job } from '../../scripts/bench/job.mts';
import type { Run } from '../../scripts/bench/station.mts';
import { buildWorkflow, type Step } from '../../scripts/bench/workflows.mts';
import { goalTable, jobTable, markdownTable } from '../../scripts/bench/table.mts';

const side = (key: string) => ({ key, title: `<${key}>`, steps: () => [] });

const job: Job = {
	key: 'query',
	title: 'Query & more',
	rows: 100_000,
	latencyMs: 0,
	items: 100_000,
	sides: [side('cake'), side('http')],
	weighs: true,
	input: () => [],
	goals: [
		{ measure: 'wall', against: 'http', atMost: 0.5 },
		{ measure: 'peak', against: 'http', atMost: 0.5 },
		{ measure: 'block', atMost: 60 },
		{ measure: 'wall', against: 'waiting' },
		{ measure: 'cpu', against: 'nobody', atMost: 1 },
	],
	waitingMs: 40,
};

const run = (wallMs: number, peakRssBytes: number): Run => ({
	wallMs,
	emptyMs: 10,
	cpuMs: wallMs,
	blockMs: wallMs / 5,
	heapBytes: 1e6,
	rssBytes: 1e6,
	peakRssBytes,
	inFlight: 8,
	requests: 201,
});

const weights = { heapBytes: 41e6, itemBytes: 30e6, conversions: 100_000 };

/** In its three runs, the first side takes a quarter, two thirds and a half of the other's time. */
const result: JobResult = {
	job,
	sides: [
		{
			side: job.sides[0],
			runs: [run(100, 9e6), run(200, 9e6), run(50, 9e6)],
			weights,
			idleHeapBytes: 1e6,
		},
		{
			side: job.sides[1],
			runs: [run(400, 1e7), run(300, 1e7), run(100, 1e7)],
			idleHeapBytes: 1e6,
		},
	],
};

describe('bench figures', () => {
	it('takes the middle number as the median, or the mean of the two in the middle', () => {
		fc.assert(
			fc.property(fc.array(fc.integer(), { minLength: 1 }), (numbers) => {
				const middle = median(numbers);
				const below = numbers.filter((number) => number < middle).length;
				const above = numbers.filter((number) => number > middle).length;
				expect(Math.max(below, above) * 2).toBeLessThanOrEqual(numbers.length);
			}),
		);
		expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
	});

	it('compares two sides run by run, not median with median', () => {
		expect(getRatio(result, 'http', 'wall')).toEqual({ median: 1 / 2, least: 1 / 4, most: 2 / 3 });
		expect(getRatio(result, 'nobody', 'wall')).toBeUndefined();
	});

	it('lists for each goal whether it was reached', () => {
		const reached = listGoalResults(result).map(({ isReached }) => isReached);
		expect(reached).toEqual([true, false, true, undefined]);
		const table = goalTable([result]);
		expect(table).toMatch(/peak memory.*0\.90 \| \*\*missed\*\*/);
		expect(table).toMatch(
			/longest block of the event loop +\| +at most 60 ms \| +20 ms \| +reached/,
		);
		expect(table).toMatch(/time, against the waiting alone +\| +stated \| +2\.50 \| +\|/);
	});

	it('counts per row the memory above an idle server and the time above an empty run', () => {
		expect(perRow(result)).toEqual([
			{ liveBytes: 400, itemBytes: 300, addedBytes: 80, wallUs: 0.9 },
			undefined,
		]);
	});
});

describe('bench workflows', () => {
	it('connects each step with the one before, or with the nodes that it names, in order', () => {
		const step = (name: string, after?: string[]): Step => ({
			...{ name, type: name, typeVersion: 1, parameters: {} },
			...(after && { after }),
		});
		const steps = [step('items'), step('list'), step('merge', ['items', 'list'])];
		const to = (node: string, index: number) => ({ node, type: 'main', index });
		expect(buildWorkflow('find', steps).connections).toEqual({
			items: { main: [[to('list', 0), to('merge', 0)]] },
			list: { main: [[to('merge', 1)]] },
		});
	});
});

describe('bench output', () => {
	it('writes a table as prettier formats it', () => {
		expect(markdownTable(['', 'Time'], [['one', '1 s']])).toBe(
			['|      | Time |', '| ---- | ---: |', '| one  |  1 s |'].join('\n'),
		);
		expect(jobTable(result)).toContain('| <cake> | 0.10 s | 0.10 s |');
	});

	it('draws a chart with a bar for each of n8n’s nodes, in both color schemes', () => {
		const [bar, ...others] = listBars([result]);
		expect(others).toEqual([]);
		expect(bar.factor).toBe(2);
		const svg = chartText([bar], 'here');
		expect(svg).toContain('Query &amp; more');
		expect(svg).toContain('&lt;http&gt; 0.3 s');
		expect(svg).toContain('prefers-color-scheme: dark');
	});
});
