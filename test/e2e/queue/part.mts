import { relative } from 'node:path';
import { ROOT } from '../../../harness/server/paths.mts';
import { Progress } from '../../../harness/server/progress.mts';
import type { Checks, Part } from '../support/checks.mts';
import { withOutside } from '../support/outside.mts';
import { SlackInbox } from '../support/slack.mts';
import { checkCalm } from './calm.mts';
import { type Cluster, QUEUE_LOGS, withCluster } from './cluster.mts';
import { checkKilled } from './killed.mts';
import { findPrograms } from './programs.mts';
import { setTheStage } from './stage.mts';
import { checkTrigger } from './trigger.mts';
import { checkKilledWithoutId } from './withoutId.mts';
import { readDealWon, readDealWonWithoutId } from './workflow.mts';

/** The package in queue mode: one main, two workers, Redis and PostgreSQL. One worker is killed. */
export const queue: Part = {
	name: 'queue mode',
	async run(checks) {
		const programs = await findPrograms(new Progress());
		if (typeof programs === 'string') return checks.leaveOut(queue.name, programs);
		checks.logs = relative(ROOT, QUEUE_LOGS);
		await withOutside(async (outside) => {
			const slack = new SlackInbox(outside);
			await withCluster({ programs, env: outside.env }, async (cluster) => {
				await checkCluster(cluster, slack, checks);
			});
		});
	},
};

async function checkCluster(cluster: Cluster, slack: SlackInbox, checks: Checks): Promise<void> {
	const progress = new Progress();
	const [survivor, victim] = await progress.step('Starting two workers', () =>
		Promise.all(['worker-1', 'worker-2'].map((name) => cluster.addWorker(name))),
	);
	const stage = await setTheStage(cluster, 'deal won', readDealWon);
	await checkCalm(cluster, stage, [survivor, victim], checks);
	await checkTrigger(cluster, [survivor, victim], slack, checks);
	await checkKilled(cluster, stage, { victim, survivor }, checks);

	const next = await progress.step('Starting the killed worker again', () =>
		cluster.addWorker('worker-2'),
	);
	const plain = await setTheStage(cluster, 'deal won without unique ID', readDealWonWithoutId);
	await checkKilledWithoutId(cluster, plain, { victim: next, survivor }, checks);
}
