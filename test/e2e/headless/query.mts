import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import {
	executeByCommand,
	type Execution,
	listItems,
	runWorkflow,
} from '../../../harness/server/executions.mts';
import { importWorkflow } from '../../../harness/server/workflows.mts';
import type { Fresh } from '../support/fresh.mts';
import { CAKE, START, buildWorkflow } from '../support/workflows.mts';

/** Checks Query Conversions in a workflow. */
export async function checkQuery(fresh: Fresh, t: TestContext): Promise<void> {
	const { instance, sandbox } = fresh;
	const everything = [...sandbox.account.conversions.keys()].sort();
	const listIds = (execution: Execution) =>
		listItems(execution, CAKE)
			.map(({ json }) => Number(json.conversion_id))
			.sort();
	const workflow = buildWorkflow('Query', {
		operation: 'query',
		dateRange: 'custom',
		startDate: '={{ $today.minus({ days: 40 }).toISODate() }}',
		endDate: '={{ $today.plus({ days: 1 }).toISODate() }}',
		returnAll: true,
	});
	const { id } = await importWorkflow(instance, workflow);

	await t.test('Query with Return All gives every conversion once', async () => {
		const execution = await runWorkflow(instance, id, START);
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.deepEqual(listIds(execution), everything);
	});

	await t.test('n8n’s command "execute" gives every conversion once', async () => {
		const execution = await executeByCommand(instance, id);
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.deepEqual(listIds(execution), everything);
	});
}
