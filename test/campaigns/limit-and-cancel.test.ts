import { cancelInTheMiddle } from './support/cancel.mts';
import { inWords, note, percent } from './support/figures.mts';
import { recordAtLimiter } from './support/limiter.mts';

const LIMIT_MS = 600_000;

describe('Record Conversion, at a limit of 50 requests a second', () => {
	it(
		'obeys a limit of 50 requests a second after ten seconds, and loses no sale',
		async () => {
			const result = await recordAtLimiter(1_200, {
				perSecond: 50,
				refusal: 'retryAfter',
				warmUpMs: 10_000,
			});
			const { stored, refused, used } = result;
			note({
				place: 4,
				campaign: '1,200 Records, 50 requests a second allowed',
				mustHold: 'none lost; after 10 s ≤ 10 % refused, ≥ 80 % used',
				measured: `${1_200 - stored} lost, ${percent(refused)} refused, ${percent(used)} used`,
				seconds: result.seconds,
			});
			expect([stored, result.run.items.length, result.run.errorItems]).toEqual([1_200, 1_200, []]);
			expect(refused).toBeLessThanOrEqual(0.1);
			expect(used).toBeGreaterThanOrEqual(0.8);
		},
		LIMIT_MS,
	);

	it.each([
		{ place: 4.1, refusal: 'retryAfter', words: 'HTTP 429 and Retry-After' },
		{ place: 4.2, refusal: 'bare', words: 'HTTP 429 without Retry-After' },
		{ place: 4.3, refusal: 'restricted', words: '"Restricted"' },
	] as const)(
		'is refused little from the first second, by $words, and loses no sale',
		async ({ place, refusal, words }) => {
			const result = await recordAtLimiter(500, { perSecond: 50, refusal });
			note({
				place,
				campaign: `500 Records, 50 requests a second allowed, then ${words}`,
				mustHold: 'none lost; ≤ 12 % refused from the first second',
				measured: `${500 - result.stored} lost, ${percent(result.refused)} refused`,
				seconds: result.seconds,
			});
			expect([result.stored, result.run.errorItems]).toEqual([500, []]);
			expect(result.refused).toBeGreaterThan(0);
			expect(result.refused).toBeLessThanOrEqual(0.12);
		},
		LIMIT_MS,
	);

	it(
		'gets its half of a limit that another client shares, and loses no sale',
		async () => {
			const shared = { perSecond: 50, otherPerSecond: 25 };
			const result = await recordAtLimiter(500, { ...shared, refusal: 'retryAfter' });
			note({
				place: 4.4,
				campaign: '500 Records, 50 requests a second allowed, 25 used by another client',
				mustHold: 'none lost; ≤ 10 % refused, ≥ 80 % of what the other client got',
				measured: `${percent(result.refused)} refused, ${percent(500 / result.taken)}; ${percent(result.used)} of the rest used`,
				seconds: result.seconds,
			});
			expect([result.stored, result.run.errorItems]).toEqual([500, []]);
			expect(result.refused).toBeLessThanOrEqual(0.1);
			expect(500 / result.taken).toBeGreaterThanOrEqual(0.8);
		},
		LIMIT_MS,
	);
});

describe('Record Conversion, when it is stopped by hand', () => {
	it(
		'sends nothing after a stop by hand, awaits its writes, and logs how many were stored',
		async () => {
			const count = 2_000;
			const result = await cancelInTheMiddle(count);
			const { stored, logged, logLine, after, unanswered, run } = result;
			note({
				place: 5,
				campaign: 'Cancel in the middle of 2,000 Records',
				mustHold: "nothing new, writes answered, log's count = server's",
				measured: `${after} after the signal, ${unanswered} unanswered, log ${inWords(logged ?? -1)} = server ${inWords(stored)}`,
				seconds: result.seconds,
			});
			expect([after, unanswered]).toEqual([0, 0]);
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
