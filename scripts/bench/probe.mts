import { join } from 'node:path';
import { freePort } from '../../harness/server/ports.mts';

const PRELOAD = join(import.meta.dirname, 'probe/main.cjs');

/** What one run cost the n8n process, all its threads. Bytes of the heap are live ones. */
export interface Cost {
	cpuMs: number;
	/** Of the heap, before the run. */
	heapBytes: number;
	/** Resident memory before the run. */
	rssBytes: number;
	/** The most resident memory during the run, looked at every 5 ms. */
	peakRssBytes: number;
}

/** Where n8n listens to a probe. */
export interface Probe {
	/** For n8n's environment. */
	env: Record<string, string>;
	/** Collects garbage, then starts to measure. `profile` names a .cpuprofile file to write. */
	begin(options?: { weighs?: boolean; profile?: string }): Promise<void>;
	end(): Promise<Cost>;
}

/** A probe for an n8n that is started with its environment. */
export async function newProbe(): Promise<Probe> {
	const port = await freePort();
	const call = async (path: string): Promise<Cost> => {
		const response = await fetch(`http://127.0.0.1:${port}/${path}`, { method: 'POST' });
		return (await response.json()) as Cost;
	};
	return {
		env: { NODE_OPTIONS: `--require "${PRELOAD}"`, BENCH_PROBE_PORT: String(port) },
		begin: async ({ weighs = false, profile } = {}) => {
			const order = new URLSearchParams({
				...(weighs && { weigh: '' }),
				...(profile && { profile }),
			});
			await call(`begin?${order.toString()}`);
		},
		end: async () => await call('end'),
	};
}
