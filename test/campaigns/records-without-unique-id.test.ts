import { inWords, note } from './support/figures.mts';
import { expectTruth, recordUnderFaults } from './support/records.mts';

const COUNT = 10_000;
const LIMIT_MS = 600_000;

describe('Record Conversion without unique IDs, under faults', () => {
	it(
		'stores none of 10,000 recordings twice, and reports each of them',
		async () => {
			const result = await recordUnderFaults({
				count: COUNT,
				seed: 11,
				uniqueId: false,
				isTraceable: true,
			});
			const { stored, storedTwice, success, failed, silent } = result;
			note({
				place: 2,
				campaign: '10,000 Records without unique IDs',
				mustHold: '0 stored twice; stored + reported = 10,000; none silent',
				measured: `${storedTwice} twice, ${inWords(success.length)} stored + ${inWords(failed.length)} reported = ${inWords(success.length + failed.length)}, ${silent.length} silent`,
				seconds: result.seconds,
			});
			expectTruth(result);
			// Each stored sale is found by order ID and date. The others were not stored.
			expect(success).toHaveLength(stored);
			expect(success.length + failed.length).toBe(COUNT);
			expect(result.kinds).toEqual({ unknownOutcome: failed.length });
			expect(failed.length).toBeLessThan(COUNT * 0.1);
			expect(result.reads).toBeLessThan(result.offers * 2);
		},
		LIMIT_MS,
	);

	it(
		'reports recordings as unclear when nothing can prove that they were stored',
		async () => {
			const result = await recordUnderFaults({
				count: 300,
				seed: 13,
				uniqueId: false,
				isTraceable: false,
			});
			expectTruth(result);
			expect(result.kinds).toEqual({ unknownOutcome: result.failed.length });
			expect(result.stored).toBeGreaterThan(result.success.length);
			expect(result.success.length + result.failed.length).toBe(300);
		},
		LIMIT_MS,
	);
});
