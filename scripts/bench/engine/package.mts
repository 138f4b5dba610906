import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../harness/server/paths.mts';

/** The engine loads a single package. This one has our name, our node and the bench's nodes. */
const NAME = 'n8n-nodes-cake';

const NODES = {
	CakeConversions: 'dist/nodes/CakeConversions/CakeConversions.node.js',
	Items: 'scripts/bench/nodes/Items.node.js',
	BareLoop: 'scripts/bench/nodes/BareLoop.node.js',
	Poll: 'scripts/bench/nodes/Poll.node.js',
	Result: 'scripts/bench/nodes/Result.node.js',
};

/** Makes a package of the built node and the bench's. The caller removes the directory. */
export async function makeEnginePackage(): Promise<string> {
	const directory = await mkdtemp(join(tmpdir(), 'n8n-nodes-cake-bench-'));
	const link = async (from: string) => {
		const to = join(directory, from);
		await mkdir(join(to, '..'), { recursive: true });
		await symlink(join(ROOT, from), to);
	};
	const credential = 'dist/credentials/CakeApi.credentials.js';
	const nodes = Object.values(NODES);
	// The built files expect the icons in this place.
	for (const file of [...nodes, credential, 'dist/icons']) await link(file);
	const manifest = { name: NAME, version: '0.0.0', n8n: { nodes, credentials: [credential] } };
	await writeFile(join(directory, 'package.json'), JSON.stringify(manifest));
	return directory;
}

/** The type of a node in this package. */
export function typeInPackage(type: string): string {
	return type.replace(/^CUSTOM\./, `${NAME}.`);
}
