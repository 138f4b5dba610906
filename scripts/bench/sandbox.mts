import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { DEMO, type Counters } from '../../sandbox/server.mts';
import { LOGS_DIRECTORY, ROOT } from '../../harness/server/paths.mts';
import { Problem } from '../../harness/server/problem.mts';
import { launch, lastLines } from '../../harness/server/processes.mts';

const START_WITHIN_MS = 60_000;
const API_KEY = 'sandbox-key-0123456789';
/** The conversions are at most this many days old. */
const DAYS = 28;

export interface AccountOptions {
	/** Conversions in it. */
	rows: number;
	/** Wait before every reply. */
	latencyMs: number;
}

/** A sandbox in its own process: its work does not count as a side's. */
export interface BenchSandbox {
	url: string;
	apiKey: string;
	/** First and last day of a query that selects every row. */
	range: { startDate: string; endDate: string };
	/** Each click accepts any number of conversions. */
	clicks: Array<{ clickId: string; offerId: number }>;
	/** Sets the counters to zero. */
	reset(): Promise<void>;
	counters(): Promise<Counters>;
	stop(): Promise<void>;
}

/** Starts the sandbox like `npm run sandbox`. */
export async function startSandboxProcess(options: AccountOptions): Promise<BenchSandbox> {
	const port = await getPort();
	const flags = {
		port,
		rows: options.rows,
		latency: options.latencyMs,
		days: DAYS,
		key: API_KEY,
	};
	const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
	const launched = launch(
		process.execPath,
		['--import', 'tsx', join(ROOT, 'sandbox/cli.mts'), ...args],
		{ cwd: ROOT, env: process.env, logFile: join(LOGS_DIRECTORY, 'bench-sandbox.log') },
	);
	const url = `http://127.0.0.1:${port}`;
	const control = async (method: string, path: string) =>
		(await (await fetch(`${url}/sandbox/${path}`, { method })).json()) as Counters;
	const deadline = Date.now() + START_WITHIN_MS;
	while (!(await control('GET', 'counters').catch(() => undefined))) {
		if (launched.hasEnded() || Date.now() > deadline) {
			throw new Problem(`The sandbox did not start: ${lastLines(launched.logFile, 1)[0]}`);
		}
		await sleep(100);
	}
	return {
		url,
		apiKey: API_KEY,
		range: { startDate: day(-DAYS - 2), endDate: day(1) },
		clicks: DEMO.clicks,
		reset: async () => void (await control('POST', 'reset')),
		counters: async () => await control('GET', 'counters'),
		stop: async () => await launched.stop(),
	};
}

function day(offset: number): string {
	return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
}
