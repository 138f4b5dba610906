import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../../sandbox/server.mts';
import { ensureSandboxCredential } from '../../../harness/server/credentials.mts';
import { type Instance, setUpOwner, startInstance } from '../../../harness/server/instance.mts';
import { installPackage, type PackedPackage } from '../../../harness/server/package.mts';
import { LOGS_DIRECTORY } from '../../../harness/server/paths.mts';
import { Progress } from '../../../harness/server/progress.mts';
import { packForTest } from '../support/fresh.mts';
import type { Programs } from './programs.mts';
import { type Server, startPostgres, startRedis } from './servers.mts';
import { forget, makeTemporaryDirectory } from './temporary.mts';
import { startWebhookProcess, type WebhookProcess } from './webhookProcess.mts';
import { startWorker, type Worker } from './worker.mts';

/** Where all processes write their logs. They stay until the next run, for failed checks. */
export const QUEUE_LOGS = join(LOGS_DIRECTORY, 'e2e-queue');

/** CAKE's time to answer: long, so that executions are under way when a worker dies. */
const LATENCY_MS = 200;

/**
 * Makes n8n notice a dead worker sooner. With its own settings (60, 10 and 30 seconds) that takes
 * a minute more.
 */
const NOTICE_SOON = {
	QUEUE_WORKER_LOCK_DURATION: '15000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '5000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
};

/** An n8n in queue mode, with one main, workers, and a CAKE account of its own. */
export interface Cluster {
	main: Instance;
	sandbox: Sandbox;
	/** Starts a worker. It replaces an earlier one of the same name. */
	addWorker(name: string): Promise<Worker>;
	addWebhookProcess(): Promise<WebhookProcess>;
}

/** Ends or removes one thing. Endings run in the reverse order. */
type Ending = () => Promise<void> | void;

export interface ClusterOptions {
	programs: Programs;
	/** More settings for main and workers. */
	env: Record<string, string>;
}

/** Runs `work` with a fresh cluster that has no workers yet, and ends the cluster after it. */
export async function withCluster(
	{ programs, env: more }: ClusterOptions,
	work: (cluster: Cluster) => Promise<void>,
): Promise<void> {
	const endings: Ending[] = [];
	rmSync(QUEUE_LOGS, { recursive: true, force: true });
	try {
		const directory = makeTemporaryDirectory('queue');
		endings.push(() => forget(directory));
		const packed = await packForTest(join(directory, 'packed'));
		const sandbox = await startSandbox({ latencyMs: LATENCY_MS, rows: 50 });
		endings.push(() => sandbox.close());
		const env = await new Progress().step('Starting Redis and PostgreSQL', async () => ({
			...more,
			...(await startServers(programs, endings)),
		}));
		const main = await new Progress().step('Starting n8n in queue mode', () =>
			startMain({ directory, packed, env, sandbox }, endings),
		);
		const addWorker = async (name: string) => {
			const userFolder = join(directory, name);
			await installPackage(userFolder, packed);
			const worker = await startWorker(name, userFolder, env, QUEUE_LOGS);
			endings.push(() => worker.process.stop());
			return worker;
		};
		const addWebhookProcess = async () => {
			const userFolder = join(directory, 'webhook');
			await installPackage(userFolder, packed);
			const webhook = await startWebhookProcess(userFolder, env, QUEUE_LOGS);
			endings.push(() => webhook.process.stop());
			return webhook;
		};
		await work({ main, sandbox, addWorker, addWebhookProcess });
	} finally {
		// If one thing cannot be ended, the others must end all the same.
		for (const end of endings.reverse()) await Promise.resolve(end()).catch(() => undefined);
	}
}

/** Starts Redis and PostgreSQL. Gives the environment that main and workers share. */
async function startServers(
	programs: Programs,
	endings: Ending[],
): Promise<Record<string, string>> {
	const starts = [startRedis, startPostgres].map(async (start): Promise<Server> => {
		const server = await start(programs, QUEUE_LOGS);
		endings.push(() => server.stop());
		return server;
	});
	const [redis, postgres] = await Promise.all(starts);
	return {
		EXECUTIONS_MODE: 'queue',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
		...NOTICE_SOON,
		...redis.env,
		...postgres.env,
	};
}

interface MainPlace {
	directory: string;
	packed: PackedPackage;
	env: Record<string, string>;
	sandbox: Sandbox;
}

async function startMain(
	{ directory, packed, env, sandbox }: MainPlace,
	endings: Ending[],
): Promise<Instance> {
	const userFolder = join(directory, 'main');
	await installPackage(userFolder, packed);
	const main = await startInstance({ userFolder, env, logFile: join(QUEUE_LOGS, 'main.log') });
	endings.push(() => main.stop());
	await setUpOwner(main);
	await ensureSandboxCredential(main, { baseUrl: sandbox.url, apiKey: sandbox.apiKey });
	return main;
}
