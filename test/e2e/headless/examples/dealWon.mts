import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Deal, readDeals, wonAt } from '../../../../scripts/demo/deals.mts';
import type { Fresh } from '../../support/fresh.mts';
import { callWebhook, listByOrder, publishExample, type Reply } from './support.mts';
import { DAY_MS } from '../../../../sandbox/account/calendar.mts';

/** Checks crm-deal-won.json. Delivers each deal of the example data as the CRM does. */
export async function checkDealWon(fresh: Fresh, t: TestContext): Promise<void> {
	const { instance, sandbox } = fresh;
	const { account } = sandbox;
	const deals = readDeals();
	const call = async (deal: unknown) => await callWebhook(instance.url, 'cake-deal-won', deal);
	const replies: Reply[] = [];
	const before = account.conversions.size;

	await t.test('CRM deal won answers every deal with 200 or 422', async () => {
		await publishExample(instance, 'crm-deal-won.json');
		for (const deal of deals) {
			const date = new Date(wonAt(deal, account.now())).toISOString();
			replies.push(await call({ ...deal, wonAt: date }));
		}
		const count = (code: number) => replies.filter(({ status }) => status === code).length;
		assert.deepEqual([replies.length, count(200), count(422)], [deals.length, 41, 2]);
	});

	await t.test('CRM deal won records each deal once, as sent', () => {
		assert.equal(account.conversions.size, before + 40);
		deals.forEach((deal, i) => {
			if (replies[i].status === 200) assertStored(fresh, deal, replies[i]);
		});
	});

	await t.test('CRM deal won says that a repeated deal was recorded already', () => {
		const twice = deals.flatMap(({ dealId }, i) => (dealId === 'D-5109' ? [replies[i].json] : []));
		assert.deepEqual(
			twice.map((json) => json.already_recorded),
			[false, true],
		);
		assert.equal(twice[0].conversion_id, twice[1].conversion_id);
	});

	await t.test('CRM deal won records an order twice that came as two deals', () => {
		assert.equal(listByOrder(fresh, 'SO-1047').length, 2);
	});

	await t.test('CRM deal won says why an expired click or bad payout fails', () => {
		const of = (id: string) => replies[deals.findIndex(({ dealId }) => dealId === id)].json;
		const expired = of('D-5164');
		assert.equal(expired.kind, 'refused');
		assert.match(String(expired.reason), /Click Expired/);
		const payout = of('D-5153');
		assert.equal(payout.kind, 'invalidValue');
		assert.match(String(payout.error), /'Payout'/);
		assert.match(String(payout.reason), /€ 12,50/);
		assert.equal(account.withUniqueId('D-5153') ?? account.withUniqueId('D-5164'), undefined);
	});

	await t.test('CRM deal won records the CRM’s date, or else the present time', async () => {
		const [first] = account.freshClicks(1);
		const deal = { cakeClickId: first.clickId, cakeOfferId: first.offerId };
		const date = new Date(account.now() - 2 * DAY_MS).toISOString();
		assert.equal((await call({ ...deal, dealId: 'D-own-date', wonAt: date })).status, 200);
		assert.equal((await call({ ...deal, dealId: 'D-no-date' })).status, 200);
		const dated = account.withUniqueId('D-own-date');
		assert.equal(dated?.at, Math.floor(Date.parse(date) / 1000) * 1000);
		assert.ok(account.now() - (account.withUniqueId('D-no-date')?.at ?? 0) < 60_000);
	});

	await t.test('CRM deal won answers 422 to a deal without ID or any data', async () => {
		const size = account.conversions.size;
		const { cakeClickId, cakeOfferId } = deals[0];
		const withoutId = await call({ cakeClickId, cakeOfferId });
		assert.equal(withoutId.status, 422);
		assert.match(String(withoutId.json.error), /'Unique ID'/);
		assert.equal((await call({})).status, 422);
		assert.equal(account.conversions.size, size);
	});

	await t.test('CRM deal won answers 409 to a deal ID that another order has', async () => {
		const size = account.conversions.size;
		const deal = deals.find(({ dealId }) => dealId === 'D-5109');
		const { status, json } = await call({ ...deal, orderNumber: 'SO-0001' });
		assert.equal(status, 409);
		assert.match(String(json.error), /does not say which one/);
		assert.equal(account.conversions.size, size);
	});

	await t.test('CRM deal won answers 503 when CAKE does not accept the key', async () => {
		sandbox.failNext('wrongKey', { endpoint: 'record', times: 1 });
		const [click] = account.freshClicks(1);
		const deal = { dealId: 'D-key', cakeClickId: click.clickId, cakeOfferId: click.offerId };
		const { status, json } = await call(deal);
		assert.equal(json.kind, 'unauthorized');
		assert.equal(status, 503);
		assert.equal((await call(deal)).json.already_recorded, false);
	});
}

function assertStored({ sandbox }: Fresh, deal: Deal, { json }: Reply): void {
	const stored = sandbox.account.withUniqueId(deal.dealId);
	assert.ok(stored, `${deal.dealId} is not in CAKE`);
	const { orderId, clickId, offerId, payout, adv, conversionId, at, status } = stored;
	assert.equal(orderId, deal.orderNumber);
	assert.equal(clickId, deal.cakeClickId);
	assert.equal(offerId, deal.cakeOfferId);
	assert.deepEqual(adv, { adv1: deal.country });
	const agreed = deal.payoutAgreed;
	assert.equal(
		payout,
		agreed === '' ? sandbox.account.offers.get(offerId)?.payout : Number(agreed),
	);
	assert.equal(at, wonAt(deal, sandbox.account.now()));
	assert.deepEqual(
		{ ...json, already_recorded: undefined },
		{ dealId: deal.dealId, conversion_id: conversionId, status, already_recorded: undefined },
	);
}
