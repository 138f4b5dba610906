import { useCake } from '../../support/cake.mts';

const ROWS = 600;
const cake = useCake({ rows: ROWS, days: 20, latencyMs: 150 });
const all = { dateRange: 'last30Days', returnAll: true };

describe('parallel pages', () => {
	it('requests eight pages at once after the first page has given the total', async () => {
		let afterFirst = 0;
		cake.sandbox.onQuery((_, { page }) => {
			if (page === 2) afterFirst = cake.sandbox.log.filter(({ answered }) => answered).length;
		});
		const run = await cake.query({ ...all, options: { pageSize: 20 } });
		expect(run.items).toHaveLength(ROWS);
		expect([cake.sandbox.counters.maxInFlight, afterFirst]).toEqual([8, 1]);
	});

	it.each([1, 3])('requests at most Max Concurrent pages at once: %i', async (maxConcurrent) => {
		const items = [{}, {}];
		const options = { pageSize: 50, maxConcurrent };
		const run = await cake.query({ ...all, options }, { items });
		expect(run.items).toHaveLength(2 * ROWS);
		expect(cake.sandbox.counters.maxInFlight).toBe(maxConcurrent);
	});
});
