import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { n8nEnvironment } from './environment.mts';
import { getN8nNode } from './node24.mts';
import { OWNER } from './owner.mts';
import { N8N_BIN } from './paths.mts';
import { assertFree } from './ports.mts';
import { Problem } from './problem.mts';
import { launch, type Launched, lastLines } from './processes.mts';
import { RestClient } from './rest.mts';

const START_WITHIN_MS = 180_000;
const ASK_EVERY_MS = 250;

export interface InstanceOptions {
	/** The instance keeps all its data in the folder `.n8n` in here. */
	userFolder: string;
	/** Default: a free port. */
	port?: number;
	/** Settings that add to those of environment.mts or replace them. */
	env?: Record<string, string>;
	/** Default: n8n.log in the user folder. */
	logFile?: string;
}

/** The result of an n8n command. */
export interface CommandResult {
	code: number | null;
	/** All that it wrote to stdout and stderr. */
	output: string;
}

/** A running n8n. */
export interface Instance {
	/** Origin without a slash at its end. Only this machine can reach it. */
	url: string;
	port: number;
	userFolder: string;
	logFile: string;
	rest: RestClient;
	/** The process: gives its ID, and lets a caller end it in another way than stop(). */
	process: Launched;
	/** Runs an n8n command, such as ['execute', '--id=...'], on the same data. */
	command(args: string[]): Promise<CommandResult>;
	/** Ends n8n and all its processes, and waits. May be called twice. */
	stop(): Promise<void>;
}

/** Starts n8n and waits until its REST API answers. Throws a Problem, for example for a taken port. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
	const { userFolder, logFile = join(userFolder, 'n8n.log'), env: extra } = options;
	const port = options.port ?? (await getPort());
	const brokerPort = await getPort();
	await assertFree(port, 'end what uses it, or choose another');
	const env = n8nEnvironment({ userFolder, port, brokerPort }, extra);
	const launched = launchN8n(['start'], env, logFile);
	const url = `http://127.0.0.1:${port}`;
	const rest = new RestClient(url);
	await waitUntilReady(launched, rest);
	return {
		url,
		port,
		userFolder,
		logFile,
		rest,
		process: launched,
		command: async (args) => await runCommand(args, env),
		stop: () => launched.stop(),
	};
}

/** Starts an n8n command, such as ['worker']. `env` comes from n8nEnvironment(). */
export function launchN8n(args: string[], env: NodeJS.ProcessEnv, logFile: string): Launched {
	return launch(getN8nNode().path, [N8N_BIN, ...args], { cwd: env.N8N_USER_FOLDER, env, logFile });
}

/** Creates the owner account on an instance that has none, and signs in. */
export async function setUpOwner({ rest }: Instance): Promise<void> {
	const { userManagement } = await rest.get<{
		userManagement: { showSetupOnFirstLoad?: boolean };
	}>('/settings');
	if (userManagement.showSetupOnFirstLoad) {
		await rest.post('/owner/setup', OWNER);
	} else {
		await rest.post('/login', { emailOrLdapLoginId: OWNER.email, password: OWNER.password });
	}
}

async function waitUntilReady(launched: Launched, rest: RestClient): Promise<void> {
	const deadline = Date.now() + START_WITHIN_MS;
	while (Date.now() < deadline) {
		if (launched.hasEnded()) {
			const said = lastLines(launched.logFile, 1)[0] ?? 'nothing';
			throw new Problem(
				`n8n ended while starting; it said: ${said} (all of it: ${launched.logFile})`,
			);
		}
		const settings = await rest.get('/settings').catch(() => undefined);
		if (settings !== undefined) return;
		await sleep(ASK_EVERY_MS);
	}
	await launched.stop();
	throw new Problem(
		`n8n did not come up within ${START_WITHIN_MS / 1000} s: see ${launched.logFile}`,
	);
}

/** The command gets its own broker port, because the instance's broker uses the other one. */
async function runCommand(args: string[], env: NodeJS.ProcessEnv): Promise<CommandResult> {
	const directory = await mkdtemp(join(tmpdir(), 'n8n-command-'));
	const logFile = join(directory, 'output');
	const own = { ...env, N8N_RUNNERS_BROKER_PORT: String(await getPort()) };
	const code = await launchN8n(args, own, logFile).ended;
	const output = readFileSync(logFile, 'utf8');
	await rm(directory, { recursive: true });
	return { code, output };
}
