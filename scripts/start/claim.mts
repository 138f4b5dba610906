import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_DIRECTORY } from '../../harness/server/paths.mts';
import { Problem } from '../../harness/server/problem.mts';

/** Holds the address of the n8n that works on the data, or did so last. */
const CLAIM = join(DATA_DIRECTORY, 'address');

/** Throws a Problem when another `npm start` works on the data: two n8ns would spoil it. */
export async function assertUnclaimed(): Promise<void> {
	const url = await readFile(CLAIM, 'utf8').catch(() => '');
	if (url === '') return;
	const answers = await fetch(`${url}/healthz`).then(
		({ ok }) => ok,
		() => false,
	);
	if (answers)
		throw new Problem(`It is running already, at ${url}: end that one with Ctrl-C first`);
}

/** Notes that this `npm start` works on the data. */
export async function claim(port: number): Promise<void> {
	await mkdir(DATA_DIRECTORY, { recursive: true });
	await writeFile(CLAIM, `http://127.0.0.1:${port}`);
}
