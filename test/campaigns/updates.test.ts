import { chooseCount } from '../support/scale.mts';
import { inWords, LIMIT_MS, runCampaign } from './support/figures.mts';
import { updateUnderFaults } from './support/updates.mts';

const CONVERSIONS = chooseCount(25, 100);
const CHANGES = chooseCount(20, 100);
const COUNT = CONVERSIONS * CHANGES;

describe('Update Conversion under faults', () => {
	it(
		'gives each conversion its changes in order under faults, and its last status',
		async () => {
			const result = await runCampaign(
				{
					place: 3,
					campaign: `${inWords(COUNT)} Updates, ${CONVERSIONS} conversions × ${CHANGES}`,
					mustHold: "each ends in its last input's status, order kept",
				},
				async () => await updateUnderFaults(CONVERSIONS, CHANGES, 17),
				({ wrongAtTheEnd, outOfOrder, itemsOut }) =>
					`${CONVERSIONS - wrongAtTheEnd.length} of ${CONVERSIONS} right, ${outOfOrder.length} out of order, ${inWords(itemsOut.length)} items out`,
			);
			const { wrongAtTheEnd, outOfOrder, itemsOut, refusedParameters } = result;
			expect({ wrongAtTheEnd, outOfOrder, refusedParameters }).toEqual({
				wrongAtTheEnd: [],
				outOfOrder: [],
				refusedParameters: [],
			});
			expect(itemsOut).toEqual(Array.from({ length: COUNT }, (_, index) => index));
			// The faults took effect: some changes that CAKE had made were sent again.
			expect(result.applied).toBeGreaterThan(COUNT);
		},
		LIMIT_MS,
	);
});
