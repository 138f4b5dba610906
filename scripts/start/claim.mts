import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_DIRECTORY } from '../../harness/server/paths.mts';
import { Problem } from '../../harness/server/problem.mts';

/** This file contains a URL that answers while the last `npm start` uses the data. */
const CLAIM = join(DATA_DIRECTORY, 'address');

/** Throws a Problem if another `npm start` uses the data: two of them would corrupt it. */
export async function assertUnclaimed(): Promise<void> {
	const url = await readFile(CLAIM, 'utf8').catch(() => '');
	if (url === '') return;
	const isRunning = await fetch(url).then(
		({ ok }) => ok,
		() => false,
	);
	if (isRunning) {
		throw new Problem(
			`It is running already, at ${new URL(url).origin}: end that one with Ctrl-C first`,
		);
	}
}

/** Saves a URL that answers as long as this `npm start` uses the data. */
export async function claim(url: string): Promise<void> {
	await mkdir(DATA_DIRECTORY, { recursive: true });
	await writeFile(CLAIM, url);
}
