import { setTimeout as sleep } from 'node:timers/promises';

/** How long a check waits for something to be seen: long, since a machine may be busy. */
export const PATIENCE_MS = 20_000;

const LOOK_EVERY_MS = 100;

/** Waits until `look` no longer throws; after `PATIENCE_MS`, what it threw last is passed on. */
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
