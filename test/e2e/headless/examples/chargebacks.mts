import assert from 'node:assert/strict';
import { itemsOf } from '../../../../scripts/n8n/executions.mts';
import type { Checks } from '../../support/checks.mts';
import type { Fresh } from '../../support/fresh.mts';
import { submitFile, type Submission } from './form.mts';
import { ofOrder, publishExample, readExampleData } from './support.mts';

const LIST = readExampleData('chargebacks.csv');

/** chargeback-file.json, on the deals that crm-deal-won.json has recorded. */
export async function checkChargebacks(fresh: Fresh, checks: Checks): Promise<void> {
	const { sandbox, instance } = fresh;
	const reads = () => sandbox.counters.byEndpoint.query;
	const status = (order: string) => ofOrder(fresh, order).map((row) => row.status);
	const several = status('SO-1047');

	await checks.check(
		'Chargebacks: the form takes the file, and its last page reports',
		async () => {
			await publishExample(instance, 'chargeback-file.json');
			const before = reads();
			const { lastPage, execution } = await upload(fresh);
			const [{ json }] = itemsOf(execution, 'Report');
			assert.equal(Number(json.rejected) + Number(json.rejected_before), 3);
			assert.equal(json.left_alone, 3);
			assert.match(lastPage, /rejected, 3 to look at/);
			assert.match(lastPage, /SO-9998[^]*No conversion with this 'Order ID' was found/);
			assert.match(lastPage, /SO-1047[^]*Several conversions have this 'Order ID'/);
			assert.match(lastPage, /CB-90240[^]*'Order ID' /);
			assert.match(lastPage, /&lt;b&gt;twice/);
			const pages = Math.ceil(sandbox.account.conversions.size / 499);
			assert.ok(reads() - before <= pages + 1, 'one read serves the whole file');
		},
	);

	await checks.check('Chargebacks: those orders are rejected with the case, no others', () => {
		for (const order of ['SO-1046', 'Zakázka č. 422', 'SO-1042']) {
			const [row, ...more] = ofOrder(fresh, order);
			assert.deepEqual(more, []);
			assert.equal(row.status, 'rejected');
			assert.match(row.notes.at(-1) ?? '', /^Chargeback CB-902\d\d: ./);
		}
		assert.deepEqual(status('SO-1047'), several);
	});

	await checks.check('Chargebacks: the same file again changes no status', async () => {
		const [{ json }] = itemsOf((await upload(fresh)).execution, 'Report');
		assert.deepEqual([json.rejected, json.rejected_before, json.left_alone], [0, 3, 3]);
	});
}

async function upload({ instance }: Fresh): Promise<Submission> {
	const file = new File([LIST], 'chargebacks.csv', { type: 'text/csv' });
	const submission = await submitFile(instance, 'cake-chargebacks', file);
	const { status, error } = submission.execution;
	assert.equal(status, 'success', error?.message);
	return submission;
}
