import assert from 'node:assert/strict';
import { ensureSandboxCredential } from '../../../../harness/server/credentials.mts';
import { type Call, readFailure, type Stage, talk } from './stage.mts';
import { RECORD, UPDATE } from './tools.mts';

/** Checks Update Conversion as an agent's tool, and writes with a read-only credential. */
export async function checkChanging(stage: Stage): Promise<void> {
	const { t, fresh } = stage;
	const { account } = fresh.sandbox;
	const change = (id: unknown, status: string): Call => ({
		tool: UPDATE,
		given: { Conversion_ID: id, Status: status, Note: 'Refunded' },
	});

	await t.test('Update sets the status that an agent names', async () => {
		const { conversionId } = account.addConversion();
		const { results } = await talk(stage, [change(String(conversionId), 'Rejected')]);
		assert.equal(results[0][0].conversion_status, 'rejected');
		assert.equal(account.conversions.get(conversionId)?.status, 'rejected');
	});

	for (const version of [3.1, 2.2] as const) {
		await t.test(`Update tells agent ${version} why a conversion is unknown`, async () => {
			const { results } = await talk(stage, [change('7', 'approved')], version);
			const { error, kind, reason } = readFailure(results[0]);
			assert.equal(error, 'CAKE refused the change');
			assert.equal(kind, 'refused');
			assert.match(reason, /Conversion Not Found: 7.*Correct the values/);
		});
	}

	await t.test('a reply that echoes the key reaches the model without it', async () => {
		fresh.sandbox.failNext('echo', { endpoint: 'update' });
		const { results } = await talk(stage, [change(7, 'approved')]);
		assert.match(readFailure(results[0]).reason, /Could not process the request/);
	});

	await checkReadOnly(stage, change(account.addConversion().conversionId, 'rejected'));
}

async function checkReadOnly(stage: Stage, update: Call): Promise<void> {
	const { t, fresh } = stage;
	const { url: baseUrl, apiKey, account, counters } = fresh.sandbox;
	const [{ clickId, offerId }] = account.freshClicks(1);
	const given = { Click_ID: clickId, Offer: offerId, Unique_ID: 'agent-read-only' };
	const record = { tool: RECORD, given: { ...given, Conversion_Date: '', Payout: '' } };

	await ensureSandboxCredential(fresh.instance, { baseUrl, apiKey, readOnly: true });
	try {
		await t.test(
			'an agent with a read-only credential writes nothing, and learns how to change that',
			async () => {
				const before = counters.requests;
				for (const call of [record, update]) {
					const { results } = await talk(stage, [call]);
					const { error, reason } = readFailure(results[0]);
					assert.equal(error, 'This CAKE credential is read-only');
					assert.match(reason, /^Nothing was sent\..*turn 'Read Only' off.*tell the user\.$/);
				}
				assert.equal(counters.requests, before);
			},
		);
	} finally {
		await ensureSandboxCredential(fresh.instance, { baseUrl, apiKey });
	}
}
