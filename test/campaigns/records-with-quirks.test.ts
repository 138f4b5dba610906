import { QUIRK_KINDS, type QuirkKind } from '../../sandbox/server.mts';
import { chooseCount } from '../support/scale.mts';
import { inWords, LIMIT_MS, runCampaign } from './support/figures.mts';
import { type QuirkResult, recordWithQuirks } from './support/quirks.mts';

/** 500 show each quirk some times. */
const COUNT = chooseCount(500, 2_000);

describe.each<{ sales: string; uniqueId: boolean; unplayed: QuirkKind[] }>([
	{ sales: 'Records with unique IDs', uniqueId: true, unplayed: [] },
	{ sales: 'Records without unique IDs', uniqueId: false, unplayed: ['rewordDuplicate'] },
])('$sales, with every quirk and under faults', (plan) => {
	const { sales, uniqueId, unplayed } = plan;
	let result: QuirkResult;

	beforeAll(async () => {
		result = await runCampaign(
			{
				place: uniqueId ? 7 : 8,
				campaign: `${inWords(COUNT)} ${sales}, every quirk`,
				mustHold: '0 stored twice, lost, mixed up or silent',
			},
			async () => await recordWithQuirks({ count: COUNT, seed: 29, uniqueId }),
			({ stored, success, failed, violations }) => {
				const counted = Object.entries(violations).map(
					([name, { count }]) => `${name} (${inWords(count)})`,
				);
				return `${inWords(stored)} stored, ${inWords(success)} success, ${inWords(failed)} failed; ${counted.join('; ') || 'no violation'}`;
			},
		);
	}, LIMIT_MS);

	it('sends nothing malformed while every quirk is played', () => {
		const { counters } = result;
		expect(counters.refusedParameters).toEqual([]);
		expect([...Object.keys(counters.quirks), ...unplayed].sort()).toEqual([...QUIRK_KINDS].sort());
	});

	it('stores no sale twice, and loses none, mixes up none and leaves out none', () => {
		expect(result.violations).toEqual({});
	});
});
