import { Problem } from '../../harness/server/problem.mts';
import type { Job, Side } from './job.mts';
import type { Cost, Probe } from './probe.mts';
import type { BenchSandbox } from './sandbox.mts';

/** Number of empty runs before each run. They make n8n release the memory of the last run. */
const EMPTY_RUNS = 3;

/** Memory of the output items. */
export interface Weights {
	/** Live heap with all items in it. */
	heapBytes: number;
	/** The part of it that the items take, measured with a copy of them. */
	itemBytes: number;
	/** How many different conversions they are. */
	conversions: number;
}

/** Time, memory and requests of one run of a job. */
export interface Run extends Cost {
	wallMs: number;
	/** The time of the fastest empty run before it: n8n's own time for an execution. */
	emptyMs: number;
	/** The most requests in flight at once, counted by the sandbox. */
	inFlight: number;
	requests: number;
	/** Only if `RunOptions.weighs` was set. */
	weights?: Weights;
}

export interface RunOptions {
	/** The number of items is not checked: in its first run, a side may learn what is new. */
	isWarmUp?: boolean;
	weighs?: boolean;
	/** The .cpuprofile file to write. */
	profile?: string;
}

/** One side of a job, ready to run in its own process. */
export interface Station {
	side: Side;
	probe: Probe;
	/** A POST runs the job. The reply comes after its end. */
	url: string;
	/** The same for an empty run: the workflow has no nodes of the job. */
	emptyUrl: string;
	stop(): Promise<void>;
}

/** Runs a job once. Throws a Problem if items are missing or the sandbox refused a request. */
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
	const isShort = items !== job.items && !options.isWarmUp;
	if (items === undefined || isShort || wrong > 0 || !isWhole) {
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
