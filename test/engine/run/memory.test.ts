import type { INodeParameters } from 'n8n-workflow';
import { useCake } from '../../support/cake.mts';
import { isLetGo } from '../../support/garbage.mts';

const cake = useCake({ rows: 600, days: 20 });

/** Runs the node, and keeps no more of the run than a way to ask whether its rows are still there. */
async function getRow(operation: 'query' | 'record', parameters: INodeParameters) {
	const run = await cake[operation](parameters);
	expect(run.status).toBe('success');
	return new WeakRef(run.items[0].json);
}

describe('Memory', () => {
	it.each([
		['query', { dateRange: 'last30Days', returnAll: true }],
		['record', { uniqueId: 'deal-1' }],
	] as const)('lets the rows of a %s go when the run is over', async (operation, parameters) => {
		expect(await isLetGo(await getRow(operation, parameters))).toBe(true);
	});
});
