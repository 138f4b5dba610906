import assert from 'node:assert/strict';
import { getBox, grown } from './boxes.mts';
import { eventually } from './eventually.mts';
import { Form } from './form.mts';
import type { Stage } from './stage.mts';

/** What n8n calls the first credential of this type. */
const NAME = 'CAKE account';

/** The dialog's round corners are left out of the picture. */
const ROUND = -6;

/** Until a click on Save shows. */
const SAVED_WITHIN_MS = 5_000;

/** A credential made from the open form of a node: n8n tests it when it is saved. */
export async function checkCredential(stage: Stage): Promise<void> {
	const { editor, pictures, sandbox } = stage;
	const form = new Form(editor);
	const dialog = editor.byId('editCredential-modal');

	await pictures.check('a credential with a wrong key: n8n shows what to check', async () => {
		await editor.byId('node-credentials-empty-state').locator('button').click();
		// n8n asks its server for the name, and without one cannot save.
		await editor.byId('inline-edit-preview').filter({ hasText: NAME }).waitFor();
		await form.enter('baseUrl', sandbox.url);
		await form.enter('apiKey', 'wrong');
		await editor.byId('credential-save-button').click();
		await dialog.getByText('Couldn’t connect with these settings').waitFor();
		await dialog.getByText('More details').click();
		await dialog.getByText(/CAKE answered, but not with conversions\. Check the API key/).waitFor();
	});

	await pictures.check('with the right key: "Connection tested successfully"', async () => {
		await form.enter('apiKey', sandbox.apiKey);
		// n8n closes the dialog of a new credential that works; opened again, it tests again. A click while
		// it is still busy with the test before goes unheard.
		await eventually(async () => {
			if (!(await dialog.isVisible())) return;
			await editor.byId('credential-save-button').click({ timeout: SAVED_WITHIN_MS });
			await dialog.waitFor({ state: 'hidden', timeout: SAVED_WITHIN_MS });
		});
		await editor.byId('credential-edit-button').click();
		await dialog.getByText('Connection tested successfully').waitFor();
	});
	await pictures.take('credential', async () => grown(await getBox(dialog), ROUND));

	await pictures.check('the key is hidden, and does not come back from n8n', async () => {
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
