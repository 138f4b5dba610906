import { join } from 'node:path';
import type { Progress } from '../../harness/server/progress.mts';
import type { Job, Side } from './jobs.mts';
import { type BenchSandbox, startSandboxProcess } from './sandbox.mts';
import { type Run, runOnce, type Station, type Weights } from './station.mts';

/** What a side did in all its runs of a job. */
export interface SideResult {
	side: Side;
	runs: Run[];
	weights?: Weights;
	/** The live heap between runs: the least that was seen. */
	idleHeapBytes: number;
}

export interface JobResult {
	job: Job;
	/** In the order of the job; the first is this package's. */
	sides: SideResult[];
}

export interface CourseOptions {
	/** Measured runs of each side. */
	runs: number;
	/** Where to write a CPU profile of each side, in one run more. */
	profiles?: string;
	/** Makes a side ready. */
	open(job: Job, side: Side, sandbox: BenchSandbox): Promise<Station>;
}

/**
 * Does a job by all its sides in turn: a run to warm up, where it is of use one to weigh what comes
 * out, and the measured ones, A B A B, so that whatever else the machine does meets all sides.
 */
export async function runJob(
	job: Job,
	options: CourseOptions,
	progress: Progress,
): Promise<JobResult> {
	return await progress.step(job.title, async (update) => {
		const sandbox = await startSandboxProcess(job);
		const stations: Station[] = [];
		try {
			for (const side of job.sides) stations.push(await options.open(job, side, sandbox));
			const turn = async (what: string, given: (side: Side) => Parameters<typeof runOnce>[3]) => {
				const runs: Run[] = [];
				for (const station of stations) {
					update(`${what}, ${station.side.key}`);
					runs.push(await runOnce(station, job, sandbox, given(station.side)));
				}
				return runs;
			};
			const extra = [await turn('warming up', () => ({}))];
			if (job.weighs) extra.push(await turn('weighing', () => ({ weighs: true })));
			const turns: Run[][] = [];
			for (let count = 1; count <= options.runs; count++) {
				turns.push(await turn(`run ${count} of ${options.runs}`, () => ({})));
			}
			const { profiles } = options;
			if (profiles !== undefined) {
				await turn('profile', ({ key }) => ({
					profile: join(profiles, `${job.key}-${key}.cpuprofile`),
				}));
			}
			return { job, sides: job.sides.map((side, index) => getResult(side, index, turns, extra)) };
		} finally {
			for (const station of stations) await station.stop();
			await sandbox.stop();
		}
	});
}

function getResult(side: Side, index: number, turns: Run[][], extra: Run[][]): SideResult {
	const runs = turns.map((turn) => turn[index]);
	const others = extra.map((turn) => turn[index]);
	return {
		side,
		runs,
		weights: others.find(({ weights }) => weights)?.weights,
		idleHeapBytes: Math.min(...[...others, ...runs].map(({ heapBytes }) => heapBytes)),
	};
}
