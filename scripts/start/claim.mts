import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_DIRECTORY } from '../../harness/server/paths.mts';
import { Problem } from '../../harness/server/problem.mts';

/** This file contains the address of the last n8n that used the data. It may still run. */
const CLAIM = join(DATA_DIRECTORY, 'address');

/** Throws a Problem if another `npm start` uses the data: two n8ns would corrupt it. */
export async function assertUnclaimed(): Promise<void> {
	const url = await readFile(CLAIM, 'utf8').catch(() => '');
	if (url === '') return;
	const isRunning = await fetch(`${url}/healthz`).then(
		({ ok }) => ok,
		() => false,
	);
	if (isRunning)
		throw new Problem(`It is running already, at ${url}: end that one with Ctrl-C first`);
}

/** Saves the address of this `npm start`. */
export async function claim(port: number): Promise<void> {
	await mkdir(DATA_DIRECTORY, { recursive: true });
	await writeFile(CLAIM, `http://127.0.0.1:${port}`);
}
