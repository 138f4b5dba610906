import assert from 'node:assert/strict';
import type { Conversion } from '../../../sandbox/server.mts';
import { eventually } from './eventually.mts';
import { Form } from './form.mts';
import { ResourceLocator } from './locator.mts';
import type { Stage } from './stage.mts';
import { DAY_MS } from '../../../sandbox/account/calendar.mts';

/** Checks Record Conversion in a new workflow: two refusals, then a stored conversion. */
export async function checkRecord(stage: Stage): Promise<void> {
	const { editor, pictures, sandbox } = stage;
	const form = new Form(editor);
	const [click] = sandbox.account.freshClicks(1);
	await editor.newManualWorkflow();
	await editor.addAction('Record conversion by click ID and unique ID');

	await pictures.check('Record without an Offer does not start, and n8n says why', async () => {
		await form.enter('clickId', click.clickId);
		await form.execute();
		await editor.page
			.locator('.el-notification', { hasText: 'Parameter "Offer" is required' })
			.waitFor();
		await editor.closeToasts();
	});

	await pictures.check('Record with a payout that is no number shows our message', async () => {
		await new ResourceLocator(form, 'offerId').enter(String(click.offerId));
		await form.enter('uniqueId', 'deal-4711');
		await form.add('Add Field', 'Payout');
		await form.enter('payout', '5,00 €');
		await form.execute();
		await form.untilError(
			/^'Payout' is not a plain amount/,
			/Given: "5,00 €"/,
			/Accepted: .*5\.00/,
			/Nothing was sent/,
		);
		assert.equal(storedFor(stage, click.clickId).length, 0);
	});
	await pictures.take('error', () => form.getBox('Add Field'));

	await pictures.check('Record stores a conversion with the date and payout entered', async () => {
		const moment = new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10);
		await form.enter('payout', '5.00');
		await form.add('Add Field', 'Conversion Date');
		await form.enterDate('conversionDate', `${moment} 14:30:00`);
		await form.add('Add Field', 'Order ID');
		await form.enter('orderId', 'ORD-98765');
		await form.execute();
		await form.untilItems(1);
		const [stored, ...more] = storedFor(stage, click.clickId);
		assert.deepEqual(more, []);
		assert.equal(stored.offerId, click.offerId);
		assert.equal(stored.uniqueId, 'deal-4711');
		assert.equal(stored.orderId, 'ORD-98765');
		assert.equal(stored.payout, 5);
		// In the workflow's zone (UTC), not in the browser's.
		assert.equal(new Date(stored.at).toISOString(), `${moment}T14:30:00.000Z`);
		await form.untilFirstRow({ conversion_id: String(stored.conversionId) });
	});

	await checkUpdate(stage, form, click.clickId);
}

/** Checks that the same node rejects the recorded conversion by Update Conversion. */
async function checkUpdate(stage: Stage, form: Form, clickId: string): Promise<void> {
	const { editor, pictures } = stage;

	await pictures.check('Update rejects the recorded conversion with a note', async () => {
		const [conversion] = storedFor(stage, clickId);
		await form.choose('operation', 'Update Conversion');
		await form.enter('conversionId', String(conversion.conversionId));
		await form.choose('status', 'Rejected');
		await form.enter('note', 'Order refunded');
		await form.execute();
		await form.untilFirstRow({ conversion_status: 'rejected' });
		assert.equal(conversion.status, 'rejected');
		assert.deepEqual(conversion.notes, ['Order refunded']);
	});

	await pictures.check('the canvas names the operation, and below it the new status', async () => {
		await editor.closeToasts();
		await form.close();
		const node = editor.byId('canvas-node').filter({ hasText: 'Conversion' });
		await eventually(async () =>
			assert.match(await node.innerText(), /Update conversion status by ID\nReject Conversion/),
		);
	});
}

function storedFor({ sandbox }: Stage, clickId: string): Conversion[] {
	return [...sandbox.account.conversions.values()].filter((row) => row.clickId === clickId);
}
