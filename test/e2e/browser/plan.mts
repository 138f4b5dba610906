import { join } from 'node:path';
import { FORM_LOGIN } from '../../../harness/server/credentials.mts';
import { EXAMPLES_DIRECTORY } from '../../../harness/server/paths.mts';
import { recordDeals } from '../../../scripts/start/deals.mts';
import { publishExample } from '../headless/examples/support.mts';
import { getBox } from './boxes.mts';
import type { Stage } from './stage.mts';
import { VIEWPORT } from './window.mts';

const LIST = join(EXAMPLES_DIRECTORY, 'data/advertiser-list.csv');
/** The window for the picture: it holds the whole plan. */
const TALL = { width: 1280, height: 1700 };

/** Uploads the advertiser's list in month-end-reconciliation.json's form, as a user does. */
export async function checkPlan({ editor, pictures, instance, sandbox }: Stage): Promise<void> {
	const { page } = editor;
	recordDeals(sandbox.account);
	await publishExample(instance, 'month-end-reconciliation.json');

	await pictures.check('the form of the month end leads to the plan', async () => {
		const { user, password } = FORM_LOGIN;
		const login = Buffer.from(`${user}:${password}`).toString('base64');
		await page.setExtraHTTPHeaders({ authorization: `Basic ${login}` });
		await page.setViewportSize(TALL);
		await page.goto(`${instance.url}/form/cake-month-end`);
		await page.locator('input[type="file"]').setInputFiles(LIST);
		await page.locator('#submit-btn').click();
		await page.locator('h1', { hasText: '18 to change, 9 to look at' }).waitFor();
		await page.locator('button', { hasText: 'Approve, and change these 18 in CAKE' }).waitFor();
	});
	await pictures.take('month-end-plan', () => getBox(page.locator('.card')));
	await page.setExtraHTTPHeaders({});
	await page.setViewportSize(VIEWPORT);
}
