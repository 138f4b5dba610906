import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { listItems, runWorkflow } from '../../../../harness/server/executions.mts';
import {
	activateWorkflow,
	deactivateWorkflow,
	importWorkflow,
} from '../../../../harness/server/workflows.mts';
import type { Fresh } from '../../support/fresh.mts';
import { speedUpPolling, untilPolled } from '../../support/polls.mts';
import { readExample } from './support.mts';

const TRIGGER = 'New conversion';
const SAMPLE = 5;

type Row = Record<string, unknown>;

/** Checks new-conversions-to-table.json, and the table that it makes in n8n. */
export async function checkTable(fresh: Fresh, t: TestContext): Promise<void> {
	const { instance, sandbox } = fresh;
	const { account } = sandbox;
	const workflow = speedUpPolling(await readExample('new-conversions-to-table.json'));
	const { id } = await importWorkflow(instance, workflow);

	await t.test('New to table makes a table of five rows when run by hand', async () => {
		const execution = await runWorkflow(instance, id, TRIGGER);
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.equal((await listRows(fresh)).length, SAMPLE);
	});

	await t.test('New to table writes no second row when run by hand again', async () => {
		const execution = await runWorkflow(instance, id, TRIGGER);
		assert.equal(listItems(execution, 'Keep it as a row').length, SAMPLE);
		assert.equal((await listRows(fresh)).length, SAMPLE);
	});

	await t.test('New to table writes a row for each new conversion', async () => {
		await activateWorkflow(instance, id);
		const added = [
			account.addConversion({ orderId: 'Bestellung Ü/1', payout: 12.5 }),
			account.addConversion({ status: 'rejected', payout: 0 }),
		];
		await untilPolled(sandbox, 1);
		added.push(account.addConversion({ orderId: 'SO-2' }));
		await untilPolled(sandbox, 1);
		const rows = (await listRows(fresh)).slice(SAMPLE);
		assert.deepEqual(
			rows.map((row) => [row.conversion_id, row.conversion_status, row.payout, row.order_id]),
			added.map((row) => [`${row.conversionId}`, row.status, row.payout, row.orderId ?? null]),
		);
		// n8n's table shows a number such as 4425658 as 4 425 658.
		assert.deepEqual(
			rows.map((row) => [row.offer_id, row.affiliate_id]),
			added.map((row) => [`${row.offerId}`, `${row.affiliateId}`]),
		);
		await deactivateWorkflow(instance, id);
	});
}

/** Lists the table's rows, in the order they were written. */
async function listRows({ instance: { rest } }: Fresh): Promise<Row[]> {
	const { data: tables } = await rest.get<{
		data: Array<{ id: string; name: string; projectId: string }>;
	}>('/data-tables-global');
	const [table, ...more] = tables.filter(({ name }) => name === 'CAKE new conversions');
	assert.ok(table && more.length === 0, `${tables.length} tables`);
	const { data } = await rest.get<{ data: Row[] }>(
		`/projects/${table.projectId}/data-tables/${table.id}/rows`,
	);
	return data.sort((left, right) => Number(left.id) - Number(right.id));
}
