import fc from 'fast-check';
import { inWords, note } from '../../campaigns/support/figures.mts';
import { compareCpuTime } from '../../support/cpu-time.mts';
import {
	getNextCounter,
	getCounter,
	decodeIds,
	encodeIds,
	fromStored,
	isSameMemory,
	toStored,
	UnusableSnapshot,
	type Snapshot,
} from '../../../nodes/CakeConversionsTrigger/snapshot';

const LARGEST = Number.MAX_SAFE_INTEGER;
/** IDs of every magnitude: most of those drawn evenly would have 16 digits. */
const id = fc.oneof(
	fc.integer({ min: 1, max: 300 }),
	fc.integer({ min: 4_400_000, max: 4_900_000 }),
	fc.maxSafeNat().map((n) => n + Number(n === 0)),
	fc.integer({ min: 0, max: 52 }).map((n) => 2 ** n),
	fc.integer({ min: 1, max: 53 }).map((n) => 2 ** n - 1),
);
const ids = fc.array(id, { maxLength: 60 });

const ascending = (values: Iterable<number>) => [...new Set(values)].sort((a, b) => a - b);

describe('encodeIds and decodeIds', () => {
	it('give the IDs back ascending and once each, in whatever order they came', () => {
		fc.assert(
			fc.property(ids, (given) => {
				expect(decodeIds(encodeIds(given))).toEqual(ascending(given));
			}),
			{ numRuns: 1000 },
		);
	});

	it.each([[[]], [[1]], [[LARGEST]], [[1, LARGEST]], [[LARGEST - 1, LARGEST]], [[7, 7, 7]]])(
		'give back %j',
		(given: number[]) => {
			expect(decodeIds(encodeIds(given))).toEqual(ascending(given));
			expect(decodeIds(encodeIds(new Set(given)))).toEqual(ascending(given));
		},
	);

	it('write the same text for the same IDs', () => {
		fc.assert(
			fc.property(ids, (given) => {
				expect(encodeIds([...given].reverse().concat(given))).toBe(encodeIds(given));
			}),
		);
	});

	it('write decimal numbers that a letter ends', () => {
		expect(encodeIds([1009, 7, 8])).toBe('ha100a');
		expect(encodeIds([4_400_003, 4_400_021])).toBe('440000d1h');
	});

	it.each(['5', '5a5', 'A', '5k', ' 5a', '-5a', '0x1a', '1.5a', '5a,', 'ä', '900719925474099c'])(
		'refuse %j instead of misreading it',
		(text) => {
			expect(() => decodeIds(text)).toThrow(UnusableSnapshot);
		},
	);

	it('read any text as ascending IDs, or refuse it', () => {
		const digits = fc.string({
			unit: fc.constantFrom(...'0123456789abcdefghijk-. '),
			maxLength: 40,
		});
		fc.assert(
			fc.property(fc.oneof(digits, fc.string()), (text) => {
				let read: number[];
				try {
					read = decodeIds(text);
				} catch (error) {
					expect(error).toBeInstanceOf(UnusableSnapshot);
					return;
				}
				expect(read).toEqual(ascending(read));
				expect(read.every(Number.isSafeInteger)).toBe(true);
			}),
			{ numRuns: 2000 },
		);
	});

	it('need at most 4 bytes for each ID after the first at a mean gap of 1,000, whatever the gaps', () => {
		const gap = fc.oneof(
			fc.integer({ min: 1, max: 10_000 }),
			fc.nat().map((n) => n + 1),
		);
		fc.assert(
			fc.property(
				id.filter((first) => first < 1e15),
				fc.array(gap, { minLength: 1 }),
				(first, gaps) => {
					let last = first;
					const given = [first, ...gaps.map((size) => (last += size))];
					const meanGap = (last - first) / gaps.length;
					const size = encodeIds(given).length - encodeIds([first]).length;
					expect(size / gaps.length).toBeLessThanOrEqual(4 + Math.log10(meanGap / 1000) + 1e-9);
				},
			),
			{ numRuns: 1000 },
		);
	});
});

const day = fc
	.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
	.map((date) => date.toISOString().slice(0, 10));
