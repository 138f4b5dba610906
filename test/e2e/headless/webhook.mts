import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { endOfExecution, listExecutions, listItems } from '../../../harness/server/executions.mts';
import { activateWorkflow, importWorkflow } from '../../../harness/server/workflows.mts';
import type { Fresh } from '../support/fresh.mts';
import { CAKE, START, buildWorkflow } from '../support/workflows.mts';

const PATH = 'deal-won';

/** Checks an active workflow that a webhook call starts. */
export async function checkWebhook(fresh: Fresh, t: TestContext): Promise<void> {
	const { instance, sandbox } = fresh;
	const workflow = buildWorkflow('Deal won', {
		operation: 'record',
		clickId: '={{ $json.body.clickId }}',
		offerId: '={{ $json.body.offerId }}',
		uniqueId: '={{ $json.body.deal }}',
	});
	workflow.nodes[0] = {
		...workflow.nodes[0],
		name: START,
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		parameters: { httpMethod: 'POST', path: PATH, responseMode: 'onReceived', options: {} },
		webhookId: PATH,
	};

	await t.test('a webhook delivered twice records once, in two executions', async () => {
		const { id } = await importWorkflow(instance, workflow);
		await activateWorkflow(instance, id);
		const [{ clickId, offerId }] = sandbox.account.freshClicks(1);
		const before = sandbox.account.conversions.size;
		for (let delivery = 0; delivery < 2; delivery++) {
			const response = await fetch(`${instance.url}/webhook/${PATH}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ clickId, offerId, deal: 'deal-hook' }),
			});
			assert.equal(response.status, 200, await response.text());
		}
		const listed = await untilListed(fresh, id, 2);
		for (const { id: execution } of listed) {
			const { status, ...rest } = await endOfExecution(instance, execution);
			assert.equal(status, 'success', rest.error?.message);
			assert.equal(listItems({ status, ...rest }, CAKE).length, 1);
		}
		assert.equal(sandbox.account.conversions.size, before + 1);
	});
}

/** Waits until n8n lists this many executions. It answers a call before it lists its execution. */
async function untilListed({ instance }: Fresh, workflowId: string, count: number) {
	for (let attempt = 0; attempt < 100; attempt++) {
		const listed = await listExecutions(instance, workflowId);
		if (listed.length >= count) return listed;
		await sleep(100);
	}
	throw new Error(`n8n lists no ${count} executions`);
}
