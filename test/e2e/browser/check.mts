import assert from 'node:assert/strict';
import { CHECKS } from '../../../nodes/cake/account/findings.ts';
import { eventually } from './eventually.mts';
import { Form } from './form.mts';
import type { Stage } from './stage.mts';
import { VIEWPORT } from './window.mts';

const COLUMNS = ['check', 'result', 'finding', 'evidence', 'advice'];

/** The window for the picture: high enough for all checks. */
const TABLE_VIEWPORT = { width: 1720, height: 1180 };

/** Checks the account in a new workflow. */
export async function checkAccount({ editor, pictures }: Stage): Promise<void> {
	const form = new Form(editor);
	await editor.newManualWorkflow();
	await editor.addAction('Check account for problems');

	await pictures.check('Check Account gives one row a check', async () => {
		assert.equal(await form.readText('resource'), 'Account');
		assert.equal(await form.readText('operation'), 'Check Account');
		await form.execute();
		await form.untilItems(CHECKS.length);
		await eventually(async () => {
			// Evidence is an object: its members are columns below it.
			const columns = await form.readColumns();
			assert.deepEqual(columns.slice(0, 3), COLUMNS.slice(0, 3));
		});
		await form.untilFirstRow({ check: 'keyAccepted', result: 'yes' });
	});
	await pictures.take('check-account', async () => {
		await editor.page.setViewportSize(TABLE_VIEWPORT);
		await form.drag(0);
		await editor.closeToasts();
		return await form.getBox();
	});
	await editor.page.setViewportSize(VIEWPORT);
}
