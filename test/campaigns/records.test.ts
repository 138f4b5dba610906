import { chooseCount } from '../support/scale.mts';
import { inWords, LIMIT_MS, runCampaign } from './support/figures.mts';
import { expectTruth, recordUnderFaults } from './support/records.mts';

const COUNT = chooseCount(500, 10_000);

const inOrder = Array.from({ length: COUNT }, (_, index) => index);
describe('Record Conversion with unique IDs, under faults', () => {
	it(
		'stores each recording once under faults, and passes them on in order',
		async () => {
			const result = await runCampaign(
				{
					place: 1,
					campaign: `${inWords(COUNT)} Records with unique IDs`,
					mustHold: 'all stored, each once, as many items out in order',
				},
				async () =>
					await recordUnderFaults({ count: COUNT, seed: 7, uniqueId: true, isTraceable: true }),
				({ stored, storedTwice, success, failed }) =>
					`${inWords(stored)} stored, ${storedTwice} twice, ${inWords(success.length)} items out, ${failed.length} failed`,
			);
			const { stored, success, failed } = result;
			expectTruth(result);
			expect([stored, failed]).toEqual([COUNT, []]);
			expect(success).toEqual(inOrder);
			expect(result.reads).toBeLessThan(result.offers * 2);
		},
		LIMIT_MS,
	);
});
