import type { INodeParameters } from 'n8n-workflow';
import { useCake } from '../../support/cake.mts';
import { isLetGo } from '../../support/garbage.mts';

const cake = useCake({ rows: 600, days: 20 });

/** Runs the node, and keeps only a weak reference to its first row. */
async function getRow(operation: 'query' | 'record', parameters: INodeParameters) {
	const run = await cake[operation](parameters);
	expect(run.status).toBe('success');
	return new WeakRef(run.items[0].json);
}

describe('memory', () => {
	it.each([
		['query', { dateRange: 'last30Days', returnAll: true }],
		['record', { uniqueId: 'deal-1' }],
	] as const)('releases the rows of a %s after the run', async (operation, parameters) => {
		expect(await isLetGo(await getRow(operation, parameters))).toBe(true);
	});
});
