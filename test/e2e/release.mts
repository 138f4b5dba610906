import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setUpOwner, startInstance } from '../../harness/server/instance.mts';
import { npm } from '../../harness/server/npm.mts';
import { credentialTypes, nodeTypes } from '../../harness/server/package.mts';
import { Progress } from '../../harness/server/progress.mts';
import { checkScan } from './release/scan.mts';
import { packForTest } from './support/fresh.mts';
import { testPart } from './support/part.mts';

/** What n8n loads, without the action node as a tool. */
const TYPES = [
	'n8n-nodes-cake.cakeConversions',
	'n8n-nodes-cake.cakeConversionsTrigger',
	'n8n-nodes-cake.cakePostbackTrigger',
];

/** A release up to the moment before it is published: packed, scanned, and installed by hand. */
testPart('release', async (t) => {
	const directory = await mkdtemp(join(tmpdir(), 'n8n-nodes-cake-release-'));
	try {
		const packed = await packForTest(join(directory, 'packed'));
		await checkScan(packed, join(directory, 'unpacked'), t);

		await t.test('a clean n8n loads the packed file that npm installed', async () => {
			// The commands of the README, and of n8n's manual installation.
			const userFolder = join(directory, 'user');
			const nodes = join(userFolder, '.n8n/nodes');
			await mkdir(nodes, { recursive: true });
			await npm('The installation', ['i', '--legacy-peer-deps', packed.tarball], nodes);
			const instance = await new Progress().step('Starting a clean n8n', () =>
				startInstance({ userFolder }),
			);
			try {
				await setUpOwner(instance);
				const loaded = (await nodeTypes(instance)).map(({ name }) => name);
				assert.deepEqual(
					TYPES.filter((type) => !loaded.includes(type)),
					[],
				);
				const credentials = (await credentialTypes(instance)).map(({ name }) => name);
				for (const name of ['cakeApi', 'cakePostbackApi']) assert.ok(credentials.includes(name));
			} finally {
				await instance.stop();
			}
		});
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
});
