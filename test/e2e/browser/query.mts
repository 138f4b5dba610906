import assert from 'node:assert/strict';
import type { Conversion } from '../../../sandbox/server.mts';
import { eventually } from './eventually.mts';
import { Form } from './form.mts';
import { ResourceLocator } from './locator.mts';
import type { Box } from './playwright.mts';
import type { Stage } from './stage.mts';
import { VIEWPORT } from './window.mts';
import { DAY_MS } from '../../../sandbox/account/calendar.mts';

/** The window for the picture: as narrow as all columns allow, with some rows. */
const TABLE_VIEWPORT = { width: 1540, height: 680 };

/** CAKE's field names, in the order of its rows. */
const COLUMNS = [
	'conversion_id',
	'click_id',
	'offer_id',
	'affiliate_id',
	'payout',
	'revenue',
	'conversion_date',
	'conversion_status',
	'order_id',
];

/** Fills in and runs queries in a node's open form. */
export async function checkQuery(stage: Stage): Promise<void> {
	const { editor, pictures } = stage;
	const form = new Form(editor);

	await pictures.check('Query with a limit gives that many rows, under CAKE’s names', async () => {
		await form.choose('dateRange', 'Last 30 Days');
		await form.enter('limit', '7');
		await form.execute();
		await form.untilItems(7);
		await eventually(async () => assert.deepEqual(await form.readColumns(), COLUMNS));
	});

	await pictures.check('Query with Custom and no days shows our message', async () => {
		await form.choose('dateRange', 'Custom');
		await form.execute();
		await form.untilError(/^'Start Date' is empty/, /This field is required/);
		await editor.closeToasts();
	});

	await pictures.check('Query with Custom gives the rows of its days in any zone', async () => {
		const [first, last] = [getDay(6), getDay(5)];
		await form.enterDate('startDate', first);
		await form.enterDate('endDate', last);
		await form.enter('limit', '500');
		await form.execute();
		const expected = listRows(stage, Date.parse(first), Date.parse(last) + DAY_MS);
		await form.untilItems(expected.length);
		await form.untilFirstRow({ conversion_id: String(expected[0].conversionId) });
		await form.choose('dateRange', 'Last 30 Days');
	});

	await pictures.check('Query with a filter and Return All gives all rows that fit', async () => {
		await form.turn('returnAll');
		await form.field('limit').waitFor({ state: 'hidden' });
		await form.add('Add Filter', 'Conversion Status');
		await form.choose('conversionStatus', 'Pending');
		await form.execute();
		const expected = listPendingRows(stage);
		assert.ok(expected.length > 100, `only ${expected.length} rows are seeded`);
		await form.untilItems(expected.length);
		const [newest] = expected;
		await form.untilFirstRow({
			conversion_id: String(newest.conversionId),
			conversion_status: 'pending',
			payout: String(newest.payout),
		});
	});
	await pictures.take('query-rows', () => prepareTable(stage, form));
	await editor.page.emulateMedia({ colorScheme: 'dark' });
	await pictures.take('query-rows-dark', () => form.getBox('Add Filter'));
	await editor.page.emulateMedia({ colorScheme: 'light' });
	await editor.page.setViewportSize(VIEWPORT);
}

/** Gives the day this many days ago in UTC, the workflow's zone. */
function getDay(daysAgo: number): string {
	return new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);
}

/** Lists the sandbox's conversions from one instant until before another, newest first. */
function listRows({ sandbox }: Stage, from: number, before: number): Conversion[] {
	return [...sandbox.account.conversions.values()]
		.filter(({ at }) => at >= from && at < before)
		.sort((left, right) => right.at - left.at);
}

/** Lists the pending conversions of the last 30 days. */
function listPendingRows(stage: Stage): Conversion[] {
	const rows = listRows(stage, Date.parse(getDay(29)), Infinity);
	return rows.filter(({ status }) => status === 'pending');
}

/** Shows few rows with all columns, in a window as high as the form. Gives the picture's box. */
async function prepareTable(stage: Stage, form: Form): Promise<Box> {
	const { editor } = stage;
	const [offerId, count] = findPresentableOffer(listPendingRows(stage));
	await form.add('Add Filter', 'Offer');
	await new ResourceLocator(form, 'offerId').enter(String(offerId));
	await form.execute();
	await form.untilItems(count);
	await editor.page.setViewportSize(TABLE_VIEWPORT);
	await form.drag(0);
	await editor.closeToasts();
	return await form.getBox('Add Filter');
}

/** Finds the offer of four to eight rows whose IDs fit their columns best. Gives ID and row count. */
function findPresentableOffer(rows: Conversion[]): [number, number] {
	const isPlain = ({ clickId, orderId = '' }: Conversion) =>
		clickId.length <= 12 && /^[!-~]{1,12}$/.test(orderId);
	const offers = [...new Set(rows.map(({ offerId }) => offerId))].map((offerId) => {
		const own = rows.filter((row) => row.offerId === offerId);
		return { offerId, count: own.length, share: own.filter(isPlain).length / own.length };
	});
	const [best] = offers
		.filter(({ count }) => count >= 4 && count <= 8)
		.sort((left, right) => right.share - left.share);
	if (!best) throw new Error('No offer has four to eight pending rows');
	return [best.offerId, best.count];
}
