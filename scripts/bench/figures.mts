import type { JobResult, SideResult } from './runJob.mts';
import type { Goal } from './job.mts';
import type { Run } from './station.mts';

export type Measure = 'wall' | 'cpu' | 'block' | 'peak' | 'added';

const VALUES: Record<Measure, (run: Run) => number> = {
	wall: ({ wallMs }) => wallMs,
	cpu: ({ cpuMs }) => cpuMs,
	block: ({ blockMs }) => blockMs,
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

/** A figure over all rounds. */
export interface Spread {
	median: number;
	least: number;
	most: number;
}

function getSpread(numbers: number[]): Spread {
	return { median: median(numbers), least: Math.min(...numbers), most: Math.max(...numbers) };
}

/**
 * This package's figure divided by another side's in the same round.
 * @param against the key of the other side; without such a side, the ratio is undefined
 */
export function getRatio(
	{ sides }: JobResult,
	against: string,
	measure: Measure,
): Spread | undefined {
	const [ours] = sides;
	const theirs = sides.find(({ side }) => side.key === against);
	if (!theirs) return undefined;
	const value = VALUES[measure];
	return getSpread(ours.runs.map((run, round) => value(run) / value(theirs.runs[round])));
}

/** A goal and what was measured for it. */
export interface GoalResult {
	goal: Goal;
	measured: number;
	/** Undefined for a figure without a limit. */
	isReached?: boolean;
}

/** The figure that a goal is about; undefined without the side that it is compared with. */
function getMeasured(result: JobResult, goal: Goal): number | undefined {
	const { waitingMs } = result.job;
	switch (goal.against) {
		case undefined:
			return getMedian(result.sides[0], goal.measure);
		case 'waiting':
			return waitingMs && getMedian(result.sides[0], goal.measure) / waitingMs;
		default:
			return getRatio(result, goal.against, goal.measure)?.median;
	}
}

export function listGoalResults(result: JobResult): GoalResult[] {
	return result.job.goals.flatMap((goal): GoalResult[] => {
		const measured = getMeasured(result, goal);
		if (measured === undefined) return [];
		if (goal.atMost === undefined) return [{ goal, measured }];
		return [{ goal, measured, isReached: measured <= goal.atMost }];
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
