import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { endOfExecution } from '../../../harness/server/executions.mts';
import type { Cluster } from './cluster.mts';
import {
	type Aftermath,
	dieHalfway,
	report,
	listSuccessful,
	listUnanswered,
	listUnsuccessful,
} from './death.mts';
import { deliver, countStored } from './deliveries.mts';
import { tally } from '../support/executions.mts';
import { listDeals, countFailures, type Stage } from './stage.mts';
import type { Worker } from './worker.mts';

const DEALS = 200;
const HEAR_WITHIN_MS = 20_000;

/** The worker to be killed, and the other one. */
export interface Workers {
	victim: Worker;
	survivor: Worker;
}

/** Kills a worker in the middle of 200 deals that have a unique ID, and checks the outcome. */
export async function checkKilled(
	cluster: Cluster,
	stage: Stage,
	{ victim, survivor }: Workers,
	t: TestContext,
): Promise<void> {
	const aftermath = await checkDeath(cluster, stage, victim, t);
	if (!aftermath) return;
	await checkVisible(cluster, stage, { aftermath, survivor }, t);
	await checkRetry(cluster, aftermath, t);
	await checkDeliveredAgain(cluster, stage, aftermath, t);
}

async function checkDeath(
	cluster: Cluster,
	stage: Stage,
	victim: Worker,
	t: TestContext,
): Promise<Aftermath | undefined> {
	let aftermath: Aftermath | undefined;
	await t.test(`all executions of ${DEALS} deals end though a worker is killed`, async (check) => {
		const result = await dieHalfway(cluster, stage, victim, { prefix: 'kill', count: DEALS });
		for (const line of report(result)) check.diagnostic(line);
		assert.notEqual(result.cutShort.length, 0, 'it had nothing under way');
		assert.equal(result.executions.length, DEALS);
		aftermath = result;
	});
	return aftermath;
}

async function checkVisible(
	cluster: Cluster,
	stage: Stage,
	{ aftermath, survivor }: { aftermath: Aftermath; survivor: Worker },
	t: TestContext,
): Promise<void> {
	const { stored, executions } = aftermath;
	const failed = listUnsuccessful(aftermath);

	await t.test('CAKE stores no deal twice when a worker is killed', () => {
		for (const [id, count] of stored) assert.ok(count <= 1, `${id} is stored ${count} times`);
	});

	await t.test('every deal is stored, or its execution is visibly unsuccessful', async () => {
		const succeeded = await listDeals(cluster, stage, listSuccessful(aftermath));
		for (const id of succeeded) assert.equal(stored.get(id), 1, `${id} is lost without a word`);
		// Each delivery has one execution, so the other deals belong to the failed ones.
		assert.equal(new Set(succeeded).size + failed.length, DEALS);
		assert.equal(executions.length, DEALS);
	});

	await t.test('only executions of the killed worker are unsuccessful', () => {
		const elsewhere = survivor.started();
		for (const { id } of failed) assert.ok(!elsewhere.includes(id), `execution ${id} is too`);
	});

	await t.test('n8n starts the error workflow for each unsuccessful execution', async (check) => {
		const deadline = Date.now() + HEAR_WITHIN_MS;
		const heard = async () => await countFailures(cluster, stage);
		while ((await heard()) < failed.length && Date.now() < deadline) await sleep(500);
		assert.equal(await heard(), failed.length);
		if (failed.length === 0) return;
		const { status, error, runs } = await endOfExecution(cluster.main, failed[0].id);
		const nodes = Object.keys(runs).length;
		const why = error?.message.split('.')[0];
		check.diagnostic(`n8n shows them as "${status}", with the data of ${nodes} nodes: ${why}`);
	});
}

/** Checks that n8n's own "Retry" stores nothing twice. What else it does is n8n's affair. */
async function checkRetry(
	{ main, sandbox }: Cluster,
	aftermath: Aftermath,
	t: TestContext,
): Promise<void> {
	const [first] = listUnsuccessful(aftermath);
	if (!first) return;
	await t.test('n8n’s Retry of an unsuccessful execution stores nothing twice', async (check) => {
		const before = sandbox.account.conversions.size;
		const answer = await main.rest
			.post<{ status: string }>(`/executions/${first.id}/retry`, { loadWorkflow: false })
			.then(({ status }) => `"${status}" again`)
			.catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
		const more = sandbox.account.conversions.size - before;
		check.diagnostic(`Retry: ${more} stored, and n8n says ${answer}`);
		const counts = countStored(sandbox.account, aftermath.deals);
		for (const [id, count] of counts) assert.ok(count <= 1, `${id} is stored ${count} times`);
	});
}

async function checkDeliveredAgain(
	{ sandbox }: Cluster,
	stage: Stage,
	aftermath: Aftermath,
	t: TestContext,
): Promise<void> {
	await t.test('CAKE holds each deal once after the failed ones come again', async (check) => {
		const answers = await deliver(stage.url, listUnanswered(aftermath));
		for (const { status, text } of answers) assert.equal(status, 200, text);
		const known = answers.filter(({ wasAlreadyRecorded }) => wasAlreadyRecorded).length;
		check.diagnostic(`delivered again: ${answers.length}, of which CAKE had ${known} already`);
		const counts = [...countStored(sandbox.account, aftermath.deals).values()];
		assert.equal(tally(counts), `${DEALS} 1`);
	});
}
