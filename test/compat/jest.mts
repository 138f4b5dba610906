import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LOGS_DIRECTORY, ROOT } from '../../harness/server/paths.mts';
import { Problem } from '../../harness/server/problem.mts';
import { launch } from '../../harness/server/processes.mts';

/** Ends Jest after this time, since an engine may keep its process alive after the tests. */
const LIMIT_MS = 10 * 60_000;

const JEST = join(
	dirname(createRequire(import.meta.url).resolve('jest/package.json')),
	'bin/jest.js',
);

interface Results {
	numPassedTests: number;
	numFailedTests: number;
	numPendingTests: number;
	numTodoTests: number;
	numRuntimeErrorTestSuites: number;
	testResults: Array<{
		name: string;
		message: string;
		assertionResults: Array<{ status: string; fullName: string; failureMessages?: string[] }>;
	}>;
}

/** The outcome of the engine tests. */
export interface Tally {
	passed: number;
	/** Failed or skipped tests, and files that could not be run. */
	failed: number;
	/** One line for each failure. */
	failures: string[];
	/** The file with all output of Jest. */
	logFile: string;
}

/** Runs the engine tests in a process of their own, with the n8n and the package of a pair. */
export async function runEngineTests(name: string, pairDirectory: string): Promise<Tally> {
	const logFile = join(LOGS_DIRECTORY, `compat-${name}.log`);
	const outputFile = join(LOGS_DIRECTORY, `compat-${name}.json`);
	await rm(outputFile, { force: true });
	const ended = await run(
		[
			'.tmp/bundles/engine-',
			...['--config', 'jest.bundled.config.js', '--runInBand', '--ci'],
			...['--json', '--outputFile', outputFile],
		],
		{ ...process.env, N8N_PAIR_DIR: pairDirectory },
		logFile,
	);
	const text = await readFile(outputFile, 'utf8').catch(() => '');
	if (text === '') throw new Problem(`Jest ${ended} without results; see ${logFile}`);
	const tally = count(JSON.parse(text) as Results, logFile);
	if (/^ended with [01]$/.test(ended)) return tally;
	return {
		...tally,
		failed: tally.failed + 1,
		failures: [...tally.failures, `Jest ${ended} after its tests`],
	};
}

async function run(args: string[], env: NodeJS.ProcessEnv, logFile: string): Promise<string> {
	const jest = launch(process.execPath, [JEST, ...args], { cwd: ROOT, env, logFile });
	const timer = setTimeout(() => jest.signal('SIGKILL'), LIMIT_MS);
	const code = await jest.ended;
	clearTimeout(timer);
	return code === null ? `was killed (it has ${LIMIT_MS / 60_000} minutes)` : `ended with ${code}`;
}

function count(results: Results, logFile: string): Tally {
	const failures = results.testResults.flatMap(({ name, message, assertionResults }) => {
		const tests = assertionResults
			.filter(({ status }) => status !== 'passed')
			.map(({ status, fullName }) => `${status}: ${fullName}`);
		const hasNoTests = assertionResults.length === 0;
		return hasNoTests ? [`could not run: ${name}: ${message.trim().split('\n')[0]}`] : tests;
	});
	if (results.numPassedTests === 0 && failures.length === 0) failures.push('no tests ran');
	return { passed: results.numPassedTests, failed: failures.length, failures, logFile };
}
