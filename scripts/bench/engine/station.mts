import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { LOGS_DIRECTORY, ROOT } from '../../../harness/server/paths.mts';
import { Problem } from '../../../harness/server/problem.mts';
import { launch, lastLines } from '../../../harness/server/processes.mts';
import type { Job, Side } from '../job.mts';
import { newProbe } from '../probe.mts';
import type { BenchSandbox } from '../sandbox.mts';
import type { Station } from '../station.mts';
import type { ServerSettings } from './server.mts';

const SERVER = join(import.meta.dirname, 'server.mts');
const START_WITHIN_MS = 60_000;

/** Starts n8n's engine for a side in its own process. */
export async function openEngineStation(
	packageDirectory: string,
	job: Job,
	side: Side,
	sandbox: BenchSandbox,
): Promise<Station> {
	const probe = await newProbe();
	const port = await getPort();
	const settings: ServerSettings = {
		port,
		packageDirectory,
		credential: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
		steps: [...(await job.input(sandbox)), ...side.steps(sandbox)],
	};
	const env = { ...process.env, ...probe.env, BENCH_ENGINE: JSON.stringify(settings) };
	const logFile = join(LOGS_DIRECTORY, `bench-engine-${side.key}.log`);
	const args = ['--import', 'tsx', SERVER, 'start'];
	const launched = launch(process.execPath, args, { cwd: ROOT, env, logFile });
	const url = `http://127.0.0.1:${port}`;
	const deadline = Date.now() + START_WITHIN_MS;
	while (!(await fetch(url).catch(() => undefined))) {
		if (launched.hasEnded() || Date.now() > deadline) {
			throw new Problem(`The engine did not start: ${lastLines(logFile, 3).join(' ')}`);
		}
		await sleep(100);
	}
	return {
		side,
		probe,
		url: `${url}/job`,
		emptyUrl: `${url}/empty`,
		stop: async () => await launched.stop(),
	};
}
