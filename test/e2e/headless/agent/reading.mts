import assert from 'node:assert/strict';
import { readFailure, type Stage, talk } from './stage.mts';
import { CHECK, GET, QUERY } from './tools.mts';
import { DAY_MS } from '../../../../sandbox/account/calendar.mts';

const dayFromNow = (days: number) =>
	new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

/** Checks Query Conversions and Get Conversion as an agent's tools. */
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
		const rows = await ask({ Offer: String(offerId), Return_All: true, Limit: 1 });
		assert.ok(rows.length >= 2);
		assert.ok(rows.every((row) => row.offer_id === offerId));
	});

	await t.test('Query tells an agent that there are more than it asked for', async () => {
		const rows = await ask({ Offer: offerId, Return_All: false, Limit: '1' });
		assert.equal(rows.length, 2);
		assert.match(String(rows[1].hint), /^CAKE has \d+ conversions for this, and the first 1/);
	});

	await t.test('Query tells an agent that there are none', async () => {
		const rows = await ask({ Offer: 987654, Return_All: true, Limit: 1 });
		assert.equal(rows.length, 1);
		assert.match(String(rows[0].hint), /^CAKE has no conversions from .*, Offer 987654\. If /);
	});

	await checkStatus(stage);
	await checkAccount(stage);
}

/** Checks the answer to "what is wrong with my account?". */
async function checkAccount(stage: Stage): Promise<void> {
	await stage.t.test('Check Account tells an agent what to do about an account', async () => {
		const { results } = await talk(stage, [{ tool: CHECK, given: {} }]);
		const [found] = results;
		const read = (name: string) => found.find(({ check }) => check === name);
		assert.equal(read('endDateCounted')?.result, 'yes');
		const uniqueId = read('uniqueIdInRows');
		assert.equal(uniqueId?.result, 'no');
		assert.match(String(uniqueId.finding), /^None of \d+ conversions read shows a Unique ID/);
		assert.match(String(uniqueId.advice), /Look such a sale up in CAKE\.$/);
	});
}

/** Checks the answer to "what is the status of order X". */
async function checkStatus(stage: Stage): Promise<void> {
	const { t, fresh } = stage;
	const { account, counters } = fresh.sandbox;
	const get = async (orderId: string) => {
		const { results } = await talk(stage, [{ tool: GET, given: { Order_ID: orderId } }]);
		return results[0];
	};

	await t.test(
		'Get tells an agent the status of an order, with names, and changes nothing',
		async () => {
			const { conversionId } = account.addConversion({
				offerId: 12001,
				orderId: 'AGENT-4711',
				status: 'rejected',
			});
			const writes = counters.byEndpoint.record + counters.byEndpoint.update;
			const [row, more] = await get('AGENT-4711');
			assert.equal(row.conversion_id, conversionId);
			assert.equal(row.conversion_status, 'rejected');
			assert.equal(row.offer_name, 'Home Solar Quote - US');
			assert.match(String(more.hint), /searched among all advertisers/);
			assert.equal(counters.byEndpoint.record + counters.byEndpoint.update, writes);
		},
	);

	await t.test(
		'Get tells an agent that no conversion has an order, and where it looked',
		async () => {
			const [failed] = await get('AGENT-4712');
			const { error, kind, reason } = readFailure([failed]);
			assert.equal(error, "No conversion with this 'Order ID' was found");
			assert.equal(kind, 'notFound');
			assert.match(reason, /from \d{4}-\d\d-\d\d to /);
		},
	);
}
