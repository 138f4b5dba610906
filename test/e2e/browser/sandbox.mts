import assert from 'node:assert/strict';
import { eventually } from './eventually.mts';
import type { Stage } from './stage.mts';

/** Uses the sandbox's own page. */
export async function checkSandboxPage({ editor, pictures, sandbox }: Stage): Promise<void> {
	const { page } = editor;
	const { account, url } = sandbox;

	await pictures.check('the sandbox’s page rejects a conversion and shows it', async () => {
		const { conversionId } = account.addConversion({ orderId: 'SO-PAGE', status: 'approved' });
		await page.goto(url);
		await page.locator('input[name="search"]').fill('so-page');
		await page.locator('button', { hasText: 'Search' }).click();
		const row = page.locator(`#c${conversionId}`);
		await row.locator('button', { hasText: 'Reject' }).click();
		await row.locator('.status', { hasText: 'rejected' }).waitFor();
		assert.match(await page.locator('#last').innerText(), /is now rejected\. It was approved\./);
		assert.equal(account.conversions.get(conversionId)?.status, 'rejected');
	});

	await pictures.check('the sandbox’s page records a conversion', async () => {
		await page.locator('summary').click();
		await page.locator('input[name="order_id"]').fill('SO-BY-HAND');
		await page.locator('button', { hasText: 'Record' }).click();
		await eventually(async () => {
			assert.match(await page.locator('#last').innerText(), /^Conversion \d+ is recorded/);
		});
		const rows = [...account.conversions.values()];
		assert.equal(rows.at(-1)?.orderId, 'SO-BY-HAND');
	});
}
