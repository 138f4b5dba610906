import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeChart } from './bench/chart.mts';
import { JOBS } from './bench/jobs.mts';
import { runBench } from './bench/main.mts';
import { openN8nStation, prepareTemplate } from './bench/n8nStation.mts';
import { ownVersion, packageVersion } from './bench/versions.mts';
import { installN8n } from '../harness/server/install.mts';
import { npm } from '../harness/server/npm.mts';
import { packPackage } from '../harness/server/package.mts';
import { N8N_DIRECTORY, ROOT } from '../harness/server/paths.mts';

await runBench({
	name: 'bench:n8n',
	jobs: JOBS,
	versions: () => ({
		'n8n-nodes-cake': ownVersion(),
		n8n: packageVersion(join(N8N_DIRECTORY, 'node_modules/n8n')),
	}),
	async prepare(progress) {
		await progress.step('Building the package', () => npm('The build', ['run', 'build'], ROOT));
		await installN8n(progress);
		const directory = await mkdtemp(join(tmpdir(), 'n8n-nodes-cake-bench-'));
		const template = join(directory, 'template');
		await progress.step('Preparing an n8n with the package', async () => {
			await prepareTemplate(template, await packPackage(join(directory, 'packed')));
		});
		return {
			open: async (job, side, sandbox) => {
				const folder = join(directory, `${job.key}-${side.key}`);
				return await openN8nStation(template, folder, job, side, sandbox);
			},
			remove: async () => await rm(directory, { recursive: true, force: true }),
		};
	},
	illustrate: writeChart,
});
