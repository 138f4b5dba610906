import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Cluster } from './cluster.mts';
import { type Answer, deliver, makeDeals, countStored } from './deliveries.mts';
import { countStatuses, tally, untilAllEnded } from '../support/executions.mts';
import type { Stage } from './stage.mts';
import type { Worker } from './worker.mts';

const DEALS = 200;
const END_WITHIN_MS = 60_000;

/** Delivers 200 deals, twenty at a time, without any failure. */
export async function checkCalm(
	cluster: Cluster,
	stage: Stage,
	workers: Worker[],
	t: TestContext,
): Promise<void> {
	const { account } = cluster.sandbox;
	const deals = makeDeals(account, 'calm', DEALS);
	let answers: Answer[] = [];

	await t.test(`the webhook answers 200 to each of ${DEALS} deals`, async () => {
		answers = await deliver(stage.url, deals);
		assert.equal(tally(answers.map(({ status }) => status)), `${DEALS} 200`);
	});

	await t.test(`all ${DEALS} executions of the deals succeed`, async () => {
		const executions = await untilAllEnded(cluster.main, stage.id, DEALS, END_WITHIN_MS);
		assert.equal(countStatuses(executions), `${DEALS} success`);
	});

	await t.test(`CAKE holds one conversion for each of ${DEALS} deals`, () => {
		assert.equal(tally([...countStored(account, deals).values()]), `${DEALS} 1`);
		for (const { id, clickId } of deals) assert.equal(account.withUniqueId(id)?.clickId, clickId);
	});

	await t.test('both workers run executions, and none runs twice', (check) => {
		check.diagnostic(
			workers.map(({ name, finished }) => `${name} did ${finished().length}`).join(', '),
		);
		const done = workers.flatMap((worker) => worker.finished());
		for (const worker of workers) assert.notEqual(worker.finished().length, 0, worker.name);
		assert.equal(done.length, DEALS);
		assert.equal(new Set(done).size, DEALS);
	});
}
