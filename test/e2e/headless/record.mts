import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Execution, listItems, runWorkflow } from '../../../harness/server/executions.mts';
import { importWorkflow, type WorkflowNode } from '../../../harness/server/workflows.mts';
import type { Fresh } from '../support/fresh.mts';
import { CAKE, START, buildWorkflow } from '../support/workflows.mts';

/** Checks Record and Update Conversion in a workflow, and the account afterwards. */
export async function checkRecord(fresh: Fresh, t: TestContext): Promise<void> {
	await checkRecording(fresh, t);
	await checkFailures(fresh, t);
	await checkUpdate(fresh, t);
}

async function checkRecording(fresh: Fresh, t: TestContext): Promise<void> {
	const { sandbox } = fresh;

	await t.test('Record stores a conversion with its fields', async () => {
		const [click] = sandbox.account.freshClicks(1);
		const additionalFields = { orderId: 'ORD-1', payout: '12.50' };
		const execution = await record(fresh, 'Record', {
			...click,
			uniqueId: 'deal-1',
			additionalFields,
		});
		assert.equal(execution.status, 'success', execution.error?.message);
		const [stored, ...more] = storedFor(fresh, click.clickId);
		assert.deepEqual(more, []);
		assert.equal(stored.uniqueId, 'deal-1');
		assert.equal(stored.orderId, 'ORD-1');
		assert.equal(stored.payout, 12.5);
	});

	await t.test('Record marks a repeated deal as already recorded', async () => {
		const [click] = sandbox.account.freshClicks(1);
		const before = sandbox.account.conversions.size;
		const execution = await record(fresh, 'Record again', { ...click, uniqueId: 'deal-1' });
		assert.equal(listItems(execution, CAKE)[0].json.already_recorded, true);
		assert.equal(sandbox.account.conversions.size, before);
	});

	await t.test('Record stores a deal once after a throttle and a lost reply', async () => {
		const [click] = sandbox.account.freshClicks(1);
		sandbox.failNext('throttle', { endpoint: 'record' });
		sandbox.failNext('resetAfter', { endpoint: 'record' });
		const retry: Partial<WorkflowNode> = {
			retryOnFail: true,
			maxTries: 3,
			waitBetweenTries: 100,
		};
		const parameters = { ...click, uniqueId: 'deal-2' };
		const execution = await record(fresh, 'Record with retries', parameters, retry);
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.equal(storedFor(fresh, click.clickId).length, 1);
	});
}

async function checkFailures(fresh: Fresh, t: TestContext): Promise<void> {
	await t.test('Record stops at a bad payout, and stores nothing', async () => {
		const [click] = fresh.sandbox.account.freshClicks(1);
		const additionalFields = { payout: '5,00' };
		const execution = await record(fresh, 'Bad payout', { ...click, additionalFields });
		assert.equal(execution.status, 'error');
		assert.match(execution.error?.message ?? '', /Payout/);
		assert.equal(storedFor(fresh, click.clickId).length, 0);
	});

	await t.test('Record sends a failed item by the error output', async () => {
		const offerId = fresh.sandbox.account.freshClicks(1)[0].offerId;
		const parameters = { clickId: 'ffffffffffff', offerId, uniqueId: 'deal-3' };
		const execution = await record(fresh, 'Unknown click', parameters, {
			onError: 'continueErrorOutput',
		});
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.equal(listItems(execution, CAKE).length, 0);
		const [failed] = listItems(execution, CAKE, 1);
		assert.equal((failed.json.details as { kind: string }).kind, 'refused');
	});

	await t.test('n8n stores the API key in no execution', async () => {
		const { results } = await fresh.instance.rest.get<{ results: Array<{ id: string }> }>(
			'/executions?limit=100',
		);
		assert.ok(results.length > 0);
		for (const { id } of results) {
			const stored = JSON.stringify(await fresh.instance.rest.get(`/executions/${id}`));
			assert.ok(!stored.includes(fresh.sandbox.apiKey), `it is in execution ${id}`);
		}
	});
}

async function checkUpdate(fresh: Fresh, t: TestContext): Promise<void> {
	await t.test('Update rejects a conversion with a note', async () => {
		const [conversion] = fresh.sandbox.account.conversions.values();
		const parameters = {
			operation: 'update',
			conversionId: conversion.conversionId,
			status: 'rejected',
			note: 'Refunded',
		};
		const execution = await runOnce(fresh, 'Update', parameters);
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.equal(conversion.status, 'rejected');
		assert.deepEqual(conversion.notes, ['Refunded']);
	});
}

async function record(
	fresh: Fresh,
	name: string,
	parameters: Record<string, unknown>,
	settings?: Partial<WorkflowNode>,
): Promise<Execution> {
	return await runOnce(fresh, name, { operation: 'record', ...parameters }, settings);
}

async function runOnce(
	{ instance }: Fresh,
	name: string,
	parameters: Record<string, unknown>,
	settings?: Partial<WorkflowNode>,
): Promise<Execution> {
	const { id } = await importWorkflow(instance, buildWorkflow(name, parameters, settings));
	return await runWorkflow(instance, id, START);
}

function storedFor({ sandbox }: Fresh, clickId: string) {
	return [...sandbox.account.conversions.values()].filter((row) => row.clickId === clickId);
}
