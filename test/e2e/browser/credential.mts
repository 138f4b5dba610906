import assert from 'node:assert/strict';
import { getBox, growBox } from './boxes.mts';
import { eventually } from './eventually.mts';
import { Form } from './form.mts';
import type { Stage } from './stage.mts';

/** n8n's name for the first credential of this type. */
const NAME = 'CAKE account';

/** In pixels: leaves the dialog's round corners out of the picture. */
const ROUND = -6;

/** How long the effect of a click on Save may take. */
const SAVED_WITHIN_MS = 5_000;

/** Makes a credential from a node's open form. n8n tests it when it is saved. */
export async function checkCredential(stage: Stage): Promise<void> {
	const { editor, pictures, sandbox } = stage;
	const form = new Form(editor);
	const dialog = editor.byId('editCredential-modal');

	await pictures.check('n8n shows what to check for a credential with a wrong key', async () => {
		await editor.byId('node-credentials-empty-state').locator('button').click();
		// n8n gets the name from its server, and cannot save without it.
		await editor.byId('inline-edit-preview').filter({ hasText: NAME }).waitFor();
		await form.enter('baseUrl', sandbox.url);
		await form.enter('apiKey', 'wrong');
		await editor.byId('credential-save-button').click();
		await dialog.getByText('Couldn’t connect with these settings').waitFor();
		await dialog.getByText('More details').click();
		await dialog.getByText(/CAKE answered, but not with conversions\. Check the API key/).waitFor();
	});

	await pictures.check('n8n shows "Connection tested successfully" for the right key', async () => {
		await form.enter('apiKey', sandbox.apiKey);
		// n8n closes the dialog of a new credential that works. Opened again, it tests again.
		// It ignores clicks while a test is under way.
		await eventually(async () => {
			if (!(await dialog.isVisible())) return;
			await editor.byId('credential-save-button').click({ timeout: SAVED_WITHIN_MS });
			await dialog.waitFor({ state: 'hidden', timeout: SAVED_WITHIN_MS });
		});
		await editor.byId('credential-edit-button').click();
		await dialog.getByText('Connection tested successfully').waitFor();
	});
	await pictures.take('credential', async () => growBox(await getBox(dialog), ROUND));

	await pictures.check('the form hides the key, and n8n does not send it back', async () => {
		const input = form.field('apiKey').locator('input');
		assert.equal(await input.getAttribute('type'), 'password');
		assert.ok(!(await input.inputValue()).includes(sandbox.apiKey));
	});

	await pictures.check('the node uses the new credential', async () => {
		await dialog.locator('.el-dialog__headerbtn').click();
		await dialog.waitFor({ state: 'hidden' });
		const chosen = editor.byId('node-credentials-select').locator('input');
		await eventually(async () => assert.equal(await chosen.inputValue(), NAME));
	});
}
