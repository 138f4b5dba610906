import { join } from 'node:path';
import getPort from 'get-port';

const PRELOAD = join(import.meta.dirname, 'probe/main.cjs');

/** CPU time and memory of a run, for the whole process with all its threads, and its longest block. */
export interface Cost {
	cpuMs: number;
	/** The longest time that a due timer of the main thread had to wait. So long nothing else was served. */
	blockMs: number;
	/** Live heap before the run. */
	heapBytes: number;
	/** Resident memory before the run. */
	rssBytes: number;
	/** Peak resident memory during the run, sampled every 5 ms. */
	peakRssBytes: number;
}

/** Measures a process from within (probe/main.cjs). */
export interface Probe {
	/** Start the process with these environment variables. */
	env: Record<string, string>;
	/** Collects garbage, then starts to measure. `profile` names a .cpuprofile file to write. */
	begin(options?: { weighs?: boolean; profile?: string }): Promise<void>;
	end(): Promise<Cost>;
}

export async function newProbe(): Promise<Probe> {
	const port = await getPort();
	const call = async (path: string): Promise<Cost> => {
		const response = await fetch(`http://127.0.0.1:${port}/${path}`, { method: 'POST' });
		return (await response.json()) as Cost;
	};
	return {
		env: { NODE_OPTIONS: `--require "${PRELOAD}"`, BENCH_PROBE_PORT: String(port) },
		begin: async ({ weighs = false, profile } = {}) => {
			const query = new URLSearchParams({
				...(weighs && { weigh: '' }),
				...(profile && { profile }),
			});
			await call(`begin?${query.toString()}`);
		},
		end: async () => await call('end'),
	};
}
