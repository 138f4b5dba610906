import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { listItems } from '../../../../harness/server/executions.mts';
import type { Fresh } from '../../support/fresh.mts';
import { submitForm, type Submission } from './form.mts';
import { listByOrder, publishExample, readExampleData } from './support.mts';
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
	const { sandbox, instance } = fresh;
	const reads = () => sandbox.counters.byEndpoint.query;
	const status = (order: string) => listByOrder(fresh, order).map((row) => row.status);
	const several = status('SO-1047');

	await t.test(
		'Chargebacks with "Only show" reports what would happen, and changes nothing',
		async () => {
			await publishExample(instance, 'chargeback-file.json');
			const before = sandbox.counters.byEndpoint.update;
			const { lastPage } = await upload(fresh, 'Only show what would happen');
			assert.match(lastPage, /Nothing was changed: 3 would be rejected, 3 to look at/);
			assert.match(lastPage, /Would be rejected: 3[^]*SO-1063/);
			assert.equal(sandbox.counters.byEndpoint.update, before);
		},
	);

	for (const [what, content] of makeFiles(TABLE)) {
		await t.test(`Chargebacks reads a file with ${what}`, async () => {
			const { lastPage } = await upload(fresh, 'Only show what would happen', content);
			assert.match(lastPage, /1 would be rejected, 1 to look at/);
			assert.match(lastPage, /<td>SO-1063<\/td><td>12,50<\/td><td>Late; "very" late\t!<\/td>/);
			assert.match(lastPage, /<td>Auftrag-Ü\/0<\/td><td>1\.250,00 €<\/td>/);
		});
	}

	await t.test(
		'Chargebacks changes nothing for a wrong file, and says why on its last page',
		async () => {
			const before = sandbox.counters.requests;
			for (const [content, why] of makeWrongFiles('order_id,decision', 'case,order_id')) {
				const { lastPage } = await upload(fresh, 'Reject them', content);
				assert.match(lastPage, /Nothing was changed: this file cannot be used/);
				assert.match(lastPage, why);
				assert.match(lastPage, /It needs the columns case and order_id/);
			}
			assert.equal(sandbox.counters.requests, before);
		},
	);

	await t.test('Chargebacks takes the file, and reports on its last page', async () => {
		const before = reads();
		const { lastPage, execution } = await upload(fresh);
		const [{ json }] = listItems(execution, 'Report');
		assert.deepEqual([json.rejected, json.rejected_before, json.left_alone], [3, 0, 3]);
		assert.match(lastPage, /3 rejected, 3 to look at/);
		assert.match(lastPage, /SO-9998[^]*No conversion with this 'Order ID' was found/);
		assert.match(lastPage, /SO-1047[^]*Several conversions have this 'Order ID'/);
		assert.match(lastPage, /CB-90240[^]*'Order ID' /);
		assert.match(lastPage, /&lt;b&gt;twice/);
		const pages = Math.ceil(sandbox.account.conversions.size / 499);
		assert.ok(reads() - before <= pages + 1, 'one read serves the whole file');
	});

	await t.test('Chargebacks rejects only the orders of the file, and notes the case', () => {
		for (const order of ORDERS) {
			const [row, ...more] = listByOrder(fresh, order);
			assert.deepEqual(more, []);
			assert.equal(row.status, 'rejected');
			assert.match(row.notes.at(-1) ?? '', /^Chargeback CB-902\d\d: ./);
		}
		assert.deepEqual(status('SO-1047'), several);
	});

	await t.test('Chargebacks changes no status when the same file comes again', async () => {
		const [{ json }] = listItems((await upload(fresh)).execution, 'Report');
		assert.deepEqual([json.rejected, json.rejected_before, json.left_alone], [0, 3, 3]);
		const { lastPage } = await upload(fresh, 'Only show what would happen');
		assert.match(lastPage, /Nothing was changed: 0 would be rejected[^]*Rejected before: 3/);
	});
}

async function upload(
	{ instance }: Fresh,
	mode = 'Reject them',
	content: Content = LIST,
): Promise<Submission> {
	const file = new File([content], 'chargebacks.csv', { type: 'text/csv' });
	const submission = await submitForm(instance, 'cake-chargebacks', file, mode);
	const { status, error } = submission.execution;
	assert.equal(status, 'success', error?.message);
	return submission;
}
