import assert from 'node:assert/strict';
import { activateWorkflow, deactivateWorkflow } from '../../../harness/server/workflows.mts';
import type { Checks } from '../support/checks.mts';
import { until, untilPolled } from '../support/polls.mts';
import { announced, importRejected } from '../support/rejected.mts';
import type { SlackInbox } from '../support/slack.mts';
import type { Cluster } from './cluster.mts';
import { listAllExecutions, listStatuses, untilAllEnded } from './executions.mts';
import type { Worker } from './worker.mts';

const CHANGES = 6;
const END_WITHIN_MS = 30_000;

/** rejected-to-slack.json: the main instance polls, the workers tell. */
export async function checkTrigger(
	{ main, sandbox }: Cluster,
	workers: Worker[],
	slack: SlackInbox,
	checks: Checks,
): Promise<void> {
	const { account } = sandbox;
	const id = await importRejected(main);
	const rejected: number[] = [];

	await checks.check('the trigger in queue mode: publishing it tells nothing', async () => {
		await activateWorkflow(main, id);
		await untilPolled(sandbox, 1);
		assert.equal(slack.texts.length, 0);
	});

	await checks.check(`${CHANGES} changes, one after the other: an execution for each`, async () => {
		for (let change = 1; change <= CHANGES; change++) {
			const { conversionId } = account.addConversion({ status: 'approved' });
			account.setStatus(conversionId, 'rejected');
			rejected.push(conversionId);
			await until('Slack was told nothing', () => slack.texts.length >= change);
		}
		await untilPolled(sandbox, 2);
		const executions = await untilAllEnded(main, id, CHANGES, END_WITHIN_MS);
		assert.equal(listStatuses(executions), `${CHANGES} success`);
		assert.deepEqual(await announced(main, id), rejected);
	});

	await checks.check('Slack got one message for each of them', () => {
		assert.equal(slack.texts.length, CHANGES);
		assert.deepEqual(slack.told(), rejected);
	});

	await checks.check('workers did them, each once', async () => {
		const ids = (await listAllExecutions(main, id)).map((execution) => execution.id);
		const done = workers.flatMap((worker) => worker.finished()).filter((one) => ids.includes(one));
		assert.deepEqual(done.sort(), ids.sort());
	});
	await deactivateWorkflow(main, id);
}
