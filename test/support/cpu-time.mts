/**
 * How long a piece of work keeps the processor busy, in milliseconds; the best of some runs. Not by
 * the clock: other tests run meanwhile.
 */
export function cpuMilliseconds(work: () => unknown, runs = 5): number {
	return Math.min(
		...Array.from({ length: runs }, () => {
			const start = process.cpuUsage();
			work();
			const { user, system } = process.cpuUsage(start);
			return (user + system) / 1000;
		}),
	);
}
