import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { AccountEvent, ReplyMaker } from '../../../../sandbox/server.mts';
import type { Fresh } from '../../support/fresh.mts';
import { type FormPage, openForm } from './form.mts';
import { listByOrder, publishExample, readExampleData, TRIES } from './support.mts';
import { type Content, makeFiles, makeWrongFiles } from './uploads.mts';

/** Orders of advertiser-list.csv whose status changes, by their new status. */
const CHANGES = {
	approved: ['Auftrag-Ü/1187', 'SO-1046', 'SO-1049', '주문-7734', 'Zakázka č. 422', 'SO-1059'],
	rejected: [
		'ご注文-3021',
		'SO-1042',
		'SO-1043',
		'SO-1044',
		'Ordine Ù-19',
		'SO-1048',
		'Auftrag-Ü/1190',
		'Zam. Ł/63',
		'Order Å-318',
		'SO-1056',
		'ご注文-3044',
		'SO-1058',
	],
};
const CHANGED = CHANGES.approved.length + CHANGES.rejected.length;
/** Orders on the list whose status must not change. */
const LEFT_ALONE = ['SO-1047', 'SO-1055', 'SO-1057', 'SO-1060', 'Tilaus Ä-55'];
const FILE = 'month-end-reconciliation.json';
const LIST = readExampleData('advertiser-list.csv');
/** A list with each separator inside its cells. */
const TABLE = [
	['order_id', 'decision', 'reason', 'amount'],
	['Auftrag-Ü/1187', 'rejected', 'Late; "very" late\t!', '12,50'],
	['SO-0', 'approved', '', '1.250,00 €'],
];

/** Checks month-end-reconciliation.json on the deals that crm-deal-won.json has recorded. */
export async function checkMonthEnd(fresh: Fresh, t: TestContext): Promise<void> {
	await publishExample(fresh.instance, FILE);
	await checkPlan(fresh, t);
	await checkApproval(fresh, t);
	await checkOddities(fresh, t);
}

/** Lists the updates so far. */
function listUpdates({ sandbox: { account } }: Fresh): AccountEvent[] {
	return account.events.filter(({ kind }) => kind === 'updated');
}

async function checkPlan(fresh: Fresh, t: TestContext): Promise<void> {
	const { counters } = fresh.sandbox;
	const before = listUpdates(fresh).length;

	await t.test('Month-end shows its plan first, and has changed nothing by then', async () => {
		const { html } = await uploadList(fresh, LIST);
		assert.match(html, /18 to change, 9 to look at/);
		assert.match(html, /To be changed in CAKE: 18</);
		assert.match(html, /Change these 18 in CAKE/);
		const [row] = listByOrder(fresh, 'SO-1042');
		const cells = ['SO-1042', 'rejected', '4500.00', 'Trial only, never paid', row.conversionId];
		assert.ok(html.includes(cells.map((cell) => `<td>${cell}</td>`).join('')));
		assert.equal(listUpdates(fresh).length, before);
	});

	await t.test('Month-end names each order that it leaves alone, and why', async () => {
		const { html } = await uploadList(fresh, LIST);
		for (const [title, ...orders] of [
			['Not found in CAKE: 3', 'SO-1052', 'Cmd. n° 93/É', 'SO-1054'],
			['More than one conversion in CAKE: 1', 'SO-1047'],
			['Decision unclear: 2', 'Tilaus Ä-55', 'SO-1060'],
			['On the list more than once: 3', 'SO-1055', 'SO-1057', 'SO-1057'],
		]) {
			const table = html.split(`Left alone: ${title}`)[1]?.split('</table>')[0] ?? '';
			const named = [...table.matchAll(/<tr><td>(.*?)<\/td>/g)].map(([, order]) => order);
			assert.deepEqual(named.sort(), orders.sort(), title);
		}
		assert.match(html, /Right already: 12\. In CAKE, but not on the list: \d{3,} conversions/);
		assert.ok(!html.includes('PO 7781'), 'an order that was right is listed');
	});

	for (const [what, content] of makeFiles(TABLE)) {
		await t.test(`Month-end reads a file with ${what}`, async () => {
			const { html } = await uploadList(fresh, content);
			assert.match(html, /1 to change, 1 to look at/);
			const cells = ['Auftrag-Ü/1187', 'rejected', '12,50', 'Late; "very" late\t!'];
			assert.ok(html.includes(cells.map((cell) => `<td>${cell}</td>`).join('')));
			assert.match(html, /Not found in CAKE: 1[^]*<td>SO-0<\/td>/);
		});
	}

	await t.test('Month-end changes nothing for a wrong file, and says why on its page', async () => {
		const { requests } = counters;
		for (const [content, why] of makeWrongFiles('case,order_id', 'order_id,decision')) {
			const page = await uploadList(fresh, content);
			assert.match(page.html, /Nothing was changed: the list cannot be compared/);
			assert.match(page.html, why);
			assert.match(page.html, /It needs the columns order_id and decision/);
			assert.match(page.html, />\s*Show the report\s*</);
			const last = await page.press();
			assert.match(last.html, /<h1>Nothing was changed<\/h1>/);
			await last.finish();
		}
		assert.equal(counters.requests, requests);
	});

	await t.test('Month-end says so when CAKE cannot be read', async () => {
		fresh.sandbox.failNext('wrongKey', { endpoint: 'query', times: 1 });
		const { html } = await uploadList(fresh, LIST);
		assert.match(html, /Nothing was changed: the list cannot be compared[^]*API key/i);
		assert.equal(listUpdates(fresh).length, before);
	});
}

