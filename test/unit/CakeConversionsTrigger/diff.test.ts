import fc from 'fast-check';
import {
	findChanges,
	oldestFirst,
	type ReadList,
} from '../../../nodes/CakeConversionsTrigger/diff';
import { addDays } from '../../../nodes/cake/dates';
import type { Conversion } from '../../../nodes/cake/types';
import type { Snapshot } from '../../../nodes/CakeConversionsTrigger/snapshot';
import type { TriggerSettings } from '../../../nodes/CakeConversionsTrigger/settings';
import { openWindow } from '../../../nodes/CakeConversionsTrigger/window';
import { chooseCount } from '../../support/scale.mts';

const TODAY = '2026-11-22';
const NOW = Date.parse(`${TODAY}T12:00:00Z`);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SETTINGS: TriggerSettings = {
	event: 'statusChange',
	statuses: ['rejected'],
	filters: {},
	lookBackDays: 30,
	shouldAddNames: false,
	scope: 'scope',
};

const row = (id: number, conversion_date?: string): Conversion => ({
	id,
	row: { conversion_id: id, ...(conversion_date && { conversion_date }) },
});
const listIds = (conversions: Conversion[]) => conversions.map(({ id }) => id);
const read = (ids: number[], isComplete = true): Record<string, ReadList> => ({
	rejected: { conversions: ids.map((id) => row(id)), isComplete },
});
const makeMemory = (
	seenIds: number[],
	missingIds: number[] = [],
	more: Partial<Snapshot> = {},
): Snapshot => ({
	scope: 'scope',
	counter: 1,
	from: addDays(TODAY, -30),
	polledOn: TODAY,
	lists: { rejected: { seenIds: new Set(seenIds), missingIds: new Set(missingIds) } },
	...more,
});

const compare = (
	memory: Snapshot | undefined,
	lists: Record<string, ReadList>,
	settings = SETTINGS,
	now = NOW,
) => findChanges(openWindow(settings, memory, now), lists);

/** The first day that a poll reads. */
const startDay = (memory: Snapshot | undefined, settings = SETTINGS, now = NOW) =>
	openWindow(settings, memory, now).range.startDate;

function poll(memory: Snapshot | undefined, ids: number[], isComplete = true) {
	const { fresh, next } = compare(memory, read(ids, isComplete));
	const { seenIds, missingIds } = next.lists.rejected;
	const sorted = (set: Set<number>) => [...set].sort((a, b) => a - b);
	return {
		fresh: listIds(fresh),
		seenIds: sorted(seenIds),
		missingIds: sorted(missingIds),
		from: next.from,
	};
}

