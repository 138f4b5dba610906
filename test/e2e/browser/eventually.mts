import { setTimeout as sleep } from 'node:timers/promises';

/** How long a check waits, in milliseconds: long, since the machine may be busy. */
export const PATIENCE_MS = 40_000;

const LOOK_EVERY_MS = 100;

/** Calls `look` until it no longer throws. After `PATIENCE_MS`, throws its last error. */
export async function eventually<T>(look: () => Promise<T> | T): Promise<T> {
	const deadline = Date.now() + PATIENCE_MS;
	for (;;) {
		try {
			return await look();
		} catch (error) {
			if (Date.now() > deadline) throw error;
			await sleep(LOOK_EVERY_MS);
		}
	}
}
