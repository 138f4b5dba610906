import { chooseCount } from '../support/scale.mts';
import { cancelInTheMiddle, MAX_CONCURRENT } from './support/cancel.mts';
import { inWords, LIMIT_MS, percent, runCampaign } from './support/figures.mts';
import { recordAtLimiter } from './support/limiter.mts';

// How well the node uses a limit is asserted in simulated time: test/unit/cake/transport/throttling.
describe('Record Conversion', () => {
	it.each([
		{ place: 4.1, refusal: 'retryAfter', words: 'HTTP 429 and Retry-After' },
		{ place: 4.2, refusal: 'bare', words: 'HTTP 429 without Retry-After' },
		{ place: 4.3, refusal: 'restricted', words: '"Restricted"' },
		{ place: 4.4, refusal: 'retryAfter', words: 'half for another client', otherPerSecond: 25 },
	] as const)(
		'loses no sale at a limit of 50 requests a second ($words)',
		async ({ place, words, ...limit }) => {
			const count = chooseCount(100, 500);
			const { stored, run } = await runCampaign(
				{
					place,
					campaign: `${count} Records, 50 requests a second allowed (${words})`,
					mustHold: 'none lost',
				},
				async () => await recordAtLimiter(count, { perSecond: 50, ...limit }),
				(result) =>
					`${count - result.stored} lost; ${percent(result.refused)} refused, ${percent(result.used)} used`,
			);
			expect([stored, run.items.length, run.errorItems]).toEqual([count, count, []]);
		},
		LIMIT_MS,
	);
});

describe('Record Conversion, when it is stopped by hand', () => {
	it(
		'sends nothing after a stop by hand, awaits its writes, and logs how many were stored',
		async () => {
			const count = chooseCount(500, 2_000);
			const result = await runCampaign(
				{
					place: 5,
					campaign: `Cancel in the middle of ${inWords(count)} Records`,
					mustHold: "nothing new, writes answered, log's count = server's",
				},
				async () => await cancelInTheMiddle(count),
				({ after, unanswered, logged, stored }) =>
					`${after} on the wire, ${unanswered} unanswered, log ${inWords(logged ?? -1)} = server ${inWords(stored)}`,
			);
			const { stored, logged, logLine, after, unanswered, run } = result;
			expect(unanswered).toBe(0);
			expect(after).toBeLessThan(MAX_CONCURRENT);
			expect(stored).toBeGreaterThanOrEqual(count / 2);
			expect(stored).toBeLessThan(count);
			expect(logged).toBe(stored);
			expect(logLine).toContain(`${count - stored} not sent`);
			expect(logLine).toContain('Send again only the items that failed or were not sent');
			expect(run.status).toBe('canceled');
		},
		LIMIT_MS,
	);
});
