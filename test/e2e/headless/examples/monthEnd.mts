import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { listItems } from '../../../../harness/server/executions.mts';
import type { ReplyMaker } from '../../../../sandbox/server.mts';
import type { Fresh } from '../../support/fresh.mts';
import { submitForm, type Submission } from './form.mts';
import { listByOrder, publishExample, readExampleData } from './support.mts';
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
const NO_RESULT = {
	changed: 0,
	failed: 0,
	right_already: 12,
	would_change: 0,
	not_in_cake: 3,
	several_in_cake: 1,
	other_status: 0,
};

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
	const { sandbox, instance } = fresh;
	const { account } = sandbox;
	const updates = () => account.events.filter(({ kind }) => kind === 'updated');
	const before = updates().length;
	const statuses = () =>
		LEFT_ALONE.flatMap((order) => listByOrder(fresh, order).map((r) => r.status));
	const alone = statuses();
	let first: Submission | undefined;

	await t.test(
		'Month-end with "Only show" reports what would happen, and changes nothing',
		async () => {
			await publishExample(instance, FILE);
			const { lastPage, execution } = await reconcile(fresh, LIST, 'Only show what would happen');
			assert.match(lastPage, /Nothing was changed: 18 would be changed, 7 to look at/);
			assert.match(lastPage, /Would be changed: 18</);
			assert.equal(listItems(execution, 'Report')[0].json.would_change, 18);
			assert.equal(updates().length, before);
		},
	);

	for (const [what, content] of makeFiles(TABLE)) {
		await t.test(`Month-end reads a file with ${what}`, async () => {
			const { lastPage } = await reconcile(fresh, content, 'Only show what would happen');
			assert.match(lastPage, /1 would be changed, 1 to look at/);
			const cells = ['Auftrag-Ü/1187', 'rejected', '12,50', 'Late; "very" late\t!'];
			assert.ok(lastPage.includes(cells.map((cell) => `<td>${cell}</td>`).join('')));
			assert.match(lastPage, /Not in CAKE: 1[^]*<td>SO-0<\/td>/);
		});
	}

	await t.test('Month-end leaves a status alone that is none of the three', async () => {
		const list = 'order_id,decision\nSO-1041,approved\nSO-1045,approved\n';
		const { query } = sandbox.counters.byEndpoint;
		await reconcile(fresh, list, 'Only show what would happen');
		const times = sandbox.counters.byEndpoint.query - query;
		const scrub: ReplyMaker = ({ proceed }) => ({
			body: JSON.stringify(proceed()).replaceAll('"approved"', '"Scrubbed"'),
		});
		sandbox.replyNext('query', scrub, { times });
		const { lastPage } = await reconcile(fresh, list);
		assert.match(lastPage, /0 changed, 2 to look at/);
		assert.match(lastPage, /not approved, pending or rejected: 2[^]*<td>Scrubbed<\/td>/);
		assert.equal(updates().length, before);
	});

	await t.test('Month-end takes the list, and reports on its last page', async () => {
		first = await reconcile(fresh, LIST);
		assert.match(first.lastPage, /18 changed, 7 to look at/);
	});

	await t.test('Month-end brings the decisions to CAKE, with the reasons as notes', () => {
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
	});

	await t.test('Month-end updates only conversions that differ, each once', () => {
		assert.equal(updates().length, before + CHANGED);
		assert.deepEqual(statuses(), alone);
	});

	await t.test('Month-end names orders that do not match, and counts the rest', async () => {
		assert.ok(first);
		const { title: _, report: html, not_on_the_list: others, ...counts } = readReport(first);
		assert.deepEqual(counts, { ...NO_RESULT, changed: CHANGED, unclear: 3 });
		const orders = new Set([...account.conversions.values()].map((row) => row.orderId));
		assert.ok(Number(others) > 500 && Number(others) < orders.size);
		const text = String(html);
		const named = [
			'SO-1052',
			'Cmd. n° 93/É',
			'SO-1054',
			'SO-1047',
			'SO-1057',
			'SO-1060',
			'Tilaus Ä-55',
		];
		for (const order of named) assert.ok(text.includes(`<td>${order}</td>`), order);
		assert.ok(!text.includes('PO 7781'), 'an order that was right is listed');
		assert.match(first.lastPage, /Auftrag-Ü\/1187/);
	});

	await t.test(
		'Month-end changes nothing for a wrong file, and says why on its last page',
		async () => {
			const { requests } = sandbox.counters;
			for (const [content, why] of makeWrongFiles('case,order_id', 'order_id,decision')) {
				const { lastPage } = await reconcile(fresh, content);
				assert.match(lastPage, /Nothing was changed: this file cannot be used/);
				assert.match(lastPage, why);
				assert.match(lastPage, /It needs the columns order_id and decision/);
			}
			assert.equal(sandbox.counters.requests, requests);
		},
	);

	await t.test('Month-end changes nothing when the same list comes again', async () => {
		const size = updates().length;
		const again = await reconcile(fresh, LIST);
		assert.match(again.lastPage, /0 changed, 7 to look at/);
		assert.equal(updates().length, size);
		assert.equal(readReport(again).right_already, 12 + CHANGED);
	});

	await t.test('Month-end reports a change CAKE refuses, and makes the others', async () => {
		const [refused] = listByOrder(fresh, 'SO-1041');
		const [other] = listByOrder(fresh, 'SO-1045');
		const json = { request_status: 'Error', message: 'Conversion is locked' };
		sandbox.replyNext('update', () => ({ status: 200, body: JSON.stringify(json) }));
		const list = 'order_id,decision,reason\nSO-1041,rejected,Late\nSO-1045,rejected,<b>Late</b>\n';
		const { lastPage: last } = await reconcile(fresh, list);
		assert.match(last, /1 changed, 1 to look at/);
		assert.match(last, /CAKE said no: 1/);
		assert.match(last, /Conversion is locked/);
		assert.match(last, /&lt;b&gt;Late/);
		assert.equal(refused.status, 'approved');
		assert.equal(other.status, 'rejected');
	});
}

/** Uploads a list, and expects the execution to succeed. */
async function reconcile(
	{ instance }: Fresh,
	list: Content,
	mode = 'Approve and reject them',
): Promise<Submission> {
	const file = new File([list], 'list.csv', { type: 'text/csv' });
	const submission = await submitForm(instance, 'cake-month-end', file, mode);
	const { status, error } = submission.execution;
	assert.equal(status, 'success', error?.message);
	return submission;
}

/** Gives the output of the node "Report". */
function readReport({ execution }: Submission): Record<string, unknown> {
	return listItems(execution, 'Report')[0].json;
}
