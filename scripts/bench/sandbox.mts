import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { DEMO, type Counters } from '../../sandbox/server.mts';
import { LOGS_DIRECTORY, ROOT } from '../../harness/server/paths.mts';
import { Problem } from '../../harness/server/problem.mts';
import { launch, lastLines } from '../../harness/server/processes.mts';

const START_WITHIN_MS = 60_000;
/** CAKE's maximum for a page. */
const PAGE_SIZE = 500;
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
	/** Order IDs, each of which one conversion of the account has. */
	listOrders(count: number): Promise<string[]>;
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
	const range = { startDate: day(-DAYS - 2), endDate: day(1) };
	let orders: Promise<string[]> | undefined;
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
		range,
		clicks: DEMO.clicks,
		async listOrders(count) {
			orders ??= readOrders(url, range, options.rows);
			return pickEvenly(await orders, count);
		},
		reset: async () => void (await control('POST', 'reset')),
		counters: async () => await control('GET', 'counters'),
		stop: async () => await launched.stop(),
	};
}

interface Page {
	conversions: Array<{ order_id?: string }>;
}

/** Reads the order IDs that are in the list once. */
async function readOrders(
	url: string,
	{ startDate, endDate }: BenchSandbox['range'],
	rows: number,
): Promise<string[]> {
	const counts = new Map<string, number>();
	for (let row = 1; row <= rows; row += PAGE_SIZE) {
		const query = `start_date=${startDate}&end_date=${endDate}&start_at_row=${row}&row_limit=${PAGE_SIZE}`;
		const page = await fetch(`${url}/api/2/conversions.json?api_key=${API_KEY}&${query}`);
		for (const { order_id: order } of ((await page.json()) as Page).conversions) {
			if (order) counts.set(order, (counts.get(order) ?? 0) + 1);
		}
	}
	return [...counts].filter(([, count]) => count === 1).map(([order]) => order);
}

function pickEvenly<T>(list: T[], count: number): T[] {
	const step = list.length / count;
	if (step < 1) throw new Problem(`The sandbox has ${list.length} orders, and ${count} are needed`);
	return Array.from({ length: count }, (_, index) => list[Math.floor(index * step)]);
}

function day(offset: number): string {
	return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
}
