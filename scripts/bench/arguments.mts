import { Problem } from '../../harness/server/problem.mts';
import { parseOptions, toCount } from '../commandLine.mts';
import type { Job } from './job.mts';

/** With fewer runs, the bench does not write its document. */
export const FULL_RUNS = 5;

export interface BenchArguments {
	help: boolean;
	runs: number;
	jobs: Job[];
	/** A directory for CPU profiles. */
	profiles?: string | undefined;
	/** Whether all jobs run, and often enough for the document. */
	isFull: boolean;
}

/** The text of `--help`. */
export function helpFor(command: string, jobs: Job[]): string {
	return `npm run ${command}: this package's node beside others that do the same work

  npm run ${command} -- [options]

  --runs NUMBER    measured runs of each side (${FULL_RUNS})
  --job TEXT       only jobs whose name begins so; may be given several times:
                   ${jobs.map(({ key }) => key).join('\n                   ')}
  --profile DIR    one run more of each side, with a CPU profile written to DIR
  --help           this text

Only a run of all jobs, ${FULL_RUNS} times or more, is written to docs/benchmarks.md.
`;
}

/** Reads the command line. Throws a Problem if an argument is invalid. */
export function readArguments(args: string[], all: Job[]): BenchArguments {
	const options = {
		runs: { type: 'string', default: String(FULL_RUNS) },
		job: { type: 'string', multiple: true, default: [] as string[] },
		profile: { type: 'string' },
		help: { type: 'boolean', short: 'h', default: false },
	} as const;
	const values = parseOptions(args, options);
	const runs = toCount('runs', values.runs);
	const wanted = values.job;
	const jobs = all.filter(
		({ key }) => wanted.length === 0 || wanted.some((text) => key.startsWith(text)),
	);
	if (jobs.length === 0) throw new Problem(`No job begins with ${wanted.join(' or ')}`);
	const isFull = runs >= FULL_RUNS && jobs.length === all.length;
	return { help: values.help, runs, jobs, profiles: values.profile, isFull };
}
