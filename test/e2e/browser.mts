import { ensureFormCredential, SANDBOX_CREDENTIAL } from '../../harness/server/credentials.mts';
import { Progress } from '../../harness/server/progress.mts';
import { checkAccount } from './browser/check.mts';
import { checkCredential } from './browser/credential.mts';
import { Editor } from './browser/editor.mts';
import { checkExamples } from './browser/example.mts';
import { checkMail } from './browser/mail.mts';
import { checkNames } from './browser/names.mts';
import { checkPanel } from './browser/panel.mts';
import { Pictures } from './browser/pictures.mts';
import { checkPlan } from './browser/plan.mts';
import { checkPostback } from './browser/postback.mts';
import { checkQuery } from './browser/query.mts';
import { checkRecord } from './browser/record.mts';
import { checkSandboxPage } from './browser/sandbox.mts';
import { checkSlackText } from './browser/slack.mts';
import type { Stage } from './browser/stage.mts';
import { findChromium, withWindow } from './browser/window.mts';
import { withFreshN8n } from './support/fresh.mts';
import { testPart } from './support/part.mts';

/** With this argument, a run takes the pictures of the documentation again. */
const TAKE_IMAGES = '--images';

/** Turns off modules whose buttons in the editor only work with outside services. */
const ENVIRONMENT = { N8N_DISABLED_MODULES: 'mcp-registry,instance-ai' };

/** The packed package in n8n's editor, in a browser. */
testPart('browser', async (t) => {
	const chromium = await findChromium(new Progress());
	if (typeof chromium === 'string') return t.skip(`left out: ${chromium}`);
	await withFreshN8n({ sandbox: { rows: 1200 }, env: ENVIRONMENT }, async (fresh) => {
		await withWindow(chromium.path, async (page) => {
			const editor = new Editor(page, fresh.instance.url);
			const shouldTake = process.argv.includes(TAKE_IMAGES);
			const pictures = new Pictures(t, editor, shouldTake);
			await checkEditor({ ...fresh, editor, pictures });
		});
	});
});

/** Follows a user who has just installed the package. Only saved workflows come before that. */
async function checkEditor(stage: Stage): Promise<void> {
	const { editor, pictures, instance } = stage;
	await pictures.check('the owner signs in', () => editor.signIn());
	await ensureFormCredential(instance);
	await checkExamples(stage);
	await checkSlackText(stage);
	await checkMail(stage);
	await checkPlan(stage);
	await checkNames(stage);
	await instance.rest.delete(`/credentials/${SANDBOX_CREDENTIAL.id}`);
	await checkPostback(stage);
	await checkPanel(stage);
	await checkCredential(stage);
	await checkQuery(stage);
	await checkAccount(stage);
	await checkRecord(stage);
	await checkSandboxPage(stage);
}
