import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../harness/server/paths.mts';
import type { JobResult } from './runJob.mts';
import { median, getRatio } from './figures.mts';

const FILE = join(ROOT, 'docs/benchmarks.svg');

const WIDTH = 860;
const ROW = 46;
const TOP = 64;
const BOTTOM = 44;
const LEFT = 390;
const RIGHT = 90;

/** A bar shows how many times as fast as another side this package's node is. */
export interface Bar {
	title: string;
	detail: string;
	factor: number;
	/** Shown beside the factor: how the other side loads the server. */
	note?: string;
}

/** A bar for each job and each side that uses n8n's own nodes. */
export function listBars(results: JobResult[]): Bar[] {
	return results
		.filter(({ job }) => !job.weighs || job.items > 10_000)
		.flatMap((result) =>
			result.sides
				.filter(({ side }) => side.key.startsWith('http'))
				.flatMap(({ side, runs }) => {
					const ratio = getRatio(result, side.key, 'wall');
					if (!ratio) return [];
					const time = (list: typeof runs) =>
						`${(median(list.map(({ wallMs }) => wallMs)) / 1000).toFixed(1)} s`;
					const [ours] = result.sides;
					const most = Math.max(...runs.map(({ inFlight }) => inFlight));
					const isFlood = ours.runs.every(({ inFlight }) => most > inFlight);
					return {
						title: result.job.title,
						detail: `${time(ours.runs)}; ${side.title} ${time(runs)}`,
						factor: 1 / ratio.median,
						...(isFlood && { note: `it has ${most.toLocaleString('en')} in flight at once` }),
					};
				}),
		);
}

/** The bars as SVG. Its colors follow the reader's light or dark mode. */
export function chartText(bars: Bar[], source: string): string {
	const height = TOP + bars.length * ROW + BOTTOM;
	const most = Math.max(2, ...bars.map(({ factor }) => factor));
	const x = (factor: number) => LEFT + (factor / most) * (WIDTH - LEFT - RIGHT);
	const ticks = Array.from({ length: Math.floor(most) + 1 }, (_, tick) => tick);
	const bottom = TOP + bars.length * ROW;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
<title id="title">How many times as fast as n8n's HTTP Request node: ${bars.map(({ title, factor }) => `${escape(title)} ${factor.toFixed(1)}`).join('; ')}</title>
<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
.small { font-size: 11px; fill: #59636e; }
.head { font-size: 15px; font-weight: 600; }
.faster { fill: #0f8a7e; } .slower { fill: #c2570c; }
.grid { stroke: #d1d9e0; } .one { stroke: #59636e; stroke-dasharray: 4 3; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .small { fill: #9198a1; }
.faster { fill: #2fb8a8; } .slower { fill: #e8853d; }
.grid { stroke: #3d444d; } .one { stroke: #9198a1; }
}
</style>
<text class="head" x="16" y="26">CAKE Conversions: how many times as fast as n8n’s HTTP Request node</text>
<text class="small" x="16" y="45">${escape(source)}. The dashed line is equal speed.</text>
${ticks.map((tick) => `<line class="${tick === 1 ? 'one' : 'grid'}" x1="${x(tick).toFixed(1)}" x2="${x(tick).toFixed(1)}" y1="${TOP}" y2="${bottom}"/><text class="small" x="${x(tick).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${tick}×</text>`).join('\n')}
${bars.map((bar, index) => barText(bar, TOP + index * ROW, x)).join('\n')}
</svg>
`;
}

function barText(bar: Bar, y: number, x: (factor: number) => number): string {
	const { title, detail, factor, note } = bar;
	const end = x(factor);
	return [
		`<text x="16" y="${y + 20}">${escape(title)}</text>`,
		`<text class="small" x="16" y="${y + 36}">${escape(detail)}</text>`,
		`<rect class="${factor >= 1 ? 'faster' : 'slower'}" x="${x(0)}" y="${y + 10}" width="${(end - x(0)).toFixed(1)}" height="26" rx="3"/>`,
		`<text x="${(end + 8).toFixed(1)}" y="${y + 28}">${factor.toFixed(1)}×</text>`,
		...(note
			? [`<text class="small" x="${(end + 46).toFixed(1)}" y="${y + 28}">${escape(note)}</text>`]
			: []),
	].join('\n');
}

function escape(text: string): string {
	return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Writes docs/benchmarks.svg. Gives its path. */
export async function writeChart(results: JobResult[], source: string): Promise<string> {
	await writeFile(FILE, chartText(listBars(results), source));
	return FILE;
}
