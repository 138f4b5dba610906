import { setTimeout as sleep } from 'node:timers/promises';

/** The value of a promise, or undefined when it takes longer. The wait keeps no process alive. */
export async function awaitAtMost<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
	return await Promise.race([promise, sleep(ms, undefined, { ref: false })]);
}
