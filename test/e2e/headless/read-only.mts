import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { ensureSandboxCredential } from '../../../harness/server/credentials.mts';
import { runWorkflow } from '../../../harness/server/executions.mts';
import { importWorkflow } from '../../../harness/server/workflows.mts';
import type { Fresh } from '../support/fresh.mts';
import { CAKE, START, buildWorkflow } from '../support/workflows.mts';

/** Checks a read-only credential in n8n's own HTTP Request node. */
export async function checkReadOnly(fresh: Fresh, t: TestContext): Promise<void> {
	const { instance, sandbox } = fresh;
	const access = { baseUrl: sandbox.url, apiKey: sandbox.apiKey };
	const [{ clickId, offerId }] = sandbox.account.freshClicks(1);
	const { conversionId } = sandbox.account.addConversion();

	const request = async (name: string, parameters: Record<string, unknown>) => {
		const workflow = buildWorkflow(
			name,
			{
				authentication: 'predefinedCredentialType',
				nodeCredentialType: 'cakeApi',
				options: {},
				...parameters,
			},
			{ type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2 },
		);
		const { id } = await importWorkflow(instance, workflow);
		return await runWorkflow(instance, id, START);
	};
	const record = {
		url: `${sandbox.url}/api/2/conversion.json?click_id=${clickId}&offer_id=${offerId}`,
	};
	const update = {
		method: 'POST',
		url: `${sandbox.url}/api/2/update_conversion.json`,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: JSON.stringify({ conversion_id: conversionId, status: 'rejected' }),
	};

	await ensureSandboxCredential(instance, { ...access, readOnly: true });
	const writes: Array<[string, Record<string, unknown>]> = [
		['records', record],
		['updates', update],
	];
	for (const [verb, parameters] of writes) {
		await t.test(`an HTTP Request node with read-only access ${verb} nothing`, async () => {
			const before = sandbox.counters.requests;
			const execution = await request(`Read-only ${verb}`, parameters);
			assert.equal(execution.status, 'error');
			assert.match(JSON.stringify(execution), /credential is read-only, so nothing was sent/);
			assert.equal(sandbox.counters.requests, before);
		});
	}

	await ensureSandboxCredential(instance, access);
	await t.test('an HTTP Request node that may write sends the key to CAKE', async () => {
		const execution = await request('HTTP Request updates', update);
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.equal(sandbox.account.conversions.get(conversionId)?.status, 'rejected');
		assert.deepEqual(sandbox.counters.refusedParameters, []);
		assert.ok(!JSON.stringify(execution.runs[CAKE]).includes(sandbox.apiKey));
	});
}
