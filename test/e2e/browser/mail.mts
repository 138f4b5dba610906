import assert from 'node:assert/strict';
import { join } from 'node:path';
import { EXAMPLES_DIRECTORY } from '../../../harness/server/paths.mts';
import { importWorkflow, readWorkflow } from '../../../harness/server/workflows.mts';
import { getBox } from './boxes.mts';
import { eventually } from './eventually.mts';
import { Form } from './form.mts';
import type { Stage } from './stage.mts';
import { VIEWPORT } from './window.mts';

/** The window for the picture: wide enough for the table of the mail. */
const WIDE = { width: 2000, height: 1000 };
/** Pixels of the mail in the picture. Below, its table goes on. */
const HEIGHT = 430;

/** Checks the mail of monday-report.json as n8n's HTML node shows it. Takes its picture. */
export async function checkMail(stage: Stage): Promise<void> {
	const { editor, pictures, instance } = stage;
	const form = new Form(editor);
	const example = await readWorkflow(join(EXAMPLES_DIRECTORY, 'monday-report.json'));
	const { id } = await importWorkflow(instance, example);
	const mail = form.output.locator('iframe');

	await pictures.check(
		'the example for Monday shows its mail without an account for mail',
		async () => {
			await editor.page.setViewportSize(WIDE);
			await editor.openWorkflow(id);
			await editor.openNode('Write the mail');
			await form.execute();
			await form.untilItems(1);
			await eventually(async () => {
				const html = (await mail.getAttribute('srcdoc')) ?? '';
				assert.match(html, /CAKE: last week/);
				// n8n shows no attributes of cells, so the bars need their style.
				assert.match(html, /background:\s*#2563eb/);
			});
		},
	);
	await pictures.take('monday-mail', async () => {
		await form.drag(300);
		const { x, y, width } = await getBox(mail);
		return { x, y, width: Math.min(width, 940), height: HEIGHT };
	});
	await editor.page.setViewportSize(VIEWPORT);
}
