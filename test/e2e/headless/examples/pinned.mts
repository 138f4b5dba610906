import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import {
	type Execution,
	listItems,
	runWorkflow,
	runWorkflowToForm,
} from '../../../../harness/server/executions.mts';
import { importWorkflow } from '../../../../harness/server/workflows.mts';
import type { Fresh } from '../../support/fresh.mts';
import { listByOrder, readExample } from './support.mts';

/** Checks what "Execute workflow" shows of the examples that have data pinned to their trigger. */
export async function checkPinned(fresh: Fresh, t: TestContext): Promise<void> {
	const { instance, sandbox } = fresh;
	const updates = () => sandbox.counters.byEndpoint.update;
	const importExample = async (file: string) =>
		(await importWorkflow(instance, await readExample(file))).id;
	// As the file is, without another credential. Under its own ID others import it with one.
	const importUnset = async (file: string) => {
		const example = await readExample(file);
		return (await importWorkflow(instance, { ...example, id: `pinned${example.id}` })).id;
	};

	await t.test('CRM deal won records its pinned deal once when run by hand', async () => {
		const id = await importExample('crm-deal-won.json');
		const [first, second] = [await runByHand(id), await runByHand(id)];
		assert.equal(listByOrder(fresh, 'SO-1101').length, 1);
		assert.notEqual(first.already_recorded, true);
		assert.equal(second.already_recorded, true);
		assert.equal(second.conversion_id, first.conversion_id);
	});

	async function runByHand(id: string): Promise<Record<string, unknown>> {
		const execution = await runWorkflow(instance, id, 'CRM deal won');
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.equal(listItems(execution, 'Answer: recorded').length, 1);
		return listItems(execution, 'Record in CAKE')[0].json;
	}

	for (const [file, trigger] of [
		['rejected-to-slack.json', 'Conversion rejected'],
		['postback-to-slack.json', 'Conversion recorded'],
	] as const) {
		await t.test(`${file} runs by hand without a Slack account`, async () => {
			const execution = await runWorkflow(instance, await importUnset(file), trigger);
			assert.equal(execution.status, 'success', execution.error?.message);
			assert.deepEqual(listItems(execution, 'Tell the channel')[0].json, { ok: true });
		});
	}

	await t.test('Refund only shows what would happen when run by hand', async () => {
		const before = updates();
		const id = await importExample('refund-reject.json');
		const execution = await runWorkflow(instance, id, 'Refund');
		assert.equal(execution.status, 'success', execution.error?.message);
		const [{ json }] = listItems(execution, 'Answer: rejected');
		assert.deepEqual([json.order_id, json.dry_run], ['SO-1061', true]);
		assert.equal(updates(), before);
	});

	for (const [name, file, form, count] of [
		['Chargebacks', 'chargeback-file.json', 'Chargebacks', 3],
		['Month-end', 'month-end-reconciliation.json', "Advertiser's list", 18],
	] as const) {
		await t.test(`${name} shows a plan for its pinned file when run by hand`, async () => {
			const before = updates();
			const execution = await runWorkflowToForm(instance, await importUnset(file), form);
			const results = listItems(execution, 'Compare with CAKE').map(({ json }) => json.result);
			assert.equal(results.filter((result) => result === 'change').length, count);
			assert.equal(execution.status, 'waiting');
			assert.equal(updates(), before);
		});
	}

	await t.test('Undo only shows what would happen when run by hand', async () => {
		const before = updates();
		const { pinData } = await readExample('undo-changes.json');
		const output = String(pinData?.['Undo changes'][0].json.output);
		// `npm start` has them under the same IDs.
		for (const { conversion_id: conversionId, order_id: order } of JSON.parse(output) as Pinned[]) {
			const status = order === 'SO-1064' ? 'pending' : 'approved';
			sandbox.account.addConversion({ conversionId, orderId: `Pinned ${order}`, status });
		}
		const id = await importUnset('undo-changes.json');
		const report = listReport(await runWorkflowToForm(instance, id, 'Undo changes'));
		for (const count of ['would_be_set_back: 2', 'left_alone: 1', 'cannot_be_set: 1']) {
			assert.ok(report.includes(count), report.join());
		}
		assert.equal(updates(), before);
	});
}

/** A conversion in the output that is pinned to undo-changes.json. */
interface Pinned {
	conversion_id: number;
	order_id: string;
}

/** Lists the counts of the node "Report". */
function listReport(execution: Execution): string[] {
	const [report] = listItems(execution, 'Report');
	assert.ok(report, execution.error?.message ?? Object.keys(execution.runs).join());
	return Object.entries(report.json).map(([name, value]) => `${name}: ${String(value)}`);
}
