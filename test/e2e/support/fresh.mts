import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/server.mts';
import { ensureSandboxCredential } from '../../../harness/server/credentials.mts';
import { installN8n } from '../../../harness/server/install.mts';
import { type Instance, setUpOwner, startInstance } from '../../../harness/server/instance.mts';
import { npm } from '../../../harness/server/npm.mts';
import {
	installPackage,
	type PackedPackage,
	packPackage,
	registerPackage,
} from '../../../harness/server/package.mts';
import { ROOT } from '../../../harness/server/paths.mts';
import { Progress } from '../../../harness/server/progress.mts';

/** A new n8n with the package, and a CAKE account of its own. */
export interface Fresh {
	/** `startAgain` replaces it. */
	instance: Instance;
	sandbox: Sandbox;
	packed: PackedPackage;
	/** A directory for its data. It is removed at the end. */
	directory: string;
	/** Starts n8n again on the same data, with these more settings. It must have ended before. */
	startAgain(env?: Record<string, string>): Promise<void>;
}

export interface FreshOptions {
	sandbox?: SandboxOptions;
	/** More settings for n8n. */
	env?: Record<string, string>;
}

/** Builds and packs the package. Installs n8n if it is missing. */
export async function packForTest(directory: string): Promise<PackedPackage> {
	const progress = new Progress();
	await progress.step('Building the package', () => npm('The build', ['run', 'build'], ROOT));
	await installN8n(progress);
	return await packPackage(directory);
}

/** Runs `work` with a fresh n8n: package installed, owner signed in, sandbox credential ready. */
export async function withFreshN8n(
	{ sandbox: sandboxOptions, env }: FreshOptions,
	work: (fresh: Fresh) => Promise<void>,
): Promise<void> {
	const directory = await mkdtemp(join(tmpdir(), 'n8n-nodes-cake-e2e-'));
	const sandbox = await startSandbox(sandboxOptions);
	let fresh: Fresh | undefined;
	try {
		const packed = await packForTest(join(directory, 'packed'));
		const userFolder = join(directory, 'user');
		await installPackage(userFolder, packed);
		const start = async (more?: Record<string, string>) => {
			const instance = await startInstance({ userFolder, env: { ...env, ...more } });
			await setUpOwner(instance);
			return instance;
		};
		const instance = await new Progress().step('Starting a fresh n8n', () => start());
		const startAgain = async (more?: Record<string, string>) => {
			if (fresh) fresh.instance = await start(more);
		};
		fresh = { instance, sandbox, packed, directory, startAgain };
		await registerPackage(instance, packed.name);
		await ensureSandboxCredential(instance, { baseUrl: sandbox.url, apiKey: sandbox.apiKey });
		await work(fresh);
	} finally {
		await fresh?.instance.stop();
		await sandbox.close();
		await rm(directory, { recursive: true, force: true });
	}
}
