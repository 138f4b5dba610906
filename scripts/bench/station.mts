import { Problem } from '../../harness/server/problem.mts';
import type { Job, Side } from './jobs.mts';
import type { Cost, Probe } from './probe.mts';
import type { BenchSandbox } from './sandbox.mts';

/** Before each run so many empty ones: they push what n8n still holds of the last run out of memory. */
const EMPTY_RUNS = 3;

/** What the items that came out hold in memory. */
export interface Weights {
	/** Live heap when they had come out. */
	heapBytes: number;
	/** Of that, the items in themselves: a copy of them. */
	itemBytes: number;
	/** Different conversions among them. */
	conversions: number;
}

/** What one run of a job took and gave. */
export interface Run extends Cost {
	wallMs: number;
	/** What an empty run took before it: n8n's own time for an execution. */
	emptyMs: number;
	/** The most requests in flight at once, and how many in all, as the sandbox saw them. */
	inFlight: number;
	requests: number;
	/** Only of a run that was weighed. */
	weights?: Weights;
}

export interface RunOptions {
	weighs?: boolean;
	/** A .cpuprofile file to write. */
	profile?: string;
}

/** One side of a job, ready to run in a process of its own. */
export interface Station {
	side: Side;
	probe: Probe;
	/** A POST runs the job, and answers when it is done. */
	url: string;
	/** The same without the job. */
	emptyUrl: string;
	stop(): Promise<void>;
}

/** Runs a job once. Throws a Problem when it was not done: too few items, or something refused. */
export async function runOnce(
	{ side, probe, url, emptyUrl }: Station,
	job: Job,
	sandbox: BenchSandbox,
	options: RunOptions = {},
): Promise<Run> {
	let emptyMs = Infinity;
	for (let count = 0; count < EMPTY_RUNS; count++) {
		emptyMs = Math.min(emptyMs, (await post(emptyUrl)).wallMs);
	}
	await sandbox.reset();
	await probe.begin(options);
	const { wallMs, text } = await post(url);
	const cost = await probe.end();
	const { refused, refusedParameters, wrongKey, maxInFlight, requests } = await sandbox.counters();
	const { items, ...weights } = parse(text);
	const wrong = refused + refusedParameters.length + wrongKey;
	const isWhole = !options.weighs || !job.weighs || weights.conversions === job.items;
	if (items !== job.items || wrong > 0 || !isWhole) {
		throw new Problem(`${job.key}, ${side.key}: ${wrong} requests refused, and it gave ${text}`);
	}
	return {
		...cost,
		wallMs,
		emptyMs,
		inFlight: maxInFlight,
		requests,
		...(options.weighs && { weights: weights as Weights }),
	};
}

async function post(url: string): Promise<{ wallMs: number; text: string }> {
	const started = performance.now();
	const response = await fetch(url, { method: 'POST' });
	const text = await response.text();
	return { wallMs: performance.now() - started, text };
}

function parse(text: string): Partial<Weights> & { items?: number } {
	try {
		return JSON.parse(text) as Partial<Weights> & { items?: number };
	} catch {
		return {};
	}
}
