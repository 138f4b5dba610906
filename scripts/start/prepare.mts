import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '../../sandbox/server.mts';
import {
	ensureFormCredential,
	ensurePostbackCredential,
	ensureSandboxCredential,
	withFormCredential,
} from '../../harness/server/credentials.mts';
import { installN8n } from '../../harness/server/install.mts';
import { type Instance, setUpOwner, startInstance } from '../../harness/server/instance.mts';
import { npm } from '../../harness/server/npm.mts';
import { installPackage, packPackage, registerPackage } from '../../harness/server/package.mts';
import { ACCOUNT_FILE, DATA_DIRECTORY, LOGS_DIRECTORY, ROOT } from '../../harness/server/paths.mts';
import type { Progress } from '../../harness/server/progress.mts';
import { exampleFiles, importWorkflow, readWorkflow } from '../../harness/server/workflows.mts';
import type { StartArguments } from './arguments.mts';
import { POSTBACK_SECRET, readPostbackUrl } from './postback.mts';
import { ownTimeZone, startKeptSandbox } from './sandbox.mts';
import { RELOADING } from './watch.mts';

export interface Prepared {
	packageName: string;
	instance: Instance;
	sandbox: Sandbox;
	/** Names of the example workflows. */
	examples: string[];
}

/** Builds, installs and starts everything. Prints each step, and reports the sandbox's problems. */
export async function prepare(
	progress: Progress,
	{ port, watch }: Pick<StartArguments, 'port' | 'watch'>,
	report: (problem: string) => void,
): Promise<Prepared> {
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
	const sandbox = await startKeptSandbox(ACCOUNT_FILE, report, await readPostbackUrl(port));
	const instance = await progress.step('Starting n8n', async () => {
		const started = await startInstance({
			userFolder: DATA_DIRECTORY,
			port,
			env: { GENERIC_TIMEZONE: ownTimeZone(), ...(watch && RELOADING) },
		});
		await setUpOwner(started);
		return started;
	});
	const examples = await progress.step('Preparing the credentials and the examples', async () => {
		await registerPackage(instance, packed.name);
		await ensureSandboxCredential(instance, { baseUrl: sandbox.url, apiKey: sandbox.apiKey });
		await ensurePostbackCredential(instance, POSTBACK_SECRET);
		await ensureFormCredential(instance);
		return await importExamples(instance);
	});
	return { packageName: packed.name, instance, sandbox, examples };
}

/** Deletes the data of earlier runs: of n8n and of the sandbox. */
export async function forget(): Promise<void> {
	await rm(DATA_DIRECTORY, { recursive: true, force: true });
}

async function importExamples(instance: Instance): Promise<string[]> {
	const names = [];
	for (const file of await exampleFiles()) {
		const example = withFormCredential(await readWorkflow(file));
		names.push((await importWorkflow(instance, example)).name);
	}
	return names;
}
