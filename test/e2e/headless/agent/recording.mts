import assert from 'node:assert/strict';
import { readFailure, type Stage, talk } from './stage.mts';
import { RECORD } from './tools.mts';
import type { AgentVersion } from './workflow.mts';

/** Checks that Record Conversion as an agent's tool stores a sale once. */
export async function checkRecording(stage: Stage): Promise<void> {
	for (const version of [3.1, 2.2] as const) {
		await checkOnce(stage, version);
		await checkWithoutId(stage, version);
		await checkUnclear(stage, version);
	}
}

/** Makes a sale as a model gives it: numbers as text, and an unknown value as empty text. */
function toSale({ fresh }: Stage, uniqueId: string) {
	const [{ clickId, offerId }] = fresh.sandbox.account.freshClicks(1);
	return {
		Click_ID: clickId,
		Offer: String(offerId),
		Unique_ID: uniqueId,
		Conversion_Date: '',
		Payout: '12.50',
	};
}

function storedFor({ fresh }: Stage, clickId: string) {
	return [...fresh.sandbox.account.conversions.values()].filter((row) => row.clickId === clickId);
}

async function checkOnce(stage: Stage, version: AgentVersion): Promise<void> {
	await stage.t.test(
		`Record stores a sale once when agent ${version} calls twice, with numbers as text`,
		async () => {
			const given = toSale(stage, `agent-${version}`);
			const call = { tool: RECORD, given };
			const { results } = await talk(stage, [call, call], version);
			const [stored, ...more] = storedFor(stage, given.Click_ID);
			assert.deepEqual(more, []);
			assert.equal(stored.payout, 12.5);
			const [[first], [again]] = results;
			assert.equal(first.conversion_id, stored.conversionId);
			assert.equal(first.already_recorded, false);
			// CAKE's list shows no Unique ID and no order. So it does not prove which conversion this is.
			assert.equal(again.conversion_id, undefined);
			assert.equal(again.unique_id, first.unique_id);
			assert.equal(again.already_recorded, true);
		},
	);
}

async function checkWithoutId(stage: Stage, version: AgentVersion): Promise<void> {
	await stage.t.test(
		`Record refuses a sale without a Unique ID from agent ${version}, and sends nothing`,
		async () => {
			const { counters } = stage.fresh.sandbox;
			const before = counters.requests;
			const call = { tool: RECORD, given: toSale(stage, '') };
			const { results } = await talk(stage, [call], version);
			const { error, kind, reason } = readFailure(results[0]);
			assert.equal(error, "'Unique ID' is needed when an AI agent records");
			assert.equal(kind, 'invalidValue');
			assert.match(
				reason,
				/such as the deal ID.*Nothing was sent. Correct the value and call again/,
			);
			assert.equal(counters.requests, before);
		},
	);
}

async function checkUnclear(stage: Stage, version: AgentVersion): Promise<void> {
	await stage.t.test(
		`Record tells agent ${version} not to call again when no answer came`,
		async () => {
			const { sandbox } = stage.fresh;
			const given = toSale(stage, `agent-unclear-${version}`);
			sandbox.failNext('resetAfter', { endpoint: 'record' });
			const { results } = await talk(stage, [{ tool: RECORD, given }], version);
			const { kind, reason } = readFailure(results[0]);
			assert.equal(kind, 'unknownOutcome');
			assert.match(reason, /Do not call this tool again for this sale/);
			assert.doesNotMatch(reason, /is safe/);
			assert.equal(storedFor(stage, given.Click_ID).length, 1);
		},
	);
}
