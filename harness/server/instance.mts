import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { n8nEnvironment } from './environment.mts';
import { nodeForN8n } from './node24.mts';
import { N8N_BIN } from './paths.mts';
import { assertFree, freePort } from './ports.mts';
import { Problem } from './problem.mts';
import { launch, type Launched, lastLines } from './processes.mts';
import { RestClient } from './rest.mts';

const START_WITHIN_MS = 180_000;
const ASK_EVERY_MS = 250;

export interface InstanceOptions {
	/** Holds everything the instance keeps, in a folder `.n8n`. */
	userFolder: string;
	/** Default: any free one. */
	port?: number;
	/** Port of the task runners' broker. Default: any free one. */
	brokerPort?: number;
	/** More settings, or others than those of environment.mts. */
	env?: Record<string, string>;
	/** Default: n8n.log in the user folder. */
	logFile?: string;
}

/** What a command of n8n gave. */
export interface CommandResult {
	code: number | null;
	/** All it wrote, stdout and stderr. */
	output: string;
}

/** A running n8n. */
export interface Instance {
	/** Origin, without a slash at its end. Only this machine reaches it. */
	url: string;
	port: number;
	userFolder: string;
	logFile: string;
	rest: RestClient;
	/** The process: for its id, and to end it otherwise than by stop(). */
	process: Launched;
	/** Runs a command of n8n, such as ['execute', '--id=...'], on the same data. */
	command(args: string[]): Promise<CommandResult>;
	/** Ends it and all it started, and waits. May be called twice. */
	stop(): Promise<void>;
}

/** The account that setUpOwner creates. Good for loopback only. */
export const OWNER = {
	email: 'owner@example.com',
	password: 'Sandbox-123',
	firstName: 'Sandbox',
	lastName: 'Owner',
};

/** Starts n8n and waits until its REST API answers. Problems (a taken port ...) are told in a line. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
	const { userFolder, logFile = join(userFolder, 'n8n.log'), env: extra } = options;
	const port = options.port ?? (await freePort());
	const brokerPort = options.brokerPort ?? (await freePort());
	await assertFree(port, 'end what uses it, or choose another');
	await assertFree(brokerPort, 'n8n needs it for its task runners; end what uses it');
	const env = n8nEnvironment({ userFolder, port, brokerPort }, extra);
	const launched = launchN8n(['start'], env, logFile);
	const url = `http://127.0.0.1:${port}`;
	const rest = new RestClient(url);
	await untilReady(launched, rest);
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

/** Starts any command of n8n, such as ['worker'], with an environment of n8nEnvironment(). */
export function launchN8n(args: string[], env: NodeJS.ProcessEnv, logFile: string): Launched {
	return launch(nodeForN8n().path, [N8N_BIN, ...args], { cwd: env.N8N_USER_FOLDER, env, logFile });
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

async function untilReady(launched: Launched, rest: RestClient): Promise<void> {
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

/** A command has a broker of its own, because that of the instance holds its port. */
async function runCommand(args: string[], env: NodeJS.ProcessEnv): Promise<CommandResult> {
	const directory = await mkdtemp(join(tmpdir(), 'n8n-command-'));
	const logFile = join(directory, 'output');
	const own = { ...env, N8N_RUNNERS_BROKER_PORT: String(await freePort()) };
	const code = await launchN8n(args, own, logFile).ended;
	const output = readFileSync(logFile, 'utf8');
	await rm(directory, { recursive: true });
	return { code, output };
}
