import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Cluster } from './cluster.mts';
import { dieHalfway, listSuccessful, listUnanswered, listUnsuccessful, report } from './death.mts';
import type { Workers } from './killed.mts';
import { listDeals, type Stage } from './stage.mts';

const DEALS = 60;

/** Kills a worker while Record gets no unique ID: CAKE cannot recognize a repeated deal. */
export async function checkKilledWithoutId(
	cluster: Cluster,
	stage: Stage,
	{ victim, survivor }: Workers,
	t: TestContext,
): Promise<void> {
	await t.test(
		`CAKE stores none of ${DEALS} deals without unique ID twice that n8n ran once`,
		async (check) => {
			const deals = { prefix: 'plain', count: DEALS };
			const aftermath = await dieHalfway(cluster, stage, victim, deals);
			for (const line of report(aftermath)) check.diagnostic(line);
			const { stored, executions, cutShort } = aftermath;

			const elsewhere = new Set(survivor.started());
			const again = cutShort.filter((id) => elsewhere.has(id));
			check.diagnostic(`executions that n8n ran again on the other worker: ${again.length}`);
			const twice = [...stored].filter(([, count]) => count > 1);
			assert.ok(twice.length <= again.length, `stored twice: ${twice.join(' ')}`);

			const succeeded = await listDeals(cluster, stage, listSuccessful(aftermath));
			for (const id of succeeded) assert.notEqual(stored.get(id), 0, `${id} is lost`);
			assert.equal(new Set(succeeded).size + listUnsuccessful(aftermath).length, DEALS);
			assert.equal(executions.length, DEALS);

			const doubled = listUnanswered(aftermath).filter(({ id }) => stored.get(id) === 1).length;
			check.diagnostic(`delivered again by a CRM, ${doubled} deals would be stored twice`);
		},
	);
}
