import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Fresh } from '../../support/fresh.mts';
import { type FormPage, openForm } from './form.mts';
import { listByOrder, publishExample, readExampleData, TRIES } from './support.mts';
import { type Content, makeFiles, makeWrongFiles } from './uploads.mts';

const LIST = readExampleData('chargebacks.csv');
/** The orders on the list that get rejected. */
const ORDERS = ['SO-1063', 'SO-1064', 'SO-1065'];

/** A file with each separator inside its cells. */
const TABLE = [
	['case', 'order_id', 'reason', 'amount'],
	['CB-1', 'SO-1063', 'Late; "very" late\t!', '12,50'],
	['CB-2', 'Auftrag-Ü/0', '', '1.250,00 €'],
];

/** Checks chargeback-file.json on the deals that crm-deal-won.json has recorded. */
export async function checkChargebacks(fresh: Fresh, t: TestContext): Promise<void> {
	await publishExample(fresh.instance, 'chargeback-file.json');
	await checkPlan(fresh, t);
	await checkRejecting(fresh, t);
}

async function checkPlan(fresh: Fresh, t: TestContext): Promise<void> {
	const { counters } = fresh.sandbox;

	await t.test('Chargebacks shows its plan first, and has changed nothing by then', async () => {
		const { update } = counters.byEndpoint;
		const { html } = await upload(fresh);
		assert.match(html, /3 to reject, 3 to look at/);
		assert.match(html, /To be rejected: 3[^]*SO-1063/);
		assert.match(html, /Reject these 3 in CAKE/);
		assert.match(html, /SO-9998[^]*is not among the \d+ conversions from/);
		assert.match(html, /SO-1047[^]*affiliate \d+, payout [\d.]+, approved/);
		assert.match(html, /CB-90240[^]*The line has no 'Order ID'/);
		assert.match(html, /&lt;30 days/);
		assert.equal(counters.byEndpoint.update, update);
	});

	for (const [what, content] of makeFiles(TABLE)) {
		await t.test(`Chargebacks reads a file with ${what}`, async () => {
			const { html } = await upload(fresh, content);
			assert.match(html, /1 to reject, 1 to look at/);
			assert.match(html, /<td>SO-1063<\/td><td>12,50<\/td><td>Late; "very" late\t!<\/td>/);
			assert.match(html, /<td>Auftrag-Ü\/0<\/td><td>1\.250,00 €<\/td>/);
		});
	}

	await t.test(
		'Chargebacks changes nothing for a wrong file, and says why on its page',
		async () => {
			const { requests } = counters;
			for (const [content, why] of makeWrongFiles('order_id,decision', 'case,order_id')) {
				const page = await upload(fresh, content);
				assert.match(page.html, /Nothing was changed: the file cannot be compared/);
				assert.match(page.html, why);
				assert.match(page.html, /It needs the columns case and order_id/);
				const last = await page.press();
				assert.match(last.html, /<h1>Nothing was changed<\/h1>/);
				await last.finish();
			}
			assert.equal(counters.requests, requests);
		},
	);
}

async function checkRejecting(fresh: Fresh, t: TestContext): Promise<void> {
	const { account, counters } = fresh.sandbox;
	const listStatuses = (order: string) => listByOrder(fresh, order).map((row) => row.status);

	await t.test(
		'Chargebacks does not say that a change without an answer was not made',
		async () => {
			const [row] = listByOrder(fresh, ORDERS[0]);
			const { status } = row;
			fresh.sandbox.failNext('resetAfter', { endpoint: 'update', times: TRIES });
			const page = await upload(fresh, `case,order_id\nCB-1,${ORDERS[0]}\n`);
			const last = await page.press();
			assert.match(last.html, /0 rejected, 1 to look at/);
			assert.match(last.html, /Not known: look these up in CAKE: 1</);
			assert.doesNotMatch(last.html, /Not rejected/);
			await last.finish();
			assert.deepEqual([row.status, row.notes.at(-1)], ['rejected', 'Chargeback CB-1']);
			account.setStatus(row.conversionId, status);
		},
	);

	await t.test('Chargebacks rejects what was approved, and notes the case', async () => {
		const several = listStatuses('SO-1047');
		const { query } = counters.byEndpoint;
		const page = await upload(fresh);
		const pages = Math.ceil(account.conversions.size / 499);
		assert.ok(counters.byEndpoint.query - query <= pages + 1, 'one read serves the whole file');
		const last = await page.press();
		assert.match(last.html, /3 rejected, 3 to look at/);
		assert.equal((await last.finish()).status, 'success');
		for (const order of ORDERS) {
			const [row, ...more] = listByOrder(fresh, order);
			assert.deepEqual(more, []);
			assert.equal(row.status, 'rejected');
			assert.match(row.notes.at(-1) ?? '', /^Chargeback CB-902\d\d: ./);
		}
		assert.deepEqual(listStatuses('SO-1047'), several);
	});

	await t.test('Chargebacks rejects nothing more when the same file comes again', async () => {
		const { update } = counters.byEndpoint;
		const page = await upload(fresh);
		assert.match(page.html, /0 to reject, 3 to look at[^]*Rejected before: 3/);
		const last = await page.press();
		assert.match(last.html, /0 rejected, 3 to look at/);
		await last.finish();
		assert.equal(counters.byEndpoint.update, update);
	});
}

/** Uploads a file. Gives the page with the plan. */
async function upload({ instance }: Fresh, content: Content = LIST): Promise<FormPage> {
	const file = new File([content], 'chargebacks.csv', { type: 'text/csv' });
	return await openForm(instance, 'cake-chargebacks', file);
}
