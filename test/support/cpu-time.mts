/** How often each is measured. The shortest time counts. */
const RUNS = 7;

/**
 * Compares how long two pieces of work keep the processor busy. Other tests run meanwhile, and machines
 * differ. So it takes processor time, alternates between the two, and takes the best of each.
 * @returns the milliseconds of `work`, and their ratio to those of `reference`
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

/** How many milliseconds this process keeps the processor busy until `work` has ended. */
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
