import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { WorkflowNode } from '../../../../harness/server/workflows.mts';
import type { Fresh } from '../../support/fresh.mts';
import { uploadList } from './monthEnd.mts';
import { publishCopy } from './support.mts';

const FILE = 'month-end-reconciliation.json';

/** Checks what month-end-reconciliation.json shows of a line whose amount differs from CAKE. */
export async function checkAmounts(fresh: Fresh, t: TestContext): Promise<void> {
	const { instance } = fresh;
	const list = 'order_id,decision,amount\nSO-1041,rejected,0.01\n';
	const edit = (title: string) => (nodes: Map<string, WorkflowNode>) => {
		const compare = nodes.get('Compare with CAKE')?.parameters ?? {};
		Object.assign(compare, { amount: '={{ $json.amount }}', compareWith: 'revenue' });
		for (const page of ['Show the plan', 'Show the report']) {
			const node = nodes.get(page);
			assert.ok(node);
			const text = JSON.stringify(node.parameters);
			node.parameters = JSON.parse(
				text.replace(/(?<=, )amountDiffers(?=: )/, title),
			) as WorkflowNode['parameters'];
		}
	};
	for (const [path, title, says] of [
		['month-end-amount', 'amountDiffers', /Left alone: The amounts differ: 1</],
		['month-end-others', 'notInThePage', /Left alone: another result: 1</],
	] as const) {
		await publishCopy(instance, FILE, path, edit(title));
		await t.test(`Month-end shows a line whose amount differs, as ${title}`, async () => {
			const page = await uploadList(fresh, list, path);
			assert.match(page.html, /0 to change, 1 to look at/);
			const last = await page.press();
			for (const { html } of [page, last]) {
				assert.match(html, says);
				assert.match(html, /The list has 0\.01, but CAKE has a revenue of/);
			}
			await last.finish();
		});
	}
}
