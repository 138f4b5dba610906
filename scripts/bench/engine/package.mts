import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../harness/server/paths.mts';

/** The engine loads one package: ours, with the nodes of the bench beside it, under the same name. */
const NAME = 'n8n-nodes-cake';

const NODES = {
	CakeConversions: 'dist/nodes/CakeConversions/CakeConversions.node.js',
	Items: 'scripts/bench/nodes/Items.node.js',
	BareLoop: 'scripts/bench/nodes/BareLoop.node.js',
	Result: 'scripts/bench/nodes/Result.node.js',
};

/** Makes a package out of the built node and those of the bench; the caller removes the directory. */
export async function makeEnginePackage(): Promise<string> {
	const directory = await mkdtemp(join(tmpdir(), 'n8n-nodes-cake-bench-'));
	const link = async (from: string) => {
		const to = join(directory, from);
		await mkdir(join(to, '..'), { recursive: true });
		await symlink(join(ROOT, from), to);
	};
	const credential = 'dist/credentials/CakeApi.credentials.js';
	const nodes = Object.values(NODES);
	// The icons lie where the built files look for them.
	for (const file of [...nodes, credential, 'dist/icons']) await link(file);
	const manifest = { name: NAME, version: '0.0.0', n8n: { nodes, credentials: [credential] } };
	await writeFile(join(directory, 'package.json'), JSON.stringify(manifest));
	return directory;
}

/** The type a node has in that package. */
export function typeInPackage(type: string): string {
	return type.replace(/^CUSTOM\./, `${NAME}.`);
}
