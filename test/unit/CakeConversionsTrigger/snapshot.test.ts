import fc from 'fast-check';
import { chooseCount } from '../../support/scale.mts';
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
/** IDs of every magnitude. Drawn evenly, most would have 16 digits. */
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
	it('restores encoded IDs ascending and once each, in any order of input', () => {
		fc.assert(
			fc.property(ids, (given) => {
				expect(decodeIds(encodeIds(given))).toEqual(ascending(given));
			}),
			{ numRuns: chooseCount(250, 1_000) },
		);
	});

	it.each([[[]], [[1]], [[LARGEST]], [[1, LARGEST]], [[LARGEST - 1, LARGEST]], [[7, 7, 7]]])(
		'restores %j ascending and once each',
		(given: number[]) => {
			expect(decodeIds(encodeIds(given))).toEqual(ascending(given));
			expect(decodeIds(encodeIds(new Set(given)))).toEqual(ascending(given));
		},
	);

	it('encodes the same IDs as the same text', () => {
		fc.assert(
			fc.property(ids, (given) => {
				expect(encodeIds([...given].reverse().concat(given))).toBe(encodeIds(given));
			}),
		);
	});

	it('encodes decimal numbers that each end in a letter', () => {
		expect(encodeIds([1009, 7, 8])).toBe('ha100a');
		expect(encodeIds([4_400_003, 4_400_021])).toBe('440000d1h');
	});

	it.each(['5', '5a5', 'A', '5k', ' 5a', '-5a', '0x1a', '1.5a', '5a,', 'ä', '900719925474099c'])(
		'refuses to decode %j',
		(text) => {
			expect(() => decodeIds(text)).toThrow(UnusableSnapshot);
		},
	);

	it('decodes any text as ascending IDs or refuses it', () => {
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
			{ numRuns: chooseCount(500, 2_000) },
		);
	});

	it('needs at most 4 bytes for each ID after the first at a mean gap of 1,000', () => {
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
			{ numRuns: chooseCount(250, 1_000) },
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

/** A value as n8n's database gives it back. */
const saved = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

function readOrRefuse(value: unknown): Snapshot | undefined | 'refused' {
	try {
		return fromStored(value);
	} catch (error) {
		expect(error).toBeInstanceOf(UnusableSnapshot);
		return 'refused';
	}
}

const NOT_NARROWER: Snapshot = {
	scope: '{"host":"x.example","event":"statusChange","statuses":["rejected"],"filters":{}}',
	counter: 12,
	from: '2026-10-23',
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

const SAMPLE: Snapshot = { ...NOT_NARROWER, isNarrower: true };

describe('stored memory', () => {
	it('restores every snapshot as it was', () => {
		fc.assert(
			fc.property(snapshot, (given) => {
				expect(fromStored(saved(toStored(given)))).toEqual(given);
			}),
		);
	});

	it('consists of ASCII', () => {
		fc.assert(
			fc.property(snapshot, (given) => {
				expect(JSON.stringify(toStored({ ...given, scope: 'scope' }))).toMatch(/^[ -~]*$/);
			}),
		);
	});

	it('counts as the same when only the counter differs', () => {
		fc.assert(
			fc.property(snapshot, fc.maxSafeNat(), (given, counter) => {
				expect(isSameMemory(saved(toStored(given)), toStored({ ...given, counter }))).toBe(true);
			}),
		);
	});

	const otherIds = { seenIds: new Set([1]), missingIds: new Set<number>() };
	it.each<[string, Snapshot]>([
		['scope', { ...SAMPLE, scope: 'other' }],
		['first day', { ...SAMPLE, from: '2026-10-24' }],
		['narrower window', NOT_NARROWER],
		['day of the poll', { ...SAMPLE, polledOn: '2026-11-23' }],
		['lists', { ...SAMPLE, lists: {} }],
		['seen IDs', { ...SAMPLE, lists: { ...SAMPLE.lists, pending: otherIds } }],
	])('counts as another one when it differs in the %s', (_, other) => {
		expect(isSameMemory(toStored(SAMPLE), toStored(other))).toBe(false);
	});

	it('is refused when it lacks a member that it needs', () => {
		const stored = saved(toStored(SAMPLE)) as Record<string, unknown>;
		for (const name of Object.keys(stored).filter((member) => member !== 'isNarrower')) {
			const rest = Object.entries(stored).filter(([member]) => member !== name);
			expect(() => fromStored(Object.fromEntries(rest))).toThrow('is not in a form it knows');
		}
	});

	it.each([undefined, null])('is absent when %s is stored', (value) => {
		expect(fromStored(value)).toBeUndefined();
	});

	it.each([
		['text', 'memory'],
		['a number', 7],
		['true', true],
		['a list', []],
		['an empty object', {}],
		['the memory of another node', { lastItemDate: '2026-11-22T00:00:00Z' }],
		['memory of an older version', { ...toStored(SAMPLE), version: 0 }],
		['a status list of null', { ...toStored(SAMPLE), lists: { rejected: null } }],
		['an array of status lists', { ...toStored(SAMPLE), lists: [] }],
		['a day that is no date', { ...toStored(SAMPLE), from: 'yesterday' }],
		['a doubt since 0', { ...toStored(SAMPLE), lists: { a: { ...EMPTY, doubtedSince: 0 } } }],
		['polls as text', { ...toStored(SAMPLE), lists: { a: { ...EMPTY, pollsToLearn: '2' } } }],
		['a fraction as counter', { ...toStored(SAMPLE), counter: 1.5 }],
		['unreadable IDs', { ...toStored(SAMPLE), lists: { a: { ...EMPTY, seenIds: '12' } } }],
	])('is refused when it is or holds %s', (_, value) => {
		expect(() => fromStored(value)).toThrow(
			expect.objectContaining({ message: 'is not in a form it knows' }) as Error,
		);
		expect(readOrRefuse(value)).toBe('refused');
	});

	it('is refused as newer when a newer version wrote it, in any form', () => {
		expect(() => fromStored({ version: 2, days: {} })).toThrow(
			'was written by a newer version of this node',
		);
	});

	it('is read or refused for any stored value, and has a counter or none', () => {
		fc.assert(
			fc.property(fc.anything(), (value) => {
				readOrRefuse(value);
				const counter = getCounter(value);
				expect(['number', 'undefined']).toContain(typeof counter);
			}),
		);
	});
});

describe('getNextCounter', () => {
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
	])('follows the counter %s with %s', (counter, next) => {
		expect(getNextCounter(counter)).toBe(next);
	});

	it('always gives another counter, and one that can be stored', () => {
		fc.assert(
			fc.property(fc.double({ noNaN: true }), (counter) => {
				const next = getNextCounter(counter);
				expect(next).not.toBe(counter);
				expect(fromStored(toStored({ ...SAMPLE, counter: next }))?.counter).toBe(next);
			}),
		);
	});
});

describe('large memory', () => {
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

	const gaps = [1000, 30, 1].slice(0, chooseCount(1, 3));
	it.each(gaps)('holds 100,000 IDs in at most 4 bytes each, at a mean gap of %d', (gap) => {
		const given = spread(gap);
		const shuffled = given.map((_, i) => given[(i * 7919) % COUNT]);
		const lists = { all: { seenIds: new Set(shuffled), missingIds: new Set<number>() } };
		const stored = toStored({ ...SAMPLE, lists });
		expect(JSON.stringify(stored).length / COUNT).toBeLessThanOrEqual(4);
		const restored = [...(fromStored(stored)?.lists.all.seenIds ?? [])];
		expect(restored).toHaveLength(COUNT);
		expect(restored.every((one, index) => one === given[index])).toBe(true);
	});
});
