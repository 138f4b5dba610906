import type { JobResult, SideResult } from './runJob.mts';
import type { Goal } from './jobs.mts';
import type { Run } from './station.mts';

export type Measure = 'wall' | 'cpu' | 'peak' | 'added';

const VALUES: Record<Measure, (run: Run) => number> = {
	wall: ({ wallMs }) => wallMs,
	cpu: ({ cpuMs }) => cpuMs,
	peak: ({ peakRssBytes }) => peakRssBytes,
	added: ({ peakRssBytes, rssBytes }) => peakRssBytes - rssBytes,
};

export function median(numbers: number[]): number {
	const sorted = [...numbers].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function getMedian({ runs }: SideResult, measure: Measure): number {
	return median(runs.map(VALUES[measure]));
}

/** This package's figure divided by another side's in the same round. Over all rounds. */
export interface Ratio {
	median: number;
	least: number;
	most: number;
}

/** @param against the key of the other side; without such a side, the ratio is undefined */
export function getRatio(
	{ sides }: JobResult,
	against: string,
	measure: Measure,
): Ratio | undefined {
	const [ours] = sides;
	const theirs = sides.find(({ side }) => side.key === against);
	if (!theirs) return undefined;
	const value = VALUES[measure];
	const ratios = ours.runs.map((run, round) => value(run) / value(theirs.runs[round]));
	return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** A goal and the measured ratio. */
export interface GoalResult {
	goal: Goal;
	ratio: Ratio;
	isReached: boolean;
}

export function listGoalResults(result: JobResult): GoalResult[] {
	return result.job.goals.flatMap((goal) => {
		const ratio = getRatio(result, goal.against, goal.measure);
		return ratio ? { goal, ratio, isReached: ratio.median <= goal.atMost } : [];
	});
}

/** Memory (bytes) and time (microseconds) per row. */
export interface PerRow {
	/** Live heap after all rows are output, less the live heap of an idle server. */
	liveBytes: number;
	/** The part of it that n8n's items take. */
	itemBytes: number;
	/** Peak resident memory of the run, less the resident memory before it. */
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
