import assert from 'node:assert/strict';
import { join } from 'node:path';
import { EXAMPLES_DIRECTORY } from '../../../harness/server/paths.mts';
import { importWorkflow, readWorkflow } from '../../../harness/server/workflows.mts';
import { getBoxAround, growBox } from './boxes.mts';
import { eventually } from './eventually.mts';
import { Form } from './form.mts';
import type { Stage } from './stage.mts';
import { VIEWPORT } from './window.mts';

/** The window for the picture: wide, so that the message has few lines. */
const WIDE = { width: 1900, height: 800 };

/** Checks the message of rejected-to-slack.json, before Slack gets it. Takes its picture. */
export async function checkSlackText(stage: Stage): Promise<void> {
	const { editor, pictures, instance, sandbox } = stage;
	const form = new Form(editor);
	const { account } = sandbox;
	const example = await readWorkflow(join(EXAMPLES_DIRECTORY, 'rejected-to-slack.json'));
	const { id } = await importWorkflow(instance, example);

	await pictures.check('the example for Slack names offers and affiliates', async () => {
		const { affiliateId } = account.addConversion({
			offerId: 12002,
			orderId: 'ORD-98765',
			status: 'rejected',
		});
		await editor.openWorkflow(id);
		await editor.openNode('One by one');
		await form.execute();
		await form.untilItems(1);
		const affiliate = `affiliate ${account.affiliates.get(affiliateId)} (${affiliateId})`;
		await eventually(async () => {
			const text = await form.output.innerText();
			assert.ok(text.includes(`offer Auto Insurance Lead - US/CA (12002), ${affiliate}`), text);
		});
	});
	await pictures.take('slack-text', async () => {
		await form.close();
		await editor.openNode('Tell the channel');
		await editor.page.setViewportSize(WIDE);
		await form.expand('text');
		const output = editor.byId('expression-modal-output');
		await output.getByText('Conversion').first().waitFor();
		return growBox(await getBoxAround(output.locator('.cm-line')), 12);
	});
	await editor.page.setViewportSize(VIEWPORT);
}
