import { inWords, note } from './support/figures.mts';
import { updateUnderFaults } from './support/updates.mts';

const CONVERSIONS = 100;
const CHANGES = 100;

describe('Update Conversion under faults', () => {
	it('gives each of 100 conversions its 100 changes in order, and its last status', async () => {
		const result = await updateUnderFaults(CONVERSIONS, CHANGES, 17);
		const { run, wrongAtTheEnd, outOfOrder, itemsOut, refusedParameters } = result;
		note({
			place: 3,
			campaign: '10,000 Updates, 100 conversions × 100',
			mustHold: "each ends in its last input's status, order kept",
			measured: `${CONVERSIONS - wrongAtTheEnd.length} of ${CONVERSIONS} right, ${outOfOrder.length} out of order, ${inWords(itemsOut.length)} items out`,
			seconds: result.seconds,
		});
		expect(run.error).toBeUndefined();
		expect({ wrongAtTheEnd, outOfOrder, refusedParameters }).toEqual({
			wrongAtTheEnd: [],
			outOfOrder: [],
			refusedParameters: [],
		});
		expect(itemsOut).toEqual(Array.from({ length: CONVERSIONS * CHANGES }, (_, index) => index));
		// The faults took effect: some changes that CAKE had made were sent again.
		expect(result.applied).toBeGreaterThan(CONVERSIONS * CHANGES);
	}, 600_000);
});
