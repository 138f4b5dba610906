import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The bytes of all objects that something refers to. */
export function measureHeap(): number {
	collect();
	return process.memoryUsage().heapUsed;
}

/** Whether an object is collected as garbage, because nothing refers to it. */
export async function isLetGo(reference: WeakRef<object>): Promise<boolean> {
	for (let attempt = 0; attempt < 500 && reference.deref(); attempt++) {
		// Work that has just ended may hold the object for one more tick of the event loop.
		await sleep(20);
		collect();
	}
	return reference.deref() === undefined;
}