describe('findChanges', () => {
	it('remembers all conversions and announces none when there is no memory', () => {
		expect(poll(undefined, [3, 1])).toEqual({
			fresh: [],
			seenIds: [1, 3],
			missingIds: [],
			from: addDays(TODAY, -30),
		});
	});

	it.each<[string, number[], number[], number[], boolean, number[], number[], number[]]>([
		['one is new', [1, 2], [], [1, 2, 3], true, [3], [1, 2, 3], []],
		['one read lacks one', [1, 2], [], [1], true, [], [1, 2], [2]],
		['two reads lack one', [1, 2], [2], [1], true, [], [1], []],
		['one comes back after one read', [1, 2], [2], [1, 2], true, [], [1, 2], []],
		['a dropped one comes back', [1], [], [1, 2], true, [2], [1, 2], []],
		['an incomplete read lacks one', [1, 2], [], [1], false, [], [1, 2], []],
		['an incomplete read lacks one again', [1, 2], [2], [1], false, [], [1, 2], [2]],
		['an incomplete read has one again', [1, 2], [2], [1, 2], false, [], [1, 2], []],
		['an incomplete read has a new one', [1], [], [3], false, [3], [1, 3], []],
		['two reads lack all', [1, 2], [1, 2], [], true, [], [], []],
	])('announces the new and drops the lost conversions when %s', (_, ...given) => {
		const [seenIds, missingIds, present, isComplete, fresh, nextSeen, nextMissing] = given;
		const result = poll(makeMemory(seenIds, missingIds), present, isComplete);
		expect(result).toMatchObject({ fresh, seenIds: nextSeen, missingIds: nextMissing });
	});

	it('compares each status list on its own', () => {
		const lists = { pending: read([1]).rejected, rejected: read([1, 2]).rejected };
		const memory = makeMemory([1]);
		memory.lists.pending = { seenIds: new Set([3]), missingIds: new Set() };
		const { fresh, next } = compare(memory, lists);
		expect(listIds(fresh)).toEqual([1, 2]);
		expect([...next.lists.pending.missingIds]).toEqual([3]);
		expect([...next.lists.rejected.missingIds]).toEqual([]);
	});

	it('keeps the oldest day when only one of the lists was incomplete', () => {
		const from = addDays(TODAY, -31);
		const readBoth = (isComplete: boolean) => {
			const lists = { approved: read([1]).rejected, rejected: read([1], isComplete).rejected };
			return compare({ ...makeMemory([1]), from }, lists).next.from;
		};
		expect(readBoth(false)).toBe(from);
		expect(readBoth(true)).toBe(addDays(TODAY, -30));
	});

	it('drops from a status list what only one of several other lists has', () => {
		const memory = makeMemory([1, 2]);
		const none = { seenIds: new Set<number>(), missingIds: new Set<number>() };
		Object.assign(memory.lists, { approved: none, pending: none });
		const lists = {
			approved: read([]).rejected,
			pending: read([2]).rejected,
			rejected: read([1]).rejected,
		};
		const { fresh, next } = compare(memory, lists);
		expect(listIds(fresh)).toEqual([2]);
		expect([...next.lists.rejected.seenIds]).toEqual([1]);
	});

	it('announces and drops conversions by the same rules over any sequence of reads', () => {
		// ID 7 is in every read. A list that becomes empty follows another rule.
		const ids = fc.uniqueArray(fc.integer({ min: 1, max: 6 })).map((some) => [...some, 7]);
		const reads = fc.array(fc.record({ ids, isComplete: fc.boolean() }), { maxLength: 12 });
		fc.assert(
			fc.property(reads, (sequence) => {
				let memory: Snapshot | undefined;
				// For each ID in memory: how many complete reads in a row lacked it.
				const lacked = new Map<number, number>();
				// Up to the first complete read, and for four reads at most, the trigger only remembers.
				const complete = sequence.findIndex((one) => one.isComplete);
				const lastToRemember = Math.min(complete < 0 ? Infinity : complete, 3);
				for (const [index, { ids: present, isComplete }] of sequence.entries()) {
					const { fresh, next } = compare(memory, read(present, isComplete));
					const expected = index <= lastToRemember ? [] : present.filter((id) => !lacked.has(id));
					expect(listIds(fresh)).toEqual(expected.sort((a, b) => a - b));
					for (const id of present) lacked.set(id, 0);
					for (const [id, times] of [...lacked]) {
						if (present.includes(id) || !isComplete) continue;
						if (times === 1) lacked.delete(id);
						else lacked.set(id, 1);
					}
					expect(new Set(next.lists.rejected.seenIds)).toEqual(new Set(lacked.keys()));
					memory = { ...next, counter: index };
				}
			}),
			{ numRuns: chooseCount(100, 500) },
		);
	});
});

interface Poll {
	lists: Record<string, ReadList>;
	settings?: TriggerSettings;
	now?: number;
}

/** Polls one after the other. Gives what each announced, and the memory at the end. */
function pollInTurn(start: Snapshot | undefined, polls: Poll[]) {
	let memory = start;
	const announced = polls.map(({ lists, settings, now }) => {
		const { fresh, next } = compare(memory, lists, settings, now);
		memory = { ...next, counter: 1 };
		return fresh;
	});
	return { announced, memory: memory as Snapshot };
}

