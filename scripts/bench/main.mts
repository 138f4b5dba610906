import { mkdir } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { endOnSignal } from '../../harness/server/ending.mts';
import { explain } from '../../harness/server/problem.mts';
import { stopAll } from '../../harness/server/processes.mts';
import { Progress } from '../../harness/server/progress.mts';
import { FULL_RUNS, helpFor, readArguments } from './arguments.mts';
import { type JobOptions, type JobResult, runJob } from './runJob.mts';
import { type Circumstances, type SectionName, sectionText, writeSection } from './document.mts';
import type { Job } from './job.mts';
import { jobTable } from './table.mts';

export interface Bench {
	name: SectionName;
	jobs: Job[];
	versions(): Circumstances['versions'];
	/** Prepares files for all jobs. `open` starts a side, `remove` deletes the files. */
	prepare(progress: Progress): Promise<{ open: JobOptions['open']; remove(): Promise<void> }>;
	/** A full run calls it to write a chart. Gives the file. */
	illustrate?(results: JobResult[], source: string): Promise<string>;
}

/** Runs a bench from the command line: prints its tables. A full run also writes the document. */
export async function runBench(bench: Bench): Promise<void> {
	const say = (line: string) => void process.stdout.write(`${line}\n`);
	const isEnding = endOnSignal(say);
	try {
		await run(bench, say);
		process.exit(0);
	} catch (error) {
		// After Ctrl-C, failures are expected.
		if (isEnding()) return;
		process.stderr.write(`${bench.name}: ${explain(error)}\n`);
		await stopAll();
		process.exit(1);
	}
}

async function run(bench: Bench, say: (line: string) => void): Promise<void> {
	const given = readArguments(process.argv.slice(2), bench.jobs);
	if (given.help) {
		say(helpFor(bench.name, bench.jobs));
		return;
	}
	const profiles = given.profiles && resolve(given.profiles);
	if (profiles) await mkdir(profiles, { recursive: true });
	const progress = new Progress();
	const { open, remove } = await bench.prepare(progress);
	const command = `npm run ${bench.name}`;
	const circumstances: Circumstances = {
		command,
		runs: given.runs,
		versions: bench.versions(),
		load: loadavg()[0],
	};
	const results: JobResult[] = [];
	try {
		for (const job of given.jobs) {
			const result = await runJob(job, { runs: given.runs, profiles, open }, progress);
			say(`\n${jobTable(result)}\n`);
			results.push(result);
		}
	} finally {
		await remove();
	}
	const text = sectionText(results, circumstances);
	say(`\n${text}\n`);
	if (!given.isFull) {
		say(`Not written down: only a run of all jobs, ${FULL_RUNS} times or more, is.`);
		return;
	}
	say(`Written to ${await writeSection(bench.name, text)}`);
	const source = `${command}, medians of ${given.runs} runs`;
	if (bench.illustrate) say(`Written to ${await bench.illustrate(results, source)}`);
}
