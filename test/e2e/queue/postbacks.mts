import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Progress } from '../../../harness/server/progress.mts';
import { listAllExecutions } from '../support/executions.mts';
import { checkStorm, publishPostback } from '../support/postbacks.mts';
import type { Cluster } from './cluster.mts';
import type { Worker } from './worker.mts';

const CONVERSIONS = 100;

/** Checks postbacks that one webhook process takes: it remembers them, and the workers run them. */
export async function checkPostbacks(
	{ main, sandbox, addWebhookProcess }: Cluster,
	workers: Worker[],
	t: TestContext,
): Promise<void> {
	const { url, process } = await new Progress().step('Starting a webhook process', () =>
		addWebhookProcess(),
	);
	const stage = await publishPostback(main, 'Postbacks', url);
	const logFiles = [process, main.process, ...workers.map((worker) => worker.process)].map(
		({ logFile }) => logFile,
	);
	const name = 'the postback trigger in queue mode';
	await checkStorm({ name, instance: main, sandbox, stage, count: CONVERSIONS, logFiles }, t);
	sandbox.postbacks.options = undefined;

	await t.test('workers run each execution that a postback started once', async () => {
		const ids = (await listAllExecutions(main, stage.id)).map((execution) => execution.id);
		const done = workers.flatMap((worker) => worker.finished()).filter((one) => ids.includes(one));
		assert.deepEqual(done.sort(), ids.sort());
	});
	await process.stop();
}
