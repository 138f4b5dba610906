import { inWords, note } from './support/figures.mts';
import { expectTruth, recordUnderFaults } from './support/records.mts';

const COUNT = 10_000;
const LIMIT_MS = 600_000;

const inOrder = Array.from({ length: COUNT }, (_, index) => index);
describe('Record Conversion with unique IDs, under faults', () => {
	it(
		'stores each of 10,000 recordings once, and passes them on in order',
		async () => {
			const result = await recordUnderFaults({
				count: COUNT,
				seed: 7,
				uniqueId: true,
				isTraceable: true,
			});
			const { stored, storedTwice, success, failed } = result;
			note({
				place: 1,
				campaign: '10,000 Records with unique IDs',
				mustHold: '10,000 stored, each once, 10,000 items out in order',
				measured: `${inWords(stored)} stored, ${storedTwice} twice, ${inWords(success.length)} items out, ${failed.length} failed`,
				seconds: result.seconds,
			});
			expectTruth(result);
			expect([stored, failed]).toEqual([COUNT, []]);
			expect(success).toEqual(inOrder);
			expect(result.reads).toBeLessThan(result.offers * 2);
		},
		LIMIT_MS,
	);
});
