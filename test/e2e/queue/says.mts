import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../../harness/server/problem.mts';
import { type Launched, lastLines } from '../../../harness/server/processes.mts';

const LOOK_EVERY_MS = 100;

/** Waits until a process logs `text`. Throws a Problem when it ends before, or takes too long. */
export async function untilItSays(
	what: string,
	launched: Launched,
	text: string,
	withinMs: number,
): Promise<void> {
	const { logFile } = launched;
	const deadline = Date.now() + withinMs;
	while (Date.now() < deadline) {
		if (readFileSync(logFile, 'utf8').includes(text)) return;
		if (launched.hasEnded()) {
			const said = lastLines(logFile, 1)[0] ?? 'nothing';
			throw new Problem(`${what} ended while starting; it said: ${said} (${logFile})`);
		}
		await sleep(LOOK_EVERY_MS);
	}
	throw new Problem(`${what} did not come up within ${withinMs / 1000} s: see ${logFile}`);
}
