import { inWords, note } from './support/figures.mts';
import { COUNT, type QuirkResult, recordWithQuirks } from './support/quirks.mts';
import { QUIRK_KINDS, type QuirkKind } from '../../sandbox/server.mts';

const LIMIT_MS = 600_000;

describe.each<{ sales: string; uniqueId: boolean; unplayed: QuirkKind[] }>([
	{ sales: 'Records with unique IDs', uniqueId: true, unplayed: [] },
	{ sales: 'Records without unique IDs', uniqueId: false, unplayed: ['rewordDuplicate'] },
])('$sales, with every quirk and under faults', (plan) => {
	const { sales, uniqueId, unplayed } = plan;
	let result: QuirkResult;

	beforeAll(async () => {
		result = await recordWithQuirks({ count: COUNT, seed: 29, uniqueId });
		const { stored, success, failed, seconds } = result;
		const violations = Object.entries(result.violations);
		const counted = violations.map(([name, { count }]) => `${name} (${inWords(count)})`);
		note({
			place: uniqueId ? 7 : 8,
			campaign: `${inWords(COUNT)} ${sales}, every quirk`,
			mustHold: '0 stored twice, lost, mixed up or silent',
			measured: `${inWords(stored)} stored, ${inWords(success)} success, ${inWords(failed)} failed; ${counted.join('; ') || 'no violation'}`,
			seconds,
		});
	}, LIMIT_MS);

	it('sends nothing malformed while every quirk is played', () => {
		const { run, counters } = result;
		expect(run.error).toBeUndefined();
		expect(counters.refusedParameters).toEqual([]);
		expect([...Object.keys(counters.quirks), ...unplayed].sort()).toEqual([...QUIRK_KINDS].sort());
	});

	it('stores no sale twice, and loses none, mixes up none and leaves out none', () => {
		expect(result.violations).toEqual({});
	});
});