async function checkApproval(fresh: Fresh, t: TestContext): Promise<void> {
	const before = listUpdates(fresh).length;
	const listStatuses = () =>
		LEFT_ALONE.flatMap((order) => listByOrder(fresh, order).map((row) => row.status));
	const alone = listStatuses();

	await t.test(
		'Month-end brings approved decisions to CAKE, with the reasons as notes',
		async () => {
			const { html } = await reconcile(fresh, LIST);
			assert.match(html, /18 changed, 9 to look at/);
			assert.match(html, /Changed in CAKE: 18</);
			for (const [status, orders] of Object.entries(CHANGES)) {
				for (const order of orders) {
					const [row, ...more] = listByOrder(fresh, order);
					assert.deepEqual(more, []);
					assert.equal(row.status, status, order);
					assert.match(row.notes.at(-1) ?? '', /^Advertiser: ./);
				}
			}
			const note = (order: string) => listByOrder(fresh, order)[0].notes;
			assert.deepEqual(note('ご注文-3021'), ['Advertiser: お客様都合による返品']);
			assert.deepEqual(note('Order Å-318'), ['Advertiser: Kunden ångrade sig: "för dyrt"']);
			assert.deepEqual(note('SO-1046'), ['Advertiser: approved']);
		},
	);

	await t.test('Month-end updates only conversions that differ, each once', () => {
		assert.equal(listUpdates(fresh).length, before + CHANGED);
		assert.deepEqual(listStatuses(), alone);
	});

	await t.test('Month-end changes nothing when the same list comes again', async () => {
		const size = listUpdates(fresh).length;
		const page = await uploadList(fresh, LIST);
		assert.match(page.html, /0 to change, 9 to look at/);
		assert.match(page.html, /Right already: 30\./);
		const last = await page.press();
		assert.match(last.html, /0 changed, 9 to look at/);
		await last.finish();
		assert.equal(listUpdates(fresh).length, size);
	});
}

async function checkOddities(fresh: Fresh, t: TestContext): Promise<void> {
	const { sandbox } = fresh;

	await t.test('Month-end leaves alone what was rejected or scrubbed in CAKE', async () => {
		const size = listUpdates(fresh).length;
		const list = 'order_id,decision\nSO-1041,approved\nSO-1045,rejected\nSO-1044,approved\n';
		const { query } = sandbox.counters.byEndpoint;
		await uploadList(fresh, list);
		const times = sandbox.counters.byEndpoint.query - query;
		const scrub: ReplyMaker = ({ proceed }) => ({
			body: JSON.stringify(proceed()).replaceAll('"approved"', '"Scrubbed"'),
		});
		sandbox.replyNext('query', scrub, { times });
		const page = await uploadList(fresh, list);
		assert.match(page.html, /0 to change, 3 to look at/);
		assert.match(page.html, /Decided otherwise in CAKE: 3[^]*<td>Scrubbed<\/td>[^]*SO-1044/);
		await (await page.press()).finish();
		assert.equal(listUpdates(fresh).length, size);
	});

	await t.test('Month-end leaves alone what somebody changed after the plan', async () => {
		const [row] = listByOrder(fresh, 'SO-1041');
		const page = await uploadList(fresh, 'order_id,decision\nSO-1041,rejected\n');
		assert.match(page.html, /1 to change, 0 to look at/);
		sandbox.account.setStatus(row.conversionId, 'pending');
		const last = await page.press();
		assert.match(last.html, /0 changed, 1 to look at/);
		assert.match(last.html, /Somebody has changed it since the plan: Its status is pending/);
		await last.finish();
		assert.equal(row.status, 'pending');
		sandbox.account.setStatus(row.conversionId, 'approved');
	});

	await t.test('Month-end does not say that a change without an answer was not made', async () => {
		const [row] = listByOrder(fresh, 'SO-1041');
		sandbox.failNext('resetAfter', { endpoint: 'update', times: TRIES });
		const { html } = await reconcile(fresh, 'order_id,decision\nSO-1041,rejected\n');
		assert.match(html, /0 changed, 1 to look at/);
		assert.match(html, /Not known: look these up in CAKE: 1<[^]*SO-1041/);
		assert.doesNotMatch(html, /Not changed/);
		assert.equal(row.status, 'rejected');
		sandbox.account.setStatus(row.conversionId, 'approved');
	});

	await t.test('Month-end reports a change CAKE refuses, and makes the others', async () => {
		const [refused] = listByOrder(fresh, 'SO-1041');
		const [other] = listByOrder(fresh, 'SO-1045');
		const json = { request_status: 'Error', message: 'Conversion is locked' };
		sandbox.replyNext('update', () => ({ status: 200, body: JSON.stringify(json) }));
		const list = 'order_id,decision,reason\nSO-1041,rejected,Late\nSO-1045,rejected,<b>Late</b>\n';
		const { html } = await reconcile(fresh, list);
		assert.match(html, /1 changed, 1 to look at/);
		assert.match(html, /Not changed: 1[^]*Conversion is locked/);
		assert.match(html, /&lt;b&gt;Late/);
		assert.equal(refused.status, 'approved');
		assert.equal(other.status, 'rejected');
	});
}

/** Uploads a list. Gives the page with the plan. */
export async function uploadList(
	{ instance }: Fresh,
	list: Content,
	path = 'cake-month-end',
): Promise<FormPage> {
	const file = new File([list], 'list.csv', { type: 'text/csv' });
	return await openForm(instance, path, file);
}

/** Uploads a list, approves the plan, and gives the last page. */
async function reconcile(fresh: Fresh, list: Content): Promise<FormPage> {
	const last = await (await uploadList(fresh, list)).press();
	const { status, error } = await last.finish();
	assert.equal(status, 'success', error?.message);
	return last;
}
