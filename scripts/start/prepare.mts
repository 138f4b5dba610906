import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../sandbox/server.mts';
import { ensureSandboxCredential } from '../../harness/server/credentials.mts';
import { installN8n } from '../../harness/server/install.mts';
import { type Instance, setUpOwner, startInstance } from '../../harness/server/instance.mts';
import { npm } from '../../harness/server/npm.mts';
import { installPackage, packPackage, registerPackage } from '../../harness/server/package.mts';
import { DATA_DIRECTORY, LOGS_DIRECTORY, ROOT } from '../../harness/server/paths.mts';
import { isTaken } from '../../harness/server/ports.mts';
import type { Progress } from '../../harness/server/progress.mts';
import { exampleFiles, importWorkflow, readWorkflow } from '../../harness/server/workflows.mts';
import { recordDeals } from './deals.mts';

const SANDBOX_PORT = 8899;
const SANDBOX_ROWS = 5000;
const SANDBOX_LATENCY_MS = 40;

export interface Prepared {
	instance: Instance;
	sandbox: Sandbox;
	/** Names of the example workflows. */
	examples: string[];
}

/** Builds, installs and starts everything, and prints each step. */
export async function prepare(progress: Progress, port: number): Promise<Prepared> {
	await progress.step(
		'Building the package',
		async () => await npm('The build', ['run', 'build'], ROOT),
	);
	await installN8n(progress);
	const packed = await progress.step('Installing the package into n8n', async () => {
		const result = await packPackage(join(LOGS_DIRECTORY, 'packed'));
		await installPackage(DATA_DIRECTORY, result);
		return result;
	});
	const sandbox = await startFilledSandbox();
	const instance = await progress.step('Starting n8n', async () => {
		const started = await startInstance({
			userFolder: DATA_DIRECTORY,
			port,
			env: { GENERIC_TIMEZONE: ownTimeZone() },
		});
		await setUpOwner(started);
		return started;
	});
	const examples = await progress.step('Preparing the credential and the examples', async () => {
		await registerPackage(instance, packed.name);
		await ensureSandboxCredential(instance, { baseUrl: sandbox.url, apiKey: sandbox.apiKey });
		return await importExamples(instance);
	});
	return { instance, sandbox, examples };
}

/** Deletes the data of earlier runs: account, workflows and executions. */
export async function forget(): Promise<void> {
	await rm(DATA_DIRECTORY, { recursive: true, force: true });
}

/** Uses the same port each time, if it is free, so that a copied credential stays valid. */
async function startFilledSandbox(): Promise<Sandbox> {
	const port = (await isTaken(SANDBOX_PORT)) ? 0 : SANDBOX_PORT;
	const timeZone = ownTimeZone();
	const latencyMs = SANDBOX_LATENCY_MS;
	const sandbox = await startSandbox({ port, rows: SANDBOX_ROWS, latencyMs, timeZone });
	recordDeals(sandbox.account);
	return sandbox;
}

async function importExamples(instance: Instance): Promise<string[]> {
	const names = [];
	for (const file of await exampleFiles()) {
		names.push((await importWorkflow(instance, await readWorkflow(file))).name);
	}
	return names;
}

function ownTimeZone(): string {
	return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
