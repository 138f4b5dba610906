import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import getPort from 'get-port';
import { n8nEnvironment } from '../../../harness/server/environment.mts';
import { launchN8n } from '../../../harness/server/instance.mts';
import type { Launched } from '../../../harness/server/processes.mts';
import { untilItSays } from './says.mts';

const CONCURRENCY = 10;
const START_WITHIN_MS = 180_000;

/** A worker of n8n. It listens only on the port of its task runners' broker. */
export interface Worker {
	name: string;
	process: Launched;
	/** Lists the IDs of the executions that it began, from its log. */
	started(): string[];
	/** Lists the IDs of the executions that it finished, from its log. */
	finished(): string[];
}

/** Starts a worker and waits until it takes executions. */
export async function startWorker(
	name: string,
	userFolder: string,
	shared: Record<string, string>,
	logs: string,
): Promise<Worker> {
	const place = { userFolder, port: await getPort(), brokerPort: await getPort() };
	const env = n8nEnvironment(place, shared);
	const args = ['worker', `--concurrency=${CONCURRENCY}`];
	const process = launchN8n(args, env, chooseLogFile(name, logs));
	await untilItSays(`The worker ${name}`, process, 'n8n worker is now ready', START_WITHIN_MS);
	const idsAfter = (words: string) =>
		[...readFileSync(process.logFile, 'utf8').matchAll(new RegExp(`${words} (\\d+) `, 'g'))].map(
			([, id]) => id,
		);
	return {
		name,
		process,
		started: () => idsAfter('Worker started execution'),
		finished: () => idsAfter('Worker finished execution'),
	};
}

/** Chooses a log file. A worker that starts again must not overwrite the earlier log. */
function chooseLogFile(name: string, logs: string): string {
	const files = ['', '-again', '-third'].map((ending) => join(logs, `${name}${ending}.log`));
	return files.find((file) => !existsSync(file)) ?? files[0];
}
