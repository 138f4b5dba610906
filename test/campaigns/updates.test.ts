import { inWords, note } from './support/figures.mts';
import { updateUnderFaults } from './support/updates.mts';

const CONVERSIONS = 100;
const CHANGES = 100;

describe('10,000 updates of 100 conversions while CAKE fails in every way', () => {
	it('leave each conversion with its last status, having kept its order', async () => {
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
		// The faults were there: changes that had been made were sent again.
		expect(result.applied).toBeGreaterThan(CONVERSIONS * CHANGES);
	}, 600_000);
});
