import { relative } from 'node:path';
import type { TestContext } from 'node:test';
import { ROOT } from '../../harness/server/paths.mts';
import { Progress } from '../../harness/server/progress.mts';
import { checkCalm } from './queue/calm.mts';
import { type Cluster, QUEUE_LOGS, withCluster } from './queue/cluster.mts';
import { checkKilled } from './queue/killed.mts';
import { findPrograms } from './queue/programs.mts';
import { setTheStage } from './queue/stage.mts';
import { checkPostbacks } from './queue/postbacks.mts';
import { checkTrigger } from './queue/trigger.mts';
import { checkKilledWithoutId } from './queue/withoutId.mts';
import { readDealWon, readDealWonWithoutId } from './queue/workflow.mts';
import { withOutside } from './support/outside.mts';
import { testPart } from './support/part.mts';
import { SlackInbox } from './support/slack.mts';

/** The package in queue mode: one main, two workers, a webhook process, Redis and PostgreSQL. One worker is killed. */
testPart('queue mode', async (t) => {
	const programs = await findPrograms(new Progress());
	if (typeof programs === 'string') return t.skip(`left out: ${programs}`);
	t.diagnostic(`logs: ${relative(ROOT, QUEUE_LOGS)}`);
	await withOutside(async (outside) => {
		const slack = new SlackInbox(outside);
		await withCluster({ programs, env: outside.env }, async (cluster) => {
			await checkCluster(cluster, slack, t);
		});
	});
});

async function checkCluster(cluster: Cluster, slack: SlackInbox, t: TestContext): Promise<void> {
	const progress = new Progress();
	const [survivor, victim] = await progress.step('Starting two workers', () =>
		Promise.all(['worker-1', 'worker-2'].map((name) => cluster.addWorker(name))),
	);
	const stage = await setTheStage(cluster, 'deal won', readDealWon);
	await checkCalm(cluster, stage, [survivor, victim], t);
	await checkTrigger(cluster, [survivor, victim], slack, t);
	await checkPostbacks(cluster, [survivor, victim], t);
	await checkKilled(cluster, stage, { victim, survivor }, t);

	const next = await progress.step('Starting the killed worker again', () =>
		cluster.addWorker('worker-2'),
	);
	const plain = await setTheStage(cluster, 'deal won without unique ID', readDealWonWithoutId);
	await checkKilledWithoutId(cluster, plain, { victim: next, survivor }, t);
}
