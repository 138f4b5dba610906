import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { activateWorkflow, deactivateWorkflow } from '../../../harness/server/workflows.mts';
import { until, untilPolled } from '../support/polls.mts';
import { importRejected, listAnnounced } from '../support/rejected.mts';
import type { SlackInbox } from '../support/slack.mts';
import type { Cluster } from './cluster.mts';
import { listAllExecutions, countStatuses, untilAllEnded } from '../support/executions.mts';
import type { Worker } from './worker.mts';

const CHANGES = 6;
const END_WITHIN_MS = 30_000;

/** Checks rejected-to-slack.json: the main instance polls, and the workers tell Slack. */
export async function checkTrigger(
	{ main, sandbox }: Cluster,
	workers: Worker[],
	slack: SlackInbox,
	t: TestContext,
): Promise<void> {
	const { account } = sandbox;
	const id = await importRejected(main);
	const rejected: number[] = [];

	await t.test('the trigger in queue mode tells nothing when it is published', async () => {
		await activateWorkflow(main, id);
		await untilPolled(sandbox, 1);
		assert.equal(slack.texts.length, 0);
	});

	await t.test(`the trigger starts an execution for each of ${CHANGES} changes`, async () => {
		for (let change = 1; change <= CHANGES; change++) {
			const { conversionId } = account.addConversion({ status: 'approved' });
			account.setStatus(conversionId, 'rejected');
			rejected.push(conversionId);
			await until('Slack was told nothing', () => slack.texts.length >= change);
		}
		await untilPolled(sandbox, 2);
		const executions = await untilAllEnded(main, id, CHANGES, END_WITHIN_MS);
		assert.equal(countStatuses(executions), `${CHANGES} success`);
		assert.deepEqual(await listAnnounced(main, id), rejected);
	});

	await t.test('Slack gets one message for each change', () => {
		assert.equal(slack.texts.length, CHANGES);
		assert.deepEqual(slack.told(), rejected);
	});

	await t.test('workers run each execution of the trigger once', async () => {
		const ids = (await listAllExecutions(main, id)).map((execution) => execution.id);
		const done = workers.flatMap((worker) => worker.finished()).filter((one) => ids.includes(one));
		assert.deepEqual(done.sort(), ids.sort());
	});
	await deactivateWorkflow(main, id);
}
