import assert from 'node:assert/strict';
import { type Stage, talk } from './stage.mts';
import { QUERY } from './tools.mts';
import { DAY_MS } from '../../../../sandbox/account/calendar.mts';

const dayFromNow = (days: number) =>
	new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

/** Checks Query Conversions as an agent's tool. */
export async function checkReading(stage: Stage): Promise<void> {
	const { t, fresh } = stage;
	const { account } = fresh.sandbox;
	const { offerId } = account.addConversion();
	account.addConversion({ offerId });
	const range = { Start_Date: dayFromNow(-2), End_Date: dayFromNow(2) };
	const ask = async (given: Record<string, unknown>) => {
		const { results } = await talk(stage, [{ tool: QUERY, given: { ...range, ...given } }]);
		return results[0];
	};

	await t.test('Query gives an agent the rows of its filter', async () => {
		const rows = await ask({ Offer_ID: String(offerId), Return_All: true, Limit: 1 });
		assert.ok(rows.length >= 2);
		assert.ok(rows.every((row) => row.offer_id === offerId));
	});

	await t.test('Query tells an agent that there are more than it asked for', async () => {
		const rows = await ask({ Offer_ID: offerId, Return_All: false, Limit: '1' });
		assert.equal(rows.length, 2);
		assert.match(String(rows[1].hint), /^CAKE has \d+ conversions for this, and the first 1/);
	});

	await t.test('Query tells an agent that there are none', async () => {
		const rows = await ask({ Offer_ID: 987654, Return_All: true, Limit: 1 });
		assert.equal(rows.length, 1);
		assert.match(String(rows[0].hint), /^CAKE has no conversions from .*, Offer ID 987654\. If /);
	});
}
