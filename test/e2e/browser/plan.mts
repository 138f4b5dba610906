import { FORM_AUTHORIZATION } from '../../../harness/server/credentials.mts';
import { recordDeals } from '../../../scripts/start/deals.mts';
import { publishExample, readExampleData } from '../headless/examples/support.mts';
import { getBox } from './boxes.mts';
import type { Stage } from './stage.mts';
import { VIEWPORT } from './window.mts';

/** Orders of the list with each outcome: few enough for a picture that can be read. */
const ORDERS = ['Auftrag-Ü/1187', 'SO-1042', 'SO-1043', 'SO-1046', 'SO-1047', 'SO-1052', 'SO-1060'];
/** The window for the picture: it holds the whole plan. */
const TALL = { width: 1180, height: 1000 };

/** Uploads a list in month-end-reconciliation.json's form, as a user does. */
export async function checkPlan({ editor, pictures, instance, sandbox }: Stage): Promise<void> {
	const { page } = editor;
	recordDeals(sandbox.account);
	await publishExample(instance, 'month-end-reconciliation.json');

	await pictures.check('the form of the month end leads to the plan', async () => {
		await page.setExtraHTTPHeaders({ authorization: FORM_AUTHORIZATION });
		await page.setViewportSize(TALL);
		await page.goto(`${instance.url}/form/cake-month-end`);
		const file = { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(buildList()) };
		await page.locator('input[type="file"]').setInputFiles(file);
		await page.locator('#submit-btn').click();
		await page.locator('h1', { hasText: '4 to change, 3 to look at' }).waitFor();
		await page.locator('button', { hasText: 'Change these 4 in CAKE' }).waitFor();
	});
	await pictures.take('month-end-plan', () => getBox(page.locator('.card')));
	await page.setExtraHTTPHeaders({});
	await page.setViewportSize(VIEWPORT);
}

/** Builds a list of the header and the lines of ORDERS. */
function buildList(): string {
	const [header, ...lines] = readExampleData('advertiser-list.csv').split('\n');
	const wanted = lines.filter((line) => ORDERS.some((order) => line.startsWith(`${order},`)));
	return [header, ...wanted].join('\n');
}