const count = fc.maxSafeNat().map((n) => n + Number(n === 0));
const list = fc
	.record(
		{ seenIds: ids, missingIds: ids, doubtedSince: count, pollsToLearn: count },
		{ requiredKeys: ['seenIds', 'missingIds'] },
	)
	.map(({ seenIds, missingIds, ...rest }) => ({
		...rest,
		seenIds: new Set([...seenIds, ...missingIds]),
		missingIds: new Set(missingIds),
	}));
const snapshot: fc.Arbitrary<Snapshot> = fc.record(
	{
		scope: fc.string(),
		counter: fc.maxSafeNat(),
		from: day,
		isNarrower: fc.constant(true as const),
		polledOn: day,
		lists: fc.dictionary(fc.constantFrom('all', 'approved', 'pending', 'rejected'), list, {
			noNullPrototype: true,
		}),
	},
	{ requiredKeys: ['scope', 'counter', 'from', 'polledOn', 'lists'] },
);

const EMPTY = { seenIds: '', missingIds: '' };

/** What a database column does to it. */
const saved = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

function readOrRefuse(value: unknown): Snapshot | undefined | 'refused' {
	try {
		return fromStored(value);
	} catch (error) {
		expect(error).toBeInstanceOf(UnusableSnapshot);
		return 'refused';
	}
}

const SAMPLE: Snapshot = {
	scope: '{"host":"x.example","event":"statusChange","statuses":["rejected"],"filters":{}}',
	counter: 12,
	from: '2026-10-23',
	isNarrower: true,
	polledOn: '2026-11-22',
	lists: {
		pending: {
			seenIds: new Set([4_400_003, 4_400_021, 4_401_190]),
			missingIds: new Set([4_400_021]),
		},
		rejected: {
			seenIds: new Set([4_400_001, 4_400_777]),
			missingIds: new Set(),
			doubtedSince: Date.parse('2026-11-22T10:00:00Z'),
			pollsToLearn: 2,
		},
	},
};

describe('stored memory', () => {
	it('comes back as it was', () => {
		fc.assert(
			fc.property(snapshot, (given) => {
				expect(fromStored(saved(toStored(given)))).toEqual(given);
			}),
		);
	});

	it('is ASCII', () => {
		fc.assert(
			fc.property(snapshot, (given) => {
				expect(JSON.stringify(toStored({ ...given, scope: 'scope' }))).toMatch(/^[ -~]*$/);
			}),
		);
	});

	it('is the same where only the counter differs', () => {
		fc.assert(
			fc.property(snapshot, fc.maxSafeNat(), (given, counter) => {
				expect(isSameMemory(saved(toStored(given)), toStored({ ...given, counter }))).toBe(true);
			}),
		);
	});

	it.each<[string, Partial<Snapshot>]>([
		['scope', { scope: 'other' }],
		['first day', { from: '2026-10-24' }],
		['narrower window', { isNarrower: undefined }],
		['day of the poll', { polledOn: '2026-11-23' }],
		['lists', { lists: {} }],
		[
			'seen IDs',
			{ lists: { ...SAMPLE.lists, pending: { seenIds: new Set([1]), missingIds: new Set() } } },
		],
	])('is not the same where the %s differs', (_, more) => {
		expect(isSameMemory(toStored(SAMPLE), toStored({ ...SAMPLE, ...more }))).toBe(false);
	});

	it('is refused without any member that it needs', () => {
		const stored = saved(toStored(SAMPLE)) as Record<string, unknown>;
		for (const name of Object.keys(stored).filter((member) => member !== 'isNarrower')) {
			const rest = Object.entries(stored).filter(([member]) => member !== name);
			expect(() => fromStored(Object.fromEntries(rest))).toThrow('is not in a form it knows');
		}
	});

	it.each([undefined, null])('is none where %s is stored', (value) => {
		expect(fromStored(value)).toBeUndefined();
	});

	it.each([
		['text', 'memory'],
		['a number', 7],
		['true', true],
		['a list', []],
		['an empty object', {}],
		['that of another node', { lastItemDate: '2026-11-22T00:00:00Z' }],
		['an older version', { ...toStored(SAMPLE), version: 0 }],
		['a list that is none', { ...toStored(SAMPLE), lists: { rejected: null } }],
		['lists in a list', { ...toStored(SAMPLE), lists: [] }],
		['a day that is none', { ...toStored(SAMPLE), from: 'yesterday' }],
		['a doubt since nothing', { ...toStored(SAMPLE), lists: { a: { ...EMPTY, doubtedSince: 0 } } }],
		['polls as text', { ...toStored(SAMPLE), lists: { a: { ...EMPTY, pollsToLearn: '2' } } }],
		['half a counter', { ...toStored(SAMPLE), counter: 1.5 }],
		['IDs that are none', { ...toStored(SAMPLE), lists: { a: { ...EMPTY, seenIds: '12' } } }],
	])('is refused where it is %s', (_, value) => {
		expect(() => fromStored(value)).toThrow(
			expect.objectContaining({ message: 'is not in a form it knows' }) as Error,
		);
		expect(readOrRefuse(value)).toBe('refused');
	});

	it('is refused as newer where a newer version wrote it, whatever its form', () => {
		expect(() => fromStored({ version: 2, days: {} })).toThrow(
			'was written by a newer version of this node',
		);
	});

	it('is read or refused whatever is stored, and has a counter or none', () => {
		fc.assert(
			fc.property(fc.anything(), (value) => {
				readOrRefuse(value);
				const counter = getCounter(value);
				expect(['number', 'undefined']).toContain(typeof counter);
			}),
		);
	});
});

