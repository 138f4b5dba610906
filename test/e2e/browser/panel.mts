import assert from 'node:assert/strict';
import { getBox } from './boxes.mts';
import { eventually } from './eventually.mts';
import { Form } from './form.mts';
import type { Stage } from './stage.mts';

const NODE = 'CAKE Conversions';
const WORDS = [
	'CAKE',
	'affiliate',
	'payout',
	'getcake',
	'partner',
	'commission',
	'conversion',
	'postback',
	'refund',
	'chargeback',
	'tracking',
	'reconcile',
];
const ACTIONS = [
	'Check account for problems',
	'Get conversion by ID or order number',
	'Get totals of conversions',
	'Query conversions by date range',
	'Reconcile conversions with advertiser list',
	'Record conversion by click ID and unique ID',
	'Update conversion status by ID',
];

/** Checks that the node panel finds the node, and adds it by an action. */
export async function checkPanel({ editor, pictures }: Stage): Promise<void> {
	await editor.newManualWorkflow();
	await editor.openPanel();
	for (const words of WORDS) {
		await pictures.check(`the node panel finds ${NODE} by "${words}"`, async () => {
			await editor.search('');
			await editor.panelEntry(NODE).waitFor({ state: 'hidden' });
			await editor.search(words);
			await editor.panelEntry(NODE).waitFor();
		});
	}

	await pictures.check('the node panel shows the light and the dark icon of the node', async () => {
		const { page } = editor;
		const icon = editor.byId('node-creator').locator('img[src*="n8n-nodes-cake"]').first();
		for (const [scheme, file] of [
			['dark', /cake\.dark\.svg$/],
			['light', /cake\.svg$/],
		] as const) {
			await page.emulateMedia({ colorScheme: scheme });
			await eventually(async () => assert.match((await icon.getAttribute('src')) ?? '', file));
		}
	});

	await pictures.check('the node panel lists the actions of the node', async () => {
		await editor.panelEntry(NODE).click();
		await eventually(async () => {
			const entries = await editor.panelEntries().allInnerTexts();
			assert.deepEqual(
				ACTIONS.filter((action) => !entries.includes(action)),
				[],
			);
		});
	});
	await pictures.take('node-panel', async () => {
		const panel = await getBox(editor.byId('node-creator'));
		const last = await getBox(editor.panelEntry('Update conversion status by ID'));
		return { ...panel, height: last.y + last.height + 20 - panel.y };
	});

	await pictures.check('an action of the node panel adds the node with its operation', async () => {
		await editor.panelEntry('Query conversions by date range').click();
		await editor.byId('node-parameters').waitFor();
		assert.equal(await new Form(editor).readText('operation'), 'Query Conversions');
	});
}
