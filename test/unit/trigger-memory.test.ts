import fc from 'fast-check';
import { inWords, note } from '../support/campaigns/figures.mts';
import { compareCpuTime } from '../support/cpu-time.mts';
import { DamagedIds, decodeIds, encodeIds } from '../../nodes/CakeConversionsTrigger/idCodec';
import {
	counterAfter,
	counterOf,
	fromStored,
	toStored,
	UnusableSnapshot,
	type Snapshot,
} from '../../nodes/CakeConversionsTrigger/snapshot';

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

describe('conversion IDs as text', () => {
	it('come back ascending and once each, in whatever order they were given', () => {
		fc.assert(
			fc.property(ids, (given) => {
				expect(decodeIds(encodeIds(given))).toEqual(ascending(given));
			}),
			{ numRuns: 1000 },
		);
	});

	it.each([[[]], [[1]], [[LARGEST]], [[1, LARGEST]], [[LARGEST - 1, LARGEST]], [[7, 7, 7]]])(
		'hold %j',
		(given: number[]) => {
			expect(decodeIds(encodeIds(given))).toEqual(ascending(given));
			expect(decodeIds(encodeIds(new Set(given)))).toEqual(ascending(given));
		},
	);

	it('are the same text for the same IDs', () => {
		fc.assert(
			fc.property(ids, (given) => {
				expect(encodeIds([...given].reverse().concat(given))).toBe(encodeIds(given));
			}),
		);
	});

	it('are read from no other text than the one that is written', () => {
		const bytes = fc.uint8Array({ maxLength: 24 }).map((b) => Buffer.from(b).toString('base64'));
		fc.assert(
			fc.property(fc.oneof(bytes, fc.base64String(), fc.string()), (text) => {
				let read: number[];
				try {
					read = decodeIds(text);
				} catch (error) {
					expect(error).toBeInstanceOf(DamagedIds);
					return;
				}
				expect(encodeIds(read)).toBe(text);
			}),
			{ numRuns: 2000 },
		);
	});
});

const day = fc
	.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
	.map((date) => date.toISOString().slice(0, 10));