describe('the counter', () => {
	it.each([
		[undefined, 1],
		[0, 1],
		[41, 42],
		[LARGEST - 1, LARGEST],
		[LARGEST, 1],
		[1e300, 1],
		[-1e300, 1],
		[Infinity, 1],
		[1.5, 1],
	])('after %s is %s', (counter, next) => {
		expect(getNextCounter(counter)).toBe(next);
	});

	it('always moves, and to one that can be stored', () => {
		fc.assert(
			fc.property(fc.double({ noNaN: true }), (counter) => {
				const next = getNextCounter(counter);
				expect(next).not.toBe(counter);
				expect(fromStored(toStored({ ...SAMPLE, counter: next }))?.counter).toBe(next);
			}),
		);
	});
});

describe('the size and speed of memory', () => {
	const COUNT = 100_000;

	/** The same sequence every time, so that the figures can be compared. */
	function spread(meanGap: number): number[] {
		let state = 12_345;
		let last = 4_400_000;
		return Array.from({ length: COUNT }, () => {
			state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
			last += 1 + Math.floor((state / 2 ** 32) * (2 * meanGap - 1));
			return last;
		});
	}

	it.each([1, 30, 1000])('100,000 conversions with a mean gap of %d', (meanGap) => {
		const start = performance.now();
		const given = spread(meanGap);
		const shuffled = given.map((_, i) => given[(i * 7919) % COUNT]);
		const text = encodeIds(given);
		const toSet = () => new Set(shuffled);
		const encode = compareCpuTime(() => encodeIds(shuffled), toSet);
		const decode = compareCpuTime(() => decodeIds(text), toSet);
		const whole: Snapshot = {
			...SAMPLE,
			lists: { all: { seenIds: new Set(given), missingIds: new Set() } },
		};
		const stored = toStored(whole);
		const size = JSON.stringify(stored).length;
		const poll = compareCpuTime(() => fromStored(toStored(whole)), toSet);
		const inMs = (...all: Array<{ milliseconds: number }>) =>
			all.map(({ milliseconds }) => milliseconds.toFixed(1)).join(' and ');
		note({
			place: 20 + meanGap,
			campaign: `Memory of ${inWords(COUNT)} conversions, mean gap ${meanGap}`,
			mustHold: '≤ 4 bytes each; encode, decode ≤ 10 times a Set of them',
			measured: `${(size / COUNT).toFixed(2)} bytes, ${encode.ratio.toFixed(1)} and ${decode.ratio.toFixed(1)} times (${inMs(encode, decode)} ms; all of a poll: ${inMs(poll)} ms)`,
			seconds: (performance.now() - start) / 1000,
		});
		expect(decodeIds(encodeIds(shuffled))).toEqual(given);
		expect(size / COUNT).toBeLessThanOrEqual(4);
		expect(encode.ratio).toBeLessThan(10);
		expect(decode.ratio).toBeLessThan(10);
	});
});
