import { join } from 'node:path';
import type { Progress } from '../../harness/server/progress.mts';
import type { Job, Side } from './job.mts';
import { type BenchSandbox, startSandboxProcess } from './sandbox.mts';
import { type Run, runOnce, type RunOptions, type Station, type Weights } from './station.mts';

/** A side's runs of a job. */
export interface SideResult {
	side: Side;
	runs: Run[];
	weights?: Weights | undefined;
	/** The smallest live heap between runs. */
	idleHeapBytes: number;
}

export interface JobResult {
	job: Job;
	/** In the order of `job.sides`: the first is this package's. */
	sides: SideResult[];
}

export interface JobOptions {
	/** Number of measured runs of each side. */
	runs: number;
	/** Directory for a CPU profile of each side. The profiles take one more run. */
	profiles?: string | undefined;
	/** Starts a side. */
	open(job: Job, side: Side, sandbox: BenchSandbox): Promise<Station>;
}

/**
 * Runs all sides of a job in rounds (A B A B): other load on the machine then hits all sides.
 * The first round warms up. If `job.weighs`, the second measures the items' memory.
 */
export async function runJob(
	job: Job,
	options: JobOptions,
	progress: Progress,
): Promise<JobResult> {
	return await progress.step(job.title, async (update) => {
		const sandbox = await startSandboxProcess(job);
		const stations: Station[] = [];
		try {
			for (const side of job.sides) stations.push(await options.open(job, side, sandbox));
			const runRound = async (title: string, getOptions: (side: Side) => RunOptions) => {
				const runs: Run[] = [];
				for (const station of stations) {
					update(`${title}, ${station.side.key}`);
					runs.push(await runOnce(station, job, sandbox, getOptions(station.side)));
				}
				return runs;
			};
			const extra = [await runRound('warming up', () => ({ isWarmUp: true }))];
			if (job.weighs) extra.push(await runRound('weighing', () => ({ weighs: true })));
			const rounds: Run[][] = [];
			for (let count = 1; count <= options.runs; count++) {
				rounds.push(await runRound(`run ${count} of ${options.runs}`, () => ({})));
			}
			const { profiles } = options;
			if (profiles !== undefined) {
				await runRound('profile', ({ key }) => ({
					profile: join(profiles, `${job.key}-${key}.cpuprofile`),
				}));
			}
			return { job, sides: job.sides.map((side, index) => getResult(side, index, rounds, extra)) };
		} finally {
			for (const station of stations) await station.stop();
			await sandbox.stop();
		}
	});
}

function getResult(side: Side, index: number, rounds: Run[][], extra: Run[][]): SideResult {
	const runs = rounds.map((round) => round[index]);
	const others = extra.map((round) => round[index]);
	return {
		side,
		runs,
		weights: others.find(({ weights }) => weights)?.weights,
		idleHeapBytes: Math.min(...[...others, ...runs].map(({ heapBytes }) => heapBytes)),
	};
}
