import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { listItems, runWorkflow } from '../../../harness/server/executions.mts';
import { importWorkflow } from '../../../harness/server/workflows.mts';
import { describeResult, member, oddItem, toDryRun } from '../../support/oddItems.mts';
import type { Fresh } from '../support/fresh.mts';
import { buildWorkflow, CAKE, START } from '../support/workflows.mts';

const ITEMS = 40;
const ROUNDS = 6;

/** Checks the reading past n8n's expression engine on the engine of a real n8n, which Jest cannot run. */
export async function checkDirectParameters({ instance }: Fresh, t: TestContext): Promise<void> {
	const preview = async (items: Array<Record<string, unknown>>, expressions: string[]) => {
		const parameters = { operation: 'record', ...toDryRun(expressions) };
		const workflow = {
			...buildWorkflow('Direct', parameters, { onError: 'continueRegularOutput' }),
			pinData: { [START]: items.map((json) => ({ json })) },
		};
		const { id } = await importWorkflow(instance, workflow);
		const execution = await runWorkflow(instance, id, START);
		assert.equal(execution.status, 'success', execution.error?.message);
		return listItems(execution, CAKE).map(({ json }) => describeResult(json));
	};

	await t.test('A member of the item has the value that n8n gives to the expression', async () => {
		const round = fc.tuple(
			fc.array(oddItem, { minLength: ITEMS, maxLength: ITEMS }),
			fc.array(member, { minLength: 3, maxLength: 3 }),
		);
		for (const [items, members] of fc.sample(round, { numRuns: ROUNDS, seed: 1 })) {
			const bracketed = members.map((one) => `(${one})`);
			assert.deepEqual(await preview(items, members), await preview(items, bracketed));
		}
	});
}
