import { SANDBOX_CREDENTIAL } from '../../../harness/server/credentials.mts';
import { Progress } from '../../../harness/server/progress.mts';
import type { Checks, Part } from '../support/checks.mts';
import { withFreshN8n } from '../support/fresh.mts';
import { checkCredential } from './credential.mts';
import { Editor } from './editor.mts';
import { checkExamples } from './example.mts';
import { checkPanel } from './panel.mts';
import { Pictures } from './pictures.mts';
import { checkQuery } from './query.mts';
import { checkRecord } from './record.mts';
import type { Stage } from './stage.mts';
import { findChromium, withWindow } from './window.mts';

/** Given on the command line, the pictures of the documentation are taken anew. */
const TAKE_IMAGES = '--images';

/** Without them the editor has no buttons that only work with services outside. */
const ENVIRONMENT = { N8N_DISABLED_MODULES: 'mcp-registry,instance-ai' };

/** The packed package in n8n's editor, in a browser. */
export const browser: Part = {
	name: 'browser',
	async run(checks) {
		const chromium = await findChromium(new Progress());
		if (typeof chromium === 'string') return checks.leaveOut(browser.name, chromium);
		await withFreshN8n({ sandbox: { rows: 1200 }, env: ENVIRONMENT }, async (fresh) => {
			await withWindow(chromium.path, async (page) => {
				const editor = new Editor(page, fresh.instance.url);
				const isTaken = process.argv.includes(TAKE_IMAGES);
				const pictures = new Pictures(checks, editor, isTaken);
				await checkEditor({ ...fresh, editor, pictures }, checks);
			});
		});
	},
};

/** In the order of somebody who has just installed the package, the example apart. */
async function checkEditor(stage: Stage, checks: Checks): Promise<void> {
	const { editor, pictures, instance } = stage;
	await pictures.check('the owner signs in', () => editor.signIn());
	await checkExamples(stage);
	await instance.rest.delete(`/credentials/${SANDBOX_CREDENTIAL.id}`);
	await checkPanel(stage);
	await checkCredential(stage);
	await checkQuery(stage);
	await checkRecord(stage);
	checks.logs = undefined;
}
