import { chooseCount } from '../../support/scale.mts';
import { inWords, LIMIT_MS, runCampaign } from '../../campaigns/support/figures.mts';
import { reconcileRandomLists } from '../../campaigns/support/reconcile.mts';

const LISTS = chooseCount(60, 5_000);

describe('Reconcile Conversions of random lists', () => {
	it(
		'gives every line the result of a naive model, and writes nothing',
		async () => {
			const result = await runCampaign(
				{
					place: 11,
					campaign: `${inWords(LISTS)} random lists against random accounts, reconciled`,
					mustHold: 'every result equal to a naive model’s; no write',
				},
				async () => await reconcileRandomLists(LISTS, 23),
				({ results, wrong, writes }) => {
					const items = Object.values(results).reduce((sum, count) => sum + count, 0);
					return `${inWords(items)} results, ${wrong.length} lists wrong; ${writes} writes`;
				},
			);
			expect(result).toMatchObject({ wrong: [], writes: 0, refusedParameters: [] });
			// Every rule took effect.
			expect(Object.keys(result.results).sort()).toEqual([
				...['ambiguous', 'amountDiffers', 'change', 'notChangedBack', 'notInCake', 'notInList'],
				...['repeatedInList', 'unchanged', 'unclearDecision'],
			]);
		},
		LIMIT_MS,
	);
});
