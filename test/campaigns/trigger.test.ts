import { Clock } from '../support/clock.mts';
import { chooseCount } from '../support/scale.mts';
import { inWords, LIMIT_MS, runCampaign } from './support/figures.mts';
import { pollUnderFaults, type TriggerPlan } from './support/trigger.mts';

const POLLS = chooseCount(100, 500);
const START = '2026-08-01T22:10:00Z';
const clock = new Clock(START).use();

type Case = Pick<TriggerPlan, 'seed' | 'isDurable' | 'statuses' | 'timeZone'>;
const CASES: Case[] = [
	{ seed: 32, isDurable: false, statuses: ['rejected', 'pending'], timeZone: 'Etc/GMT+12' },
	{ seed: 33, isDurable: false, statuses: [], timeZone: 'Pacific/Kiritimati' },
	{ seed: 34, isDurable: true, statuses: [], timeZone: 'Pacific/Kiritimati' },
	{ seed: 35, isDurable: true, statuses: ['rejected', 'pending'], timeZone: 'America/New_York' },
];

describe('CAKE Conversions Trigger, with failures, restarts and new days', () => {
	it.each(CASES)(
		'announces every entry that lasts to the next good poll, once (seed $seed, durable: $isDurable, $statuses)',
		async (plan) => {
			clock.set(START);
			const mode = plan.isDurable ? 'durable cursors' : "n8n's defaults";
			const result = await runCampaign(
				{
					place: plan.seed,
					campaign: `${POLLS} polls (${plan.statuses.join(', ') || 'new'}; ${mode}; seed ${plan.seed})`,
					mustHold: 'every entry that lasts to a good poll, once',
				},
				async () => await pollUnderFaults({ ...plan, polls: POLLS, clock }),
				({ counted, wrong, memorySize }) =>
					`${inWords(counted.announced)} of ${inWords(counted.entries)} announced, ${wrong.length} polls wrong; ${counted.failed} polls failed, ${counted.restarts} restarts, ${counted.overlaps} overlaps, ${counted.days} days; ${counted.backTooSoon} back too soon, ${counted.forgotten} forgotten, ${counted.vanished} times most of CAKE's list gone and ${counted.doubts} doubts, ${counted.hiddenByRestart} hidden by a restart; memory ${memorySize} bytes`,
			);
			const { wrong, counted, refusedParameters, memorySize } = result;
			expect(wrong).toEqual([]);
			expect(counted.announced).toBe(counted.entries);
			expect(refusedParameters).toEqual([]);
			// Enough events of each kind happened.
			expect(counted.entries).toBeGreaterThan(chooseCount(10, 80));
			expect(counted.failed).toBeGreaterThan(chooseCount(3, 30));
			expect(counted.restarts).toBeGreaterThan(chooseCount(0, 8));
			expect(counted.days).toBeGreaterThan(chooseCount(3, 30));
			expect(counted.vanished).toBeGreaterThan(chooseCount(0, 8));
			if (plan.statuses.length > 0) {
				expect(counted.forgotten).toBeGreaterThan(chooseCount(3, 30));
				expect(counted.doubts).toBeGreaterThan(chooseCount(0, 3));
			}
			if (plan.isDurable) expect(counted.hiddenByRestart).toBe(0);
			expect(memorySize).toBeLessThan(2000);
		},
		LIMIT_MS,
	);
});
