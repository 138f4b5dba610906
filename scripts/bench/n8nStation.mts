import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureSandboxCredential } from '../../harness/server/credentials.mts';
import { setUpOwner, startInstance } from '../../harness/server/instance.mts';
import { installPackage, type PackedPackage } from '../../harness/server/package.mts';
import { activateWorkflow, importWorkflow } from '../../harness/server/workflows.mts';
import type { Job, Side } from './job.mts';
import { newProbe } from './probe.mts';
import type { BenchSandbox } from './sandbox.mts';
import type { Station } from './station.mts';
import { own, webhook, buildWorkflow } from './workflows.mts';

const SETTINGS = { N8N_CUSTOM_EXTENSIONS: join(import.meta.dirname, 'nodes') };
const EMPTY = 'empty';

/** Makes a user folder with owner, credential and package. The sides get copies of it. */
export async function prepareTemplate(userFolder: string, packed: PackedPackage): Promise<void> {
	await installPackage(userFolder, packed);
	const instance = await startInstance({ userFolder, env: SETTINGS });
	try {
		await setUpOwner(instance);
		await ensureSandboxCredential(instance, { baseUrl: 'http://127.0.0.1:1', apiKey: 'none yet' });
	} finally {
		await instance.stop();
	}
}

/** Starts a new n8n for a side: its memory contains nothing of other jobs or sides. */
export async function openN8nStation(
	template: string,
	userFolder: string,
	job: Job,
	side: Side,
	sandbox: BenchSandbox,
): Promise<Station> {
	await cp(template, userFolder, { recursive: true });
	const probe = await newProbe();
	const instance = await startInstance({ userFolder, env: { ...SETTINGS, ...probe.env } });
	await setUpOwner(instance);
	await ensureSandboxCredential(instance, { baseUrl: sandbox.url, apiKey: sandbox.apiKey });
	const workflows = {
		[EMPTY]: [],
		[job.key]: [...(await job.input(sandbox)), ...side.steps(sandbox)],
	};
	for (const [path, steps] of Object.entries(workflows)) {
		const workflow = buildWorkflow(path, [webhook(path), ...steps, own('result')]);
		const { id } = await importWorkflow(instance, workflow);
		await activateWorkflow(instance, id);
	}
	return {
		side,
		probe,
		url: `${instance.url}/webhook/${job.key}`,
		emptyUrl: `${instance.url}/webhook/${EMPTY}`,
		stop: async () => await instance.stop(),
	};
}
