import type { JobResult, SideResult } from './course.mts';
import type { Goal } from './jobs.mts';
import type { Run } from './station.mts';

/** What can be compared of a run. */
export type Measure = 'wall' | 'cpu' | 'peak' | 'added';

const VALUES: Record<Measure, (run: Run) => number> = {
	wall: ({ wallMs }) => wallMs,
	cpu: ({ cpuMs }) => cpuMs,
	peak: ({ peakRssBytes }) => peakRssBytes,
	added: ({ peakRssBytes, rssBytes }) => peakRssBytes - rssBytes,
};

/** The middle of a list of numbers. */
export function median(numbers: number[]): number {
	const sorted = [...numbers].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of a measure over the runs of a side. */
export function getMedian({ runs }: SideResult, measure: Measure): number {
	return median(runs.map(VALUES[measure]));
}

/** This package's figure divided by another side's, turn by turn: the median and both ends. */
export interface Ratio {
	median: number;
	least: number;
	most: number;
}

/** @param against the key of the other side; undefined when the job has none such */
export function getRatio(
	{ sides }: JobResult,
	against: string,
	measure: Measure,
): Ratio | undefined {
	const [ours] = sides;
	const theirs = sides.find(({ side }) => side.key === against);
	if (!theirs) return undefined;
	const value = VALUES[measure];
	const ratios = ours.runs.map((run, turn) => value(run) / value(theirs.runs[turn]));
	return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** A goal, and what was measured. */
export interface Verdict {
	goal: Goal;
	ratio: Ratio;
	isReached: boolean;
}

export function listVerdicts(result: JobResult): Verdict[] {
	return result.job.goals.flatMap((goal) => {
		const ratio = getRatio(result, goal.against, goal.measure);
		return ratio ? { goal, ratio, isReached: ratio.median <= goal.atMost } : [];
	});
}

/** Memory and time for a row, in bytes and microseconds. */
export interface PerRow {
	/** Live heap above an idle server when all rows have come out. */
	liveBytes: number;
	/** Of that, n8n's items in themselves. */
	itemBytes: number;
	/** The most resident memory above that before the run. */
	addedBytes: number;
	/** Without the time of an empty execution. */
	wallUs: number;
}

export function perRow({ job, sides }: JobResult): Array<PerRow | undefined> {
	return sides.map((side) => {
		if (!side.weights) return undefined;
		const { heapBytes, itemBytes } = side.weights;
		const wallMs = median(side.runs.map(({ wallMs: all, emptyMs }) => all - emptyMs));
		return {
			liveBytes: (heapBytes - side.idleHeapBytes) / job.items,
			itemBytes: itemBytes / job.items,
			addedBytes: getMedian(side, 'added') / job.items,
			wallUs: (wallMs * 1000) / job.items,
		};
	});
}
