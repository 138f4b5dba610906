import type { JobResult } from './runJob.mts';
import {
	getMedian,
	getRatio,
	listGoalResults,
	perRow,
	type GoalResult,
	type Measure,
	type Spread,
} from './figures.mts';

const seconds = (ms: number) => (ms / 1000).toFixed(ms < 9950 ? 2 : 1);
const milliseconds = (ms: number) => `${whole(ms)} ms`;
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
const whole = (value: number) => Math.round(value).toLocaleString('en');

/** A Markdown table, padded like prettier's. The first column is left-aligned, the others right. */
export function markdownTable(head: string[], rows: string[][]): string {
	const all = [head, ...rows];
	const widths = head.map((_, column) => Math.max(4, ...all.map((row) => row[column].length)));
	const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
	const pad = (cells: string[]) =>
		cells.map((cell, column) =>
			column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
		);
	const rule = widths.map((width, column) =>
		column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
	);
	return [line(pad(head)), line(rule), ...rows.map((row) => line(pad(row)))].join('\n');
}

/** The medians of a job, with a row for each side. */
export function jobTable(result: JobResult): string {
	const head = [
		'',
		'Time',
		'CPU',
		'Longest block',
		'Peak memory',
		'of that added',
		'In flight',
		'Requests',
	];
	const rows = result.sides.map((side) => {
		const most = (value: (run: (typeof side.runs)[number]) => number) =>
			Math.max(...side.runs.map(value));
		return [
			side.side.title,
			`${seconds(getMedian(side, 'wall'))} s`,
			`${seconds(getMedian(side, 'cpu'))} s`,
			milliseconds(getMedian(side, 'block')),
			`${megabytes(getMedian(side, 'peak'))} MB`,
			`${megabytes(getMedian(side, 'added'))} MB`,
			whole(most(({ inFlight }) => inFlight)),
			whole(most(({ requests }) => requests)),
		];
	});
	return markdownTable(head, rows);
}

/** This package's figures divided by each other side's. */
export function ratioTable(result: JobResult): string {
	const head = ['CAKE Conversions divided by', 'Time', 'CPU', 'Peak memory', 'Added memory'];
	const rows = result.sides.slice(1).map(({ side }) => [
		side.title,
		...(['wall', 'cpu', 'peak', 'added'] as const).map((measure) => {
			const ratio = getRatio(result, side.key, measure);
			return ratio ? span(ratio) : '';
		}),
	]);
	return markdownTable(head, rows);
}

const span = ({ median, least, most }: Spread) =>
	`${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;

const MEASURES: Record<Measure, string> = {
	wall: 'time',
	cpu: 'CPU time',
	block: 'longest block of the event loop',
	peak: 'peak memory',
	added: 'added memory',
};

/** The goals, and whether they were reached. */
export function goalTable(results: JobResult[]): string {
	const rows = results.flatMap((result) =>
		listGoalResults(result).map(({ goal, measured, isReached }) => {
			const show = goal.against === undefined ? milliseconds : (value: number) => value.toFixed(2);
			return [
				`${result.job.title}: ${MEASURES[goal.measure]}${describeOther(result, goal)}`,
				goal.atMost === undefined ? 'stated' : `at most ${show(goal.atMost)}`,
				show(measured),
				isReached === undefined ? '' : isReached ? 'reached' : '**missed**',
			];
		}),
	);
	return markdownTable(['Goal', 'Limit', 'Measured', ''], rows);
}

function describeOther({ sides }: JobResult, { against }: GoalResult['goal']): string {
	if (against === undefined) return '';
	if (against === 'waiting') return ', against the waiting alone';
	return `, against ${sides.find(({ side }) => side.key === against)?.side.title}`;
}

/** Time and memory per row of the query jobs without latency. */
export function perRowTable(results: JobResult[]): string {
	const rows = results
		.filter(({ job }) => job.weighs && job.latencyMs === 0)
		.flatMap((result) =>
			perRow(result).flatMap((figures, index) => {
				if (!figures) return [];
				const { wallUs, liveBytes, itemBytes, addedBytes } = figures;
				return [
					[
						`${whole(result.job.items)} rows, ${result.sides[index].side.title}`,
						`${whole(wallUs)} µs`,
						`${whole(liveBytes)} B`,
						`${whole(itemBytes)} B`,
						`${whole(addedBytes)} B`,
					],
				];
			}),
		);
	const head = ['', 'Time', 'Heap held', "n8n's items alone", 'Peak memory added'];
	return markdownTable(head, rows);
}