const count = fc.maxSafeNat().map((n) => n + Number(n === 0));
const list = fc
	.record(
		{ seen: ids, missing: ids, doubtedSince: count, pollsToLearn: count },
		{ requiredKeys: ['seen', 'missing'] },
	)
	.map(({ seen, missing, ...rest }) => ({
		...rest,
		seen: new Set([...seen, ...missing]),
		missing: new Set(missing),
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

const EMPTY = { seen: '', missing: '' };

/** What a database column does to it. */
const saved = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

function readOrDamage(value: unknown): Snapshot | undefined | 'damage' {
	try {
		return fromStored(value);
	} catch (error) {
		expect(error).toBeInstanceOf(UnusableSnapshot);
		return 'damage';
	}
}

/** All but the counter: it decides nothing that is announced. */
const remembered = (snapshot: Snapshot) => ({ ...snapshot, counter: undefined });

type Damage = (text: string, at: number, character: string) => string;
const DAMAGES: Record<string, Damage> = {
	changed: (text, at, character) => text.slice(0, at) + character + text.slice(at + 1),
	removed: (text, at) => text.slice(0, at) + text.slice(at + 1),
	added: (text, at, character) => text.slice(0, at) + character + text.slice(at),
};

/** Every member that is text or a number, as a path. */
function leaves(value: object, path: string[] = []): string[][] {
	return Object.entries(value).flatMap(([name, member]: [string, unknown]) =>
		typeof member === 'object' && member !== null
			? leaves(member, [...path, name])
			: [[...path, name]],
	);
}

function changeAt(root: object, path: string[], change: (text: string) => unknown): void {
	const holder = path.slice(0, -1).reduce<object>((at, name) => at[name as keyof object], root);
	const name = path[path.length - 1] as keyof object;
	Object.assign(holder, { [name]: change(String(holder[name])) });
}

const SAMPLE: Snapshot = {
	scope: '{"host":"x.example","event":"statusChange","statuses":["rejected"],"filters":{}}',
	counter: 12,
	from: '2026-10-23',
	isNarrower: true,
	polledOn: '2026-11-22',
	lists: {
		pending: { seen: new Set([4_400_003, 4_400_021, 4_401_190]), missing: new Set([4_400_021]) },
		rejected: {
			seen: new Set([4_400_001, 4_400_777]),
			missing: new Set(),
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

	it('has an equal checksum where the same is remembered, whatever the counter and the order', () => {
		fc.assert(
			fc.property(snapshot, fc.maxSafeNat(), (given, counter) => {
				const turned = {
					...given,
					counter,
					lists: Object.fromEntries(Object.entries(given.lists).reverse()),
				};
				expect(toStored(turned).check).toBe(toStored(given).check);
			}),
		);
	});

	it.each(Object.keys(DAMAGES))(
		'with any one character %s in any member is damage, or remembers the same',
		(name) => {
			const character = fc.oneof(
				fc.constantFrom(...'ABCxyz019+/=-{}"'),
				fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 }),
			);
			const paths = leaves(toStored(SAMPLE));
			expect(paths).toHaveLength(13);
			let damaged = 0;
			fc.assert(
				fc.property(fc.constantFrom(...paths), fc.nat(), character, (path, at, by) => {
					const stored = saved(toStored(SAMPLE)) as object;
					const isNumber = ['version', 'counter', 'doubtedSince', 'pollsToLearn'].includes(
						path[path.length - 1],
					);
					changeAt(stored, path, (text) => {
						const changed = DAMAGES[name](text, at % (text.length + 1), by);
						return isNumber && !Number.isNaN(Number(changed)) ? Number(changed) : changed;
					});
					const read = readOrDamage(stored);
					if (read === 'damage') damaged++;
					else expect(remembered(read as Snapshot)).toEqual(remembered(SAMPLE));
				}),
				{ numRuns: 3000 },
			);
			expect(damaged).toBeGreaterThan(1500);
		},
	);

	it('with any one character changed in its text is damage, or remembers the same', () => {
		const text = JSON.stringify(toStored(SAMPLE));
		for (let at = 0; at < text.length; at++) {
			for (const by of ['', '0', '7', 'A', 'z', '"']) {
				let value: unknown;
				try {
					value = JSON.parse(DAMAGES.changed(text, at, by));
				} catch {
					continue;
				}
				const read = readOrDamage(value);
				if (read !== 'damage') expect(remembered(read as Snapshot)).toEqual(remembered(SAMPLE));
			}
		}
	});

	it('lacking any member is in no form it knows, or is damage', () => {
		const stored = saved(toStored(SAMPLE)) as Record<string, unknown>;
		for (const name of Object.keys(stored)) {
			const rest = Object.entries(stored).filter(([member]) => member !== name);
			const reason = name === 'isNarrower' ? 'is damaged' : 'is not in a form it knows';
			expect(() => fromStored(Object.fromEntries(rest))).toThrow(reason);
		}
	});

	it.each([undefined, null])('that is %s is none', (value) => {
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
	])('that is %s is in no form it knows', (_, value) => {
		expect(() => fromStored(value)).toThrow(
			expect.objectContaining({ message: 'is not in a form it knows' }) as Error,
		);
		expect(readOrDamage(value)).toBe('damage');
	});

	it('of a newer version says so, whatever its form', () => {
		expect(() => fromStored({ version: 2, days: {} })).toThrow(
			'was written by a newer version of this node',
		);
	});

	it('of anything at all is read or is damage, and has a counter or none', () => {
		fc.assert(
			fc.property(fc.anything(), (value) => {
				readOrDamage(value);
				const counter = counterOf(value);
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
		expect(counterAfter(counter)).toBe(next);
	});

	it('always moves, and to one that can be stored', () => {
		fc.assert(
			fc.property(fc.double({ noNaN: true }), (counter) => {
				const next = counterAfter(counter);
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
			lists: { all: { seen: new Set(given), missing: new Set() } },
		};
		const stored = toStored(whole);
		const size = JSON.stringify(stored).length;
		const poll = compareCpuTime(() => fromStored(toStored(whole)), toSet);
		const inMs = (...all: Array<{ milliseconds: number }>) =>
			all.map(({ milliseconds }) => milliseconds.toFixed(1)).join(' and ');
		note({
			place: 20 + meanGap,
			campaign: `Memory of ${inWords(COUNT)} conversions, mean gap ${meanGap}`,
			mustHold: '≤ 3 bytes each; encode, decode ≤ 10 times a Set of them',
			measured: `${(size / COUNT).toFixed(2)} bytes, ${encode.ratio.toFixed(1)} and ${decode.ratio.toFixed(1)} times (${inMs(encode, decode)} ms; all of a poll: ${inMs(poll)} ms)`,
			seconds: (performance.now() - start) / 1000,
		});
		expect(decodeIds(encodeIds(shuffled))).toEqual(given);
		expect(size / COUNT).toBeLessThanOrEqual(3);
		expect(encode.ratio).toBeLessThan(10);
		expect(decode.ratio).toBeLessThan(10);
	});
});
