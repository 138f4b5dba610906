import { readAllPages } from '../../../../nodes/cake/paging/readAllPages';
import { SlowClock } from '../../../support/slow-clock.mts';

const ROWS = 600;
const LONGEST_BLOCK_MS = 60;

const clock = new SlowClock().use();

describe('the merge of pages', () => {
	it('leaves n8n’s event loop free', async () => {
		const all = Array.from({ length: ROWS }, (_, index) => ({ id: index + 1, row: {} }));
		const fetchPage = async (startAtRow: number, rowLimit: number) => ({
			conversions: all.slice(startAtRow - 1, startAtRow - 1 + rowLimit),
			total: ROWS,
		});
		const { conversions } = await readAllPages(fetchPage, { startAtRow: 1, pageSize: 3 });
		expect(conversions).toEqual(all);
		// Neighboring pages share a row.
		expect(clock.readings).toBeGreaterThanOrEqual(ROWS / 2 - 1);
		expect(clock.longestBlockMs).toBeLessThanOrEqual(LONGEST_BLOCK_MS);
	});
});
