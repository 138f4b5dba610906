import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeEnginePackage } from './bench/engine/package.mts';
import { openEngineStation } from './bench/engine/station.mts';
import { ENGINE_JOBS } from './bench/jobs.mts';
import { runBench } from './bench/main.mts';
import { ownVersion, packageVersion } from './bench/versions.mts';
import { npm } from '../harness/server/npm.mts';
import { ROOT } from '../harness/server/paths.mts';

await runBench({
	name: 'bench',
	jobs: ENGINE_JOBS,
	versions: () => ({
		'n8n-nodes-cake': ownVersion(),
		'n8n-core': packageVersion(join(ROOT, 'node_modules/n8n-core')),
		'Node.js': process.versions.node,
	}),
	async prepare(progress) {
		await progress.step('Building the package', () => npm('The build', ['run', 'build'], ROOT));
		const directory = await makeEnginePackage();
		return {
			open: async (job, side, sandbox) => await openEngineStation(directory, job, side, sandbox),
			remove: async () => await rm(directory, { recursive: true, force: true }),
		};
	},
});
