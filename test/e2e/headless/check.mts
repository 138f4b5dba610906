import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { listItems, runWorkflow } from '../../../harness/server/executions.mts';
import { importWorkflow } from '../../../harness/server/workflows.mts';
import { CHECKS } from '../../../nodes/cake/account/findings.ts';
import type { Fresh } from '../support/fresh.mts';
import { CAKE, START, buildWorkflow } from '../support/workflows.mts';

/** Checks Check Account in a workflow. */
export async function checkAccount({ instance, sandbox }: Fresh, t: TestContext): Promise<void> {
	const workflow = buildWorkflow('Check', { resource: 'account', operation: 'check' });
	const { id } = await importWorkflow(instance, workflow);

	await t.test('Check Account gives one item a check, and only reads', async () => {
		const { counters } = sandbox;
		const before = { requests: counters.requests, ...counters.byEndpoint };
		const execution = await runWorkflow(instance, id, START);
		assert.equal(execution.status, 'success', execution.error?.message);
		const found = listItems(execution, CAKE).map(({ json }) => json);
		assert.deepEqual(
			found.map(({ check }) => check),
			[...CHECKS],
		);
		assert.equal(found.find(({ check }) => check === 'endDateCounted')?.result, 'yes');
		assert.ok(counters.requests - before.requests <= 25);
		assert.equal(counters.byEndpoint.record, before.record);
		assert.equal(counters.byEndpoint.update, before.update);
		const saved = JSON.stringify(execution.runs[CAKE]);
		assert.ok(!saved.includes(sandbox.apiKey) && !saved.includes(new URL(sandbox.url).host));
	});
}
