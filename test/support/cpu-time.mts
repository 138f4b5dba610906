/** How often each is measured; the best counts. */
const RUNS = 7;

/**
 * How much longer one piece of work keeps the processor busy than another, each at its best. Not by
 * the clock, and in turns: other tests run meanwhile, and machines differ.
 * @returns milliseconds of the first, and how many times those of the second that is
 */
export function compareCpuTime(
	work: () => unknown,
	reference: () => unknown,
): { milliseconds: number; ratio: number } {
	let [best, bestReference] = [Infinity, Infinity];
	for (let run = 0; run < RUNS; run++) {
		best = Math.min(best, cpuMilliseconds(work));
		bestReference = Math.min(bestReference, cpuMilliseconds(reference));
	}
	return { milliseconds: best, ratio: best / bestReference };
}

/** How long a piece of work keeps the processor busy, in milliseconds, other work meanwhile included. */
export async function measureCpuTime(work: () => Promise<unknown>): Promise<number> {
	const start = process.cpuUsage();
	await work();
	const { user, system } = process.cpuUsage(start);
	return (user + system) / 1000;
}

function cpuMilliseconds(work: () => unknown): number {
	const start = process.cpuUsage();
	work();
	const { user, system } = process.cpuUsage(start);
	return (user + system) / 1000;
}
