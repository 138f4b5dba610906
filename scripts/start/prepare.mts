import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
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
import {
	installPackage,
	type PackedPackage,
	packPackage,
	registerPackage,
} from '../../harness/server/package.mts';
import { ACCOUNT_FILE, DATA_DIRECTORY, LOGS_DIRECTORY, ROOT } from '../../harness/server/paths.mts';
import type { Progress } from '../../harness/server/progress.mts';
import { exampleFiles, importWorkflow, readWorkflow } from '../../harness/server/workflows.mts';
import type { StartArguments } from './arguments.mts';
import { POSTBACK_SECRET, readPostbackUrls } from './postback.mts';
import { ownTimeZone, startKeptSandbox } from './sandbox.mts';
import { RELOADING } from './watch.mts';

export interface Prepared {
	packageName: string;
	instance: Instance;
	sandbox: Sandbox;
	/** Names of the example workflows, by file. */
	examples: ReadonlyMap<string, string>;
}

/** Builds, installs and starts everything. Prints each step, and reports the sandbox's problems. */
export async function prepare(
	progress: Progress,
	{ port, watch }: Pick<StartArguments, 'port' | 'watch'>,
	report: (problem: string) => void,
): Promise<Prepared> {
	const packed = await buildAndPack(progress);
	await installN8n(progress);
	await installPackage(DATA_DIRECTORY, packed);
	const sandbox = await startKeptSandbox(ACCOUNT_FILE, report, await readPostbackUrls(port));
	const instance = await progress.step(
		'Starting n8n',
		async () => {
			const started = await startInstance({
				userFolder: DATA_DIRECTORY,
				port,
				env: { GENERIC_TIMEZONE: ownTimeZone(), ...(watch && RELOADING) },
			});
			await setUpOwner(started);
			return started;
		},
		'5 to 40 s',
	);
	const examples = await progress.step(
		'Preparing credentials and examples',
		async () => {
			await registerPackage(instance, packed.name);
			await ensureSandboxCredential(instance, { baseUrl: sandbox.url, apiKey: sandbox.apiKey });
			await ensurePostbackCredential(instance, POSTBACK_SECRET);
			await ensureFormCredential(instance);
			return await importExamples(instance);
		},
		'5 to 40 s',
	);
	return { packageName: packed.name, instance, sandbox, examples };
}

/** Builds and packs the package. */
export async function buildAndPack(progress: Progress): Promise<PackedPackage> {
	const build = async () => await npm('The build', ['run', 'build'], ROOT);
	await progress.step('Building the package', build, '10 to 30 s');
	const pack = async () => await packPackage(join(LOGS_DIRECTORY, 'packed'));
	return await progress.step('Packing it', pack, '1 to 5 s');
}

/** Deletes the data of earlier runs: of n8n and of the sandbox. */
export async function forget(): Promise<void> {
	await rm(DATA_DIRECTORY, { recursive: true, force: true });
}

async function importExamples(instance: Instance): Promise<Map<string, string>> {
	const examples = await Promise.all(
		(await exampleFiles()).map(async (file) => ({ file, workflow: await readWorkflow(file) })),
	);
	// n8n lists the last one first. Their names begin with their numbers.
	examples.sort((one, other) => parseInt(other.workflow.name) - parseInt(one.workflow.name));
	const names = new Map<string, string>();
	for (const { file, workflow } of examples) {
		names.set(basename(file), (await importWorkflow(instance, withFormCredential(workflow))).name);
	}
	return names;
}
