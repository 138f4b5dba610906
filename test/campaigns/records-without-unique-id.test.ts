import { inWords, note } from './support/figures.mts';
import { expectTheTruth, recordUnderFaults } from './support/records.mts';

const COUNT = 10_000;
const LIMIT_MS = 600_000;

describe('recordings without unique IDs while CAKE fails in every way', () => {
	it(
		'are never stored twice, and none of 10,000 is silent',
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
			expectTheTruth(result);
			// By order ID and date, what CAKE stored is found: the rest is what it did not store.
			expect(success).toHaveLength(stored);
			expect(success.length + failed.length).toBe(COUNT);
			expect(result.kinds).toEqual({ unknownOutcome: failed.length });
			expect(failed.length).toBeLessThan(COUNT * 0.1);
			expect(result.reads).toBeLessThan(result.offers * 2);
		},
		LIMIT_MS,
	);

	it(
		'are told to be unclear where nothing can prove them stored',
		async () => {
			const result = await recordUnderFaults({
				count: 300,
				seed: 13,
				uniqueId: false,
				isTraceable: false,
			});
			expectTheTruth(result);
			expect(result.kinds).toEqual({ unknownOutcome: result.failed.length });
			expect(result.stored).toBeGreaterThan(result.success.length);
			expect(result.success.length + result.failed.length).toBe(300);
		},
		LIMIT_MS,
	);
});
