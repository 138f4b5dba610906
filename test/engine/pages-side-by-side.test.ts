import { sleep } from 'n8n-workflow';
import { readAll } from '../../nodes/cake/pages';
import { useCake } from '../support/cake.mts';

const ROWS = 600;
const cake = useCake({ rows: ROWS, days: 20, latencyMs: 150 });
const all = { dateRange: 'last30Days', returnAll: true };

describe('Pages side by side', () => {
	it('are eight at once after the first, which tells how many there are', async () => {
		let afterFirst = 0;
		cake.sandbox.onQuery((_, { page }) => {
			if (page === 2) afterFirst = cake.sandbox.log.filter(({ answered }) => answered).length;
		});
		const run = await cake.query({ ...all, options: { pageSize: 20 } });
		expect(run.items).toHaveLength(ROWS);
		expect([cake.sandbox.counters.maxInFlight, afterFirst]).toEqual([8, 1]);
	});

	it.each([1, 3])('are never more than Max Concurrent allows: %i', async (maxConcurrent) => {
		const items = [{}, {}];
		const options = { pageSize: 50, maxConcurrent };
		const run = await cake.query({ ...all, options }, { items });
		expect(run.items).toHaveLength(2 * ROWS);
		expect(cake.sandbox.counters.maxInFlight).toBe(maxConcurrent);
	});

	it('are fewer at once when the server slows down', async () => {
		const count = 15 * 9;
		let inFlight = 0;
		const seen: number[] = [];
		const fetchPage = async (startAtRow: number, rowLimit: number) => {
			seen.push(++inFlight);
			// Quick for the first page; for those asked for at once it takes long.
			await sleep(startAtRow === 1 ? 5 : 550);
			inFlight--;
			const size = Math.max(0, Math.min(rowLimit, count + 1 - startAtRow));
			const rows = Array.from({ length: size }, (_, index) => ({
				conversion_id: startAtRow + index,
			}));
			return { rows, total: count };
		};
		const { rows } = await readAll(fetchPage, { startAtRow: 1, pageSize: 10 });
		expect(rows).toHaveLength(count);
		expect(seen.slice(0, 9)).toEqual([1, 1, 2, 3, 4, 5, 6, 7, 8]);
		// When a page is no quicker on its own, there were not too many: slowly more again.
		expect(seen.slice(9)).toEqual([1, 1, 1, 1, 1, 2]);
	});
});
