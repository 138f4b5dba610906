import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { SANDBOX_CREDENTIAL } from '../../../harness/server/credentials.mts';
import { listItems, runWorkflow } from '../../../harness/server/executions.mts';
import { importWorkflow } from '../../../harness/server/workflows.mts';
import type { Fresh } from '../support/fresh.mts';
import { CAKE, START, buildWorkflow } from '../support/workflows.mts';

interface ListResult {
	results: Array<{ name: string; value: number }>;
}

/** Checks From List as the editor asks for it, and Add Names in a workflow. */
export async function checkNames(fresh: Fresh, t: TestContext): Promise<void> {
	const { instance, sandbox } = fresh;
	const { id, name, type } = SANDBOX_CREDENTIAL;
	const search = async (filter: string) =>
		await instance.rest.post<ListResult>('/dynamic-node-parameters/resource-locator-results', {
			path: 'parameters.offerId',
			methodName: 'searchOffers',
			nodeTypeAndVersion: { name: 'n8n-nodes-cake.cakeConversions', version: 1 },
			currentNodeParameters: { operation: 'record' },
			credentials: { [type]: { id, name } },
			filter,
		});

	await t.test('From List finds an offer by a part of its name', async () => {
		const { results } = await search('home solar');
		assert.deepEqual(results, [{ name: 'Home Solar Quote - US (12001)', value: 12001 }]);
	});

	await t.test('From List says to choose By ID when CAKE gives no list', async () => {
		sandbox.directory.access = 'absent';
		try {
			await assert.rejects(search(''), /CAKE gave no list of offers/);
		} finally {
			sandbox.directory.access = 'served';
		}
	});

	await t.test('Query with an offer from the list and Add Names gives names', async () => {
		const { affiliateId } = sandbox.account.addConversion({ offerId: 12001 });
		const offerId = { __rl: true, mode: 'list', value: 12001, cachedResultName: 'Home Solar' };
		const workflow = buildWorkflow('Names', {
			operation: 'query',
			filters: { offerId },
			returnAll: true,
			options: { addNames: true },
		});
		const { id: workflowId } = await importWorkflow(instance, workflow);
		const execution = await runWorkflow(instance, workflowId, START);
		assert.equal(execution.status, 'success', execution.error?.message);
		const rows = listItems(execution, CAKE).map(({ json }) => json);
		assert.ok(rows.every((row) => row.offer_name === 'Home Solar Quote - US'));
		const own = rows.find((row) => row.affiliate_id === affiliateId);
		assert.equal(own?.affiliate_name, sandbox.account.affiliates.get(affiliateId));
		assert.deepEqual(sandbox.counters.refusedParameters, []);
	});
}
