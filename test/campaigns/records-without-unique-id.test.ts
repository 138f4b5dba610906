import { chooseCount } from '../support/scale.mts';
import { inWords, LIMIT_MS, runCampaign } from './support/figures.mts';
import { expectTruth, recordUnderFaults } from './support/records.mts';

const COUNT = chooseCount(500, 10_000);
const UNTRACEABLE = chooseCount(100, 300);

describe('Record Conversion without unique IDs, under faults', () => {
	it(
		'stores no recording without a Unique ID twice under faults, and reports each of them',
		async () => {
			const result = await runCampaign(
				{
					place: 2,
					campaign: `${inWords(COUNT)} Records without unique IDs`,
					mustHold: '0 stored twice; stored + reported = all; none silent',
				},
				async () =>
					await recordUnderFaults({ count: COUNT, seed: 11, uniqueId: false, isTraceable: true }),
				({ storedTwice, success, failed, silent }) =>
					`${storedTwice} twice, ${inWords(success.length)} stored + ${inWords(failed.length)} reported = ${inWords(success.length + failed.length)}, ${silent.length} silent`,
			);
			const { stored, success, failed } = result;
			expectTruth(result);
			// Each stored sale is found by order ID and date. The others were not stored.
			expect(success).toHaveLength(stored);
			expect(success.length + failed.length).toBe(COUNT);
			expect(result.kinds).toEqual({ unknownOutcome: failed.length });
			expect(result.reads).toBeLessThan(result.offers * 2);
		},
		LIMIT_MS,
	);

	it(
		'reports recordings as unclear when nothing can prove that they were stored',
		async () => {
			const result = await recordUnderFaults({
				count: UNTRACEABLE,
				seed: 13,
				uniqueId: false,
				isTraceable: false,
			});
			expectTruth(result);
			expect(result.kinds).toEqual({ unknownOutcome: result.failed.length });
			expect(result.stored).toBeGreaterThan(result.success.length);
			expect(result.success.length + result.failed.length).toBe(UNTRACEABLE);
		},
		LIMIT_MS,
	);
});
