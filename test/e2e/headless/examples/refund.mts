import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Fresh } from '../../support/fresh.mts';
import { callWebhook, listByOrder, publishExample } from './support.mts';

/** Checks refund-reject.json on the deals that crm-deal-won.json has recorded. */
export async function checkRefund(fresh: Fresh, t: TestContext): Promise<void> {
	const { instance, sandbox } = fresh;
	const { account } = sandbox;
	const refund = async (body: unknown) => await callWebhook(instance.url, 'cake-refund', body);

	await t.test('Refund rejects the conversion of an order with the reason', async () => {
		await publishExample(instance, 'refund-reject.json');
		for (const [orderId, reason] of [
			['SO-1061', 'Trip cancelled'],
			['Cmd. n° 88/É', 'Vol annulé “trop tard”'],
		]) {
			const { status, json } = await refund({ orderId, reason });
			const [row] = listByOrder(fresh, orderId);
			assert.equal(status, 200);
			assert.deepEqual(json, {
				orderId,
				conversion_id: row.conversionId,
				status: 'rejected',
				already_rejected: false,
			});
			assert.equal(row.status, 'rejected');
			assert.deepEqual(row.notes, [`Refund: ${reason}`]);
		}
	});

	await t.test('Refund says that an order delivered twice was rejected already', async () => {
		const { status, json } = await refund({ orderId: ' SO-1061 ', reason: 'Again' });
		assert.equal(status, 200);
		assert.equal(json.already_rejected, true);
		const [row] = listByOrder(fresh, 'SO-1061');
		assert.equal(row.status, 'rejected');
		assert.deepEqual(row.notes, ['Refund: Trip cancelled', 'Refund: Again']);
	});

	await t.test('Refund answers 404 to an unknown order, and 400 to none', async () => {
		const events = account.events.length;
		const unknown = await refund({ orderId: 'SO-9999', reason: 'Gone' });
		assert.equal(unknown.status, 404);
		assert.match(String(unknown.json.error), /No conversion/);
		assert.match(String(unknown.json.reason), /"SO-9999" is not among the \d+ conversions from/);
		assert.equal((await refund({ reason: 'No order' })).status, 400);
		assert.equal((await refund({ orderId: '', reason: 'Empty' })).status, 400);
		assert.equal(account.events.length, events);
	});

	await t.test('Refund answers 409 to an order with two conversions', async () => {
		const rows = listByOrder(fresh, 'SO-1047');
		const { status, json } = await refund({ orderId: 'SO-1047', reason: 'Sent back' });
		assert.equal(status, 409);
		const ids = rows.map(({ conversionId }) => conversionId).sort();
		assert.deepEqual([...(json.conversion_ids as number[])].sort(), ids);
		assert.match(String(json.reason), /affiliate \d+, payout [\d.]+, approved.*choose one/);
		assert.ok(rows.every((row) => row.status === 'approved'));
	});

	await t.test('Refund answers 500 and changes nothing if CAKE refuses the key', async () => {
		sandbox.failNext('wrongKey', { endpoint: 'query', times: 1 });
		const { status } = await refund({ orderId: 'SO-1062', reason: 'Later' });
		assert.equal(status, 500);
		assert.notEqual(listByOrder(fresh, 'SO-1062')[0].status, 'rejected');
	});
}
