import assert from 'node:assert/strict';
import type { Checks } from '../support/checks.mts';
import type { Cluster } from './cluster.mts';
import { type Answer, deliver, newDeals, listStored } from './deliveries.mts';
import { listStatuses, tally, untilAllEnded } from './executions.mts';
import type { Stage } from './stage.mts';
import type { Worker } from './worker.mts';

const DEALS = 200;
const END_WITHIN_MS = 60_000;

/** Two hundred deals, twenty at a time, with nothing going wrong. */
export async function checkCalm(
	cluster: Cluster,
	stage: Stage,
	workers: Worker[],
	checks: Checks,
): Promise<void> {
	const { account } = cluster.sandbox;
	const deals = newDeals(account, 'calm', DEALS);
	let answers: Answer[] = [];

	await checks.check(`${DEALS} deals by webhook, twenty at a time: each answered 200`, async () => {
		answers = await deliver(stage.url, deals);
		assert.equal(tally(answers.map(({ status }) => status)), `${DEALS} 200`);
	});

	await checks.check(`their ${DEALS} executions all succeed`, async () => {
		const executions = await untilAllEnded(cluster.main, stage.id, DEALS, END_WITHIN_MS);
		assert.equal(listStatuses(executions), `${DEALS} success`);
	});

	await checks.check(`CAKE holds ${DEALS} conversions of theirs, one for each deal`, () => {
		assert.equal(tally([...listStored(account, deals).values()]), `${DEALS} 1`);
		for (const { id, clickId } of deals) assert.equal(account.withUniqueId(id)?.clickId, clickId);
	});

	await checks.check('both workers did some of them, none did the same', () => {
		const done = workers.flatMap((worker) => worker.finished());
		for (const worker of workers) assert.notEqual(worker.finished().length, 0, worker.name);
		assert.equal(done.length, DEALS);
		assert.equal(new Set(done).size, DEALS);
	});
	checks.tell(workers.map(({ name, finished }) => `${name} did ${finished().length}`).join(', '));
}