/** Polls of rejected conversions, minutes apart. Gives the IDs that each announced. */
function pollAll(
	start: Snapshot | undefined,
	polls: Array<{ ids: number[]; isComplete?: boolean; minute?: number }>,
): { announced: number[][]; memory: Snapshot } {
	const { announced, memory } = pollInTurn(
		start,
		polls.map(({ ids, isComplete, minute = 0 }) => ({
			lists: read(ids, isComplete),
			now: NOW + minute * MINUTE,
		})),
	);
	return { announced: announced.map(listIds), memory };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('findChanges, after a sudden loss', () => {
	const ten = upTo(10);

	it.each([
		['all', []],
		['more than half', upTo(4)],
		['most while another came', [1, 11]],
		['all while another came', [11]],
	])('doubts for an hour that a list of ten has lost %s', (_, rest) => {
		const polls = [0, 1, 2, 30, 59].map((minute) => ({ ids: rest, minute }));
		const { announced } = pollAll(makeMemory(ten), [...polls, { ids: ten, minute: 60 }]);
		expect(announced.flat()).toEqual(rest.filter((id) => id > 10));
	});

	it('believes a sudden loss after an hour, once two complete reads show it', () => {
		const gone = [0, 1, 60].map((minute) => ({ ids: [], minute }));
		const { announced } = pollAll(makeMemory(ten), [...gone, { ids: ten, minute: 61 }]);
		expect(announced.flat()).toEqual([]);
		const polls = [...gone, { ids: [], minute: 61 }, { ids: ten, minute: 62 }];
		expect(pollAll(makeMemory(ten), polls).announced.at(-1)).toEqual(ten);
	});

	it('doubts for an hour that a list of three has lost all', () => {
		const gone = [0, 1, 59].map((minute) => ({ ids: [], minute }));
		const { announced } = pollAll(makeMemory(upTo(3)), [...gone, { ids: upTo(3), minute: 60 }]);
		expect(announced.flat()).toEqual([]);
	});

	it.each([
		[3, 1],
		[8, 1],
		[10, 11],
	])('doubts for an hour that a list has lost all its %i while %i come', (count, more) => {
		const come = upTo(count + more).slice(count);
		const polls = [
			{ ids: [], minute: 0 },
			...[1, 2, 30, 59].map((minute) => ({ ids: come, minute })),
			{ ids: upTo(count + more), minute: 60 },
		];
		expect(pollAll(makeMemory(upTo(count)), polls).announced.flat()).toEqual(come);
	});

	it('does not count as a sudden loss what an earlier read already lacked', () => {
		const polls = [upTo(2), [], []].map((ids, minute) => ({ ids, minute }));
		const { memory } = pollAll(makeMemory(upTo(5)), polls);
		expect([...memory.lists.rejected.seenIds]).toEqual([]);
	});

	it('counts the hour of doubt anew after the list was back', () => {
		const polls = [
			{ ids: [], minute: 0 },
			{ ids: ten, minute: 30 },
			{ ids: [], minute: 61 },
			{ ids: [], minute: 62 },
			{ ids: ten, minute: 63 },
		];
		const { announced, memory } = pollAll(makeMemory(ten), polls);
		expect(announced.flat()).toEqual([]);
		expect(memory.lists.rejected.doubtedSince).toBeUndefined();
	});

	it('counts the hour of doubt from the first complete read', () => {
		const polls = [
			{ ids: [], isComplete: false, minute: 0 },
			{ ids: [], minute: 60 },
			{ ids: [], minute: 61 },
			{ ids: ten, minute: 62 },
		];
		expect(pollAll(makeMemory(ten), polls).announced.flat()).toEqual([]);
	});

	it('doubts a sudden loss also when the window has just become narrower', () => {
		const memory = makeMemory(ten, [], { from: addDays(TODAY, -31) });
		const polls = [0, 1, 2, 3].map((minute) => ({ ids: [1], minute }));
		const { announced } = pollAll(memory, [...polls, { ids: ten, minute: 4 }]);
		expect(announced.flat()).toEqual([]);
	});

	it('announces a new conversion despite a sudden loss', () => {
		expect(pollAll(makeMemory(ten), [{ ids: [77] }]).announced).toEqual([[77]]);
	});

	it('does not doubt a loss forever when the clock is set back', () => {
		const polls = [{ ids: [] }, ...[-600, -599].map((minute) => ({ ids: [], minute }))];
		const { memory } = pollAll(makeMemory(ten), polls);
		expect(memory.lists.rejected.seenIds.size).toBe(0);
	});

	it.each([
		['half of ten', upTo(10), upTo(5)],
		['all but one of nine', upTo(9), [1]],
		['both of two', upTo(2), []],
	])('does not doubt that a list has lost %s', (_, seenIds, rest) => {
		const { memory } = pollAll(makeMemory(seenIds), [{ ids: rest }, { ids: rest }]);
		expect([...memory.lists.rejected.seenIds]).toEqual(rest);
		expect(memory.lists.rejected.doubtedSince).toBeUndefined();
	});
});

describe('findChanges, with several statuses', () => {
	const both: TriggerSettings = { ...SETTINGS, statuses: ['approved', 'rejected'] };
	type Place = 'approved' | 'rejected' | 'elsewhere';
	interface Read {
		places: Place[];
		isComplete: boolean;
	}

	/** What each poll announced, such as `rejected 2`. IDs are positions in `places`, from 1. */
	function announce(reads: Read[]): string[][] {
		const polls = reads.map(({ places, isComplete }) => {
			const toList = (name: Place): ReadList => ({
				conversions: places.flatMap((place, index) =>
					place === name ? [{ id: index + 1, row: { conversion_status: name } }] : [],
				),
				isComplete,
			});
			const lists = { approved: toList('approved'), rejected: toList('rejected') };
			return { lists, settings: both };
		});
		return pollInTurn(undefined, polls).announced.map((conversions) =>
			conversions.map((one) => `${String(one.row.conversion_status)} ${one.id}`),
		);
	}

	const reads = (...places: Place[][]) => places.map((one) => ({ places: one, isComplete: true }));

	it('announces a conversion each time it moves from one status to the other', () => {
		const sequence = reads(['approved'], ['rejected'], ['approved'], ['rejected'], ['rejected']);
		expect(announce(sequence)).toEqual([[], ['rejected 1'], ['approved 1'], ['rejected 1'], []]);
	});

	it('announces many conversions that move at once, and again when they move back', () => {
		const all = (place: Place) => Array.from({ length: 12 }, () => place);
		const announced = announce(reads(all('approved'), all('rejected'), all('approved')));
		expect(announced.map(({ length }) => length)).toEqual([0, 12, 12]);
	});

	it('announces each conversion last with the status it was last seen in', () => {
		const place = fc.constantFrom<Place>('approved', 'rejected', 'elsewhere');
		const one = fc.record({
			places: fc.array(place, { minLength: 2, maxLength: 2 }),
			isComplete: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.array(one, { minLength: 1, maxLength: 14 }), (rest) => {
				const start: Read = {
					places: ['approved', 'elsewhere'],
					isComplete: true,
				};
				const sequence = [start, ...rest];
				const last = new Map(start.places.map((where, index) => [index + 1, where]));
				const lacked = new Map<number, number>();
				const announced = announce(sequence);
				for (const [step, { places, isComplete }] of sequence.entries()) {
					for (const [index, where] of places.entries()) {
						const id = index + 1;
						if (where === 'elsewhere') {
							lacked.set(id, (lacked.get(id) ?? 0) + Number(isComplete));
							continue;
						}
						const isNew = last.get(id) !== where || (lacked.get(id) ?? 0) >= 2;
						expect(announced[step].includes(`${where} ${id}`)).toBe(isNew);
						last.set(id, where);
						lacked.set(id, 0);
					}
				}
			}),
			{ numRuns: chooseCount(100, 1_000) },
		);
	});
});

describe('findChanges, for new conversions', () => {
	const all: TriggerSettings = { ...SETTINGS, event: 'new', statuses: [], lookBackDays: 2 };

	interface NewPoll {
		ids: number[];
		day?: number;
		isComplete?: boolean;
		lookBackDays?: number;
	}

	/** Polls, each `day` days after today. Gives the IDs that each announced, and the seen IDs. */
	function pollNew(polls: NewPoll[]) {
		const { announced, memory } = pollInTurn(
			undefined,
			polls.map(({ ids, day = 0, isComplete = true, lookBackDays = all.lookBackDays }) => {
				return {
					lists: { all: { conversions: ids.map((id) => row(id)), isComplete } },
					settings: { ...all, lookBackDays },
					now: NOW + day * DAY,
				};
			}),
		);
		return { announced: announced.map(listIds), seenIds: [...memory.lists.all.seenIds] };
	}

	it.each([1, 9, 100])(
		'announces nothing twice after CAKE listed less than half of %i',
		(count) => {
			const ids = upTo(count);
			const few = ids.slice(0, Math.ceil(count / 2) - 1);
			const polls = [ids, ...Array.from({ length: 5 }, () => few), ids];
			expect(pollNew(polls.map((one) => ({ ids: one }))).announced.flat()).toEqual([]);
		},
	);

	it('announces nothing twice after CAKE listed none in the first polls of a day', () => {
		const polls = [{ ids: upTo(20) }, ...[1, 2, 3].map(() => ({ ids: [], day: 1 }))];
		const { announced } = pollNew([...polls, { ids: upTo(20), day: 1 }, { ids: [], day: 2 }]);
		expect(announced.flat()).toEqual([]);
	});

	it('drops conversions that are too old to be listed', () => {
		const polls = [0, 0, 1, 1, 2, 2, 3, 3].map((day) => ({ ids: day < 2 ? upTo(20) : [77], day }));
		const { announced, seenIds } = pollNew(polls);
		expect(announced.flat()).toEqual([77]);
		expect(seenIds).toEqual([77]);
	});

	it('announces nothing twice after the look-back was lowered and CAKE listed none', () => {
		const polls = [[], [], [], upTo(3)].map((ids) => ({ ids, lookBackDays: 2 }));
		const { announced } = pollNew([{ ids: upTo(3), lookBackDays: 30 }, ...polls]);
		expect(announced.flat()).toEqual([]);
	});

	it('drops old conversions only after complete reads, however late in the day', () => {
		const old = { ids: [1] };
		const days = [1, 2].flatMap((day) => [
			{ ids: [], day },
			{ ids: [], day, isComplete: false },
			{ ids: [], day },
		]);
		const start = [old, { ...old, day: 0 }];
		expect(pollNew([...start, ...days]).seenIds).toEqual([]);
		const never = days.map((one) => ({ ...one, isComplete: false }));
		expect(pollNew([...start, ...never]).seenIds).toEqual([1]);
		expect(pollNew([...start, ...days.slice(0, -1)]).seenIds).toEqual([1]);
	});

	it('announces a great many conversions of a month at once', () => {
		const count = chooseCount(15_000, 150_000);
		const { announced } = pollNew([{ ids: [] }, { ids: upTo(count), day: 30 }]);
		expect(announced[1]).toHaveLength(count);
	});
});

describe('findChanges, after an incomplete first read', () => {
	const part = { ids: [1], isComplete: false };

	it('only remembers up to the first complete read, and then announces', () => {
		const polls = [part, { ids: [1, 2] }, { ids: [1, 2, 3] }];
		expect(pollAll(undefined, polls).announced).toEqual([[], [], [3]]);
	});

	it('announces after three more polls although no read was complete', () => {
		const more = [2, 3, 4, 5].map((id) => ({ ids: upTo(id), isComplete: false }));
		expect(pollAll(undefined, [part, ...more]).announced).toEqual([[], [], [], [], [5]]);
	});

	it('announces at once from a list that the first poll read completely', () => {
		const lists = { pending: read([1]).rejected, rejected: read([1], false).rejected };
		const { next } = compare(undefined, lists);
		const later = { pending: read([1, 2]).rejected, rejected: read([1, 3]).rejected };
		const { fresh } = compare({ ...next, counter: 1 }, later);
		expect(listIds(fresh)).toEqual([2]);
	});
});

describe('openWindow', () => {
	it('begins the window at the look-back and never moves it back', () => {
		expect(startDay(undefined)).toBe('2026-10-23');
		expect(poll(makeMemory([], [], { from: '2026-11-20' }), []).from).toBe('2026-11-20');
		expect(poll(makeMemory([], [], { from: '2026-10-20' }), []).from).toBe('2026-10-23');
	});

	it('lets the window lag by a week at most while reads are incomplete', () => {
		expect(poll(makeMemory([], [], { from: '2026-10-20' }), [], false).from).toBe('2026-10-20');
		expect(poll(makeMemory([], [], { from: '2026-10-02' }), [], false).from).toBe('2026-10-16');
	});

	it('begins the window after an outage on the first day that memory names', () => {
		const memory = makeMemory([], [], { from: '2026-10-01', polledOn: '2026-10-31' });
		expect(startDay(memory)).toBe('2026-10-01');
	});

	it('applies a lowered look-back at once, with a week of lag, and a raised one later', () => {
		expect(startDay(makeMemory([]), { ...SETTINGS, lookBackDays: 2 })).toBe('2026-11-13');
		expect(startDay(makeMemory([]), { ...SETTINGS, lookBackDays: 365 })).toBe('2026-10-23');
	});

	it('begins the window no later than today while the clock is set back', () => {
		const memory = makeMemory([], [], { from: '2026-09-01' });
		expect(startDay(memory, { ...SETTINGS, lookBackDays: 2 }, Date.parse('2026-09-03'))).toBe(
			'2026-09-01',
		);
	});
});

describe('openWindow, when the clock changes', () => {
	/** The last day that a poll at this moment covers. Its range ends two days later. */
	const lastDay = (moment: string, memory?: Snapshot) =>
		addDays(openWindow(SETTINGS, memory, Date.parse(moment)).range.endDate, -2);

	it('keeps the latest day in the window when the clock is set back by less than 90 days', () => {
		expect(lastDay('2026-11-15T10:00:00Z', makeMemory([]))).toBe(TODAY);
		expect(lastDay('2026-08-25', makeMemory([]))).toBe(TODAY);
	});

	it('ignores the latest day when the clock had run further ahead', () => {
		expect(lastDay('2026-08-23', makeMemory([]))).toBe('2026-08-23');
	});

	it('reads up to today in UTC while the clock goes forward', () => {
		expect(lastDay(TODAY)).toBe(TODAY);
		expect(lastDay('2027-01-01', makeMemory([]))).toBe('2027-01-01');
		expect(lastDay('2026-11-22T23:59:59.999Z')).toBe(TODAY);
		expect(lastDay('2026-11-23T00:30:00+01:00')).toBe(TODAY);
	});
});

describe('openWindow, with stored memory', () => {
	it.each([
		['another scope', { scope: 'other' }, 'what it watches was changed'],
		['a window that begins tomorrow', { from: '2026-11-23' }, 'clock was set back'],
		['a gap of 91 days', { polledOn: '2026-08-23' }, 'over 90 days ago'],
	])('does not use memory with %s', (_, more, reason) => {
		const window = openWindow(SETTINGS, makeMemory([], [], more), NOW);
		expect(window.staleReason).toContain(reason);
		expect(window.memory).toBeUndefined();
	});

	it.each([
		['a gap of 90 days', { polledOn: '2026-08-24' }, NOW],
		['a clock set back within the window', {}, Date.parse('2026-10-23')],
	])('uses memory with %s', (_, more, now) => {
		const memory = makeMemory([], [], more);
		expect(openWindow(SETTINGS, memory, now)).toMatchObject({ memory, staleReason: undefined });
	});
});

describe('oldestFirst', () => {
	const order = (...rows: Array<ReturnType<typeof row>>) => listIds(oldestFirst(rows));

	it('sorts by date in either of CAKE’s forms, then by ID', () => {
		const at = '2026-11-20T10:00:00Z';
		expect(order(row(1, '2026-11-21T10:00:00Z'), row(9, at), row(3, at))).toEqual([3, 9, 1]);
		expect(order(row(1, '2026-11-21 10:00:00'), row(2, '2026-11-20 10:00:00'))).toEqual([2, 1]);
	});

	it('sorts by ID alone when a date cannot be read', () => {
		expect(order(row(2, '2026-11-20T10:00:00Z'), row(1, 'yesterday'))).toEqual([1, 2]);
		expect(order(row(10), row(9))).toEqual([9, 10]);
		const [later, earlier] = ['2026-11-21T10:00:00Z', '2026-11-20T10:00:00Z'];
		expect(order(row(2, earlier), row(1, later), row(3))).toEqual([1, 2, 3]);
	});
});
