import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Whether an object is let go: nothing holds it once the garbage has been collected. */
export async function isLetGo(reference: WeakRef<object>): Promise<boolean> {
	for (let attempt = 0; attempt < 10 && reference.deref(); attempt++) {
		// What ended just now is let go a turn later.
		await sleep(20);
		collect();
	}
	return reference.deref() === undefined;
}
