import assert from 'node:assert/strict';
import { readUrlBlock } from '../../../harness/server/postbacks.mts';
import { getBox } from './boxes.mts';
import { eventually } from './eventually.mts';
import { Form } from './form.mts';
import type { Stage } from './stage.mts';

const NODE = 'CAKE Postback Trigger';

/** Checks that the form of the postback trigger shows what to paste into CAKE, and that it can be copied. */
export async function checkPostback({ editor, pictures }: Stage): Promise<void> {
	const form = new Form(editor);
	const { keyboard } = editor.page;

	await pictures.check(`the node panel adds the ${NODE} to an empty workflow`, async () => {
		await editor.newWorkflow();
		await editor.byId('canvas-plus-button').click();
		await editor.search('CAKE Postback');
		await editor.panelEntry(NODE).click();
		await editor.byId('node-creator').getByText('Add to workflow').click();
		await editor.byId('node-parameters').waitFor();
	});

	await pictures.check(`the ${NODE} shows one Production URL`, async () => {
		await editor
			.byId('node-parameters')
			.getByText(/^\s*Webhook URLs\s*$/)
			.click();
		await editor
			.byId('node-parameters')
			.getByText(/^\s*Production URL\s*$/)
			.click();
		await eventually(async () => {
			const text = await editor.byId('node-parameters').innerText();
			assert.equal(text.match(/\/webhook\/[\da-f-]{36}\/postback/g)?.length, 1, text);
			assert.ok(!text.includes('/webhook-test/'), text);
		});
	});

	await pictures.check(`the ${NODE} shows what to add to the URL, to be copied`, async () => {
		const block = form.field('urlBlock').locator('.cm-content');
		assert.equal(await block.innerText(), readUrlBlock());
		await block.click();
		await keyboard.press('Control+A');
		await keyboard.press('Control+C');
		await editor.page.locator('[data-test-id="tab-settings"]').click();
		await form.field('notes').locator('textarea').click();
		await keyboard.press('Control+V');
		assert.equal(await form.readText('notes'), readUrlBlock());
		await editor.page.locator('[data-test-id="tab-params"]').click();
		await form.field('urlBlock').waitFor();
	});
	await pictures.take('postback-trigger', () => getBox(editor.byId('node-parameters')));
}
