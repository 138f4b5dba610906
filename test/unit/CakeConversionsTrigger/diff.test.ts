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

const TODAY = '2026-11-22';
const NOW = Date.parse(`${TODAY}T12:00:00Z`);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const watch: TriggerSettings = {
	event: 'statusChange',
	statuses: ['rejected'],
	filters: {},
	lookBackDays: 30,
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
const memory = (
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
	known: Snapshot | undefined,
	lists: Record<string, ReadList>,
	settings = watch,
	now = NOW,
) => findChanges(openWindow(settings, known, now), lists);

/** The first day that a poll reads. */
const startDay = (known: Snapshot | undefined, settings = watch, now = NOW) =>
	openWindow(settings, known, now).range.startDate;

function poll(known: Snapshot | undefined, ids: number[], isComplete = true) {
	const { fresh, next } = compare(known, read(ids, isComplete));
	const { seenIds, missingIds } = next.lists.rejected;
	const sorted = (set: Set<number>) => [...set].sort((a, b) => a - b);
	return {
		fresh: listIds(fresh),
		seenIds: sorted(seenIds),
		missingIds: sorted(missingIds),
		from: next.from,
	};
}

describe('what a poll found against what is remembered', () => {
	it('is all remembered and none announced where there is no memory', () => {
		expect(poll(undefined, [3, 1])).toEqual({
			fresh: [],
			seenIds: [1, 3],
			missingIds: [],
			from: addDays(TODAY, -30),
		});
	});

	it.each([
		['one new', [1, 2], [], [1, 2, 3], true, [3], [1, 2, 3], []],
		['one gone, first time', [1, 2], [], [1], true, [], [1, 2], [2]],
		['one gone, second time', [1, 2], [2], [1], true, [], [1], []],
		['one gone and back', [1, 2], [2], [1, 2], true, [], [1, 2], []],
		['forgotten and back', [1], [], [1, 2], true, [2], [1, 2], []],
		['not complete: none proves gone', [1, 2], [], [1], false, [], [1, 2], []],
		['not complete: none forgotten', [1, 2], [2], [1], false, [], [1, 2], [2]],
		['not complete: back', [1, 2], [2], [1, 2], false, [], [1, 2], []],
		['not complete: one new', [1], [], [3], false, [3], [1, 3], []],
		['nothing at all', [1, 2], [1, 2], [], true, [], [], []],
	])('%s', (_, seenIds, missingIds, present, isComplete, fresh, nextSeen, nextMissing) => {
		const result = poll(memory(seenIds, missingIds), present, isComplete);
		expect(result).toMatchObject({ fresh, seenIds: nextSeen, missingIds: nextMissing });
	});

	it('keeps each list apart', () => {
		const lists = { pending: read([1]).rejected, rejected: read([1, 2]).rejected };
		const known = memory([1]);
		known.lists.pending = { seenIds: new Set([3]), missingIds: new Set() };
		const { fresh, next } = compare(known, lists);
		expect(listIds(fresh)).toEqual([1, 2]);
		expect([...next.lists.pending.missingIds]).toEqual([3]);
		expect([...next.lists.rejected.missingIds]).toEqual([]);
	});

	it('keeps to these rules over any sequence of reads', () => {
		// One is always there: a list that becomes empty is another matter.
		const ids = fc.uniqueArray(fc.integer({ min: 1, max: 6 })).map((some) => [...some, 7]);
		const reads = fc.array(fc.record({ ids, isComplete: fc.boolean() }), { maxLength: 12 });
		fc.assert(
			fc.property(reads, (sequence) => {
				let known: Snapshot | undefined;
				// For each ID: undefined when not known, else how many complete reads in a row lacked it.
				const lacked = new Map<number, number>();
				// Until a read is complete, and for four of them at most, all is only remembered.
				const complete = sequence.findIndex((one) => one.isComplete);
				const learned = Math.min(complete < 0 ? Infinity : complete, 3);
				for (const [index, { ids: present, isComplete }] of sequence.entries()) {
					const { fresh, next } = compare(known, read(present, isComplete));
					const expected = index <= learned ? [] : present.filter((id) => !lacked.has(id));
					expect(listIds(fresh)).toEqual(expected.sort((a, b) => a - b));
					for (const id of present) lacked.set(id, 0);
					for (const [id, times] of [...lacked]) {
						if (present.includes(id) || !isComplete) continue;
						if (times === 1) lacked.delete(id);
						else lacked.set(id, 1);
					}
					expect(new Set(next.lists.rejected.seenIds)).toEqual(new Set(lacked.keys()));
					known = { ...next, counter: index };
				}
			}),
			{ numRuns: 500 },
		);
	});
});

interface Poll {
	lists: Record<string, ReadList>;
	watch?: TriggerSettings;
	now?: number;
}

/** Polls one after the other; the rows that each announced, and what is remembered at the end. */
function pollInTurn(start: Snapshot | undefined, polls: Poll[]) {
	let known = start;
	const announced = polls.map(({ lists, watch: watched, now }) => {
		const { fresh, next } = compare(known, lists, watched, now);
		known = { ...next, counter: 1 };
		return fresh;
	});
	return { announced, known: known as Snapshot };
}

/** Polls of rejected conversions, minutes apart; the IDs that each announced. */
function pollAll(
	start: Snapshot | undefined,
	polls: Array<{ ids: number[]; isComplete?: boolean; minute?: number }>,
): { announced: number[][]; known: Snapshot } {
	const { announced, known } = pollInTurn(
		start,
		polls.map(({ ids, isComplete, minute = 0 }) => ({
			lists: read(ids, isComplete),
			now: NOW + minute * MINUTE,
		})),
	);
	return { announced: announced.map(listIds), known };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('most of a long list gone at a stroke', () => {
	const ten = upTo(10);

	it.each([
		['none of it', []],
		['less than half of it', upTo(4)],
		['most of it, and another came', [1, 11]],
		['all of it, and another came', [11]],
	])('is not believed for an hour: %s', (_, rest) => {
		const polls = [0, 1, 2, 30, 59].map((minute) => ({ ids: rest, minute }));
		const { announced } = pollAll(memory(ten), [...polls, { ids: ten, minute: 60 }]);
		expect(announced.flat()).toEqual(rest.filter((id) => id > 10));
	});

	it('is believed after an hour, by two complete reads as ever', () => {
		const gone = [0, 1, 60].map((minute) => ({ ids: [], minute }));
		expect(pollAll(memory(ten), [...gone, { ids: ten, minute: 61 }]).announced.flat()).toEqual([]);
		const polls = [...gone, { ids: [], minute: 61 }, { ids: ten, minute: 62 }];
		expect(pollAll(memory(ten), polls).announced.at(-1)).toEqual(ten);
	});

	it('is meant by all of three, too', () => {
		const gone = [0, 1, 59].map((minute) => ({ ids: [], minute }));
		const { announced } = pollAll(memory(upTo(3)), [...gone, { ids: upTo(3), minute: 60 }]);
		expect(announced.flat()).toEqual([]);
	});

	it.each([
		[3, 1],
		[8, 1],
		[10, 11],
	])('is not believed sooner where of %i none is left, and %i come', (count, more) => {
		const come = upTo(count + more).slice(count);
		const polls = [
			{ ids: [], minute: 0 },
			...[1, 2, 30, 59].map((minute) => ({ ids: come, minute })),
			{ ids: upTo(count + more), minute: 60 },
		];
		expect(pollAll(memory(upTo(count)), polls).announced.flat()).toEqual(come);
	});

	it('does not count those that an earlier read lacked', () => {
		const polls = [upTo(2), [], []].map((ids, minute) => ({ ids, minute }));
		const { known } = pollAll(memory(upTo(5)), polls);
		expect([...known.lists.rejected.seenIds]).toEqual([]);
	});

	it('is counted anew once it was back', () => {
		const polls = [
			{ ids: [], minute: 0 },
			{ ids: ten, minute: 30 },
			{ ids: [], minute: 61 },
			{ ids: [], minute: 62 },
			{ ids: ten, minute: 63 },
		];
		const { announced, known } = pollAll(memory(ten), polls);
		expect(announced.flat()).toEqual([]);
		expect(known.lists.rejected.doubtedSince).toBeUndefined();
	});

	it('is not counted from a read that was not complete', () => {
		const polls = [
			{ ids: [], isComplete: false, minute: 0 },
			{ ids: [], minute: 60 },
			{ ids: [], minute: 61 },
			{ ids: ten, minute: 62 },
		];
		expect(pollAll(memory(ten), polls).announced.flat()).toEqual([]);
	});

	it('is not believed either where the window has just grown narrower', () => {
		const known = memory(ten, [], { from: addDays(TODAY, -31) });
		const polls = [0, 1, 2, 3].map((minute) => ({ ids: [1], minute }));
		const { announced } = pollAll(known, [...polls, { ids: ten, minute: 4 }]);
		expect(announced.flat()).toEqual([]);
	});

	it('hides no new conversion', () => {
		expect(pollAll(memory(ten), [{ ids: [77] }]).announced).toEqual([[77]]);
	});

	it('is not doubted for ever when the clock is set back', () => {
		const polls = [{ ids: [] }, ...[-600, -599].map((minute) => ({ ids: [], minute }))];
		const { known } = pollAll(memory(ten), polls);
		expect(known.lists.rejected.seenIds.size).toBe(0);
	});

	it.each([
		['half of it', upTo(10), upTo(5)],
		['of nine, all but one', upTo(9), [1]],
		['of two, all', upTo(2), []],
	])('is not meant by %s', (_, seenIds, rest) => {
		const { known } = pollAll(memory(seenIds), [{ ids: rest }, { ids: rest }]);
		expect([...known.lists.rejected.seenIds]).toEqual(rest);
		expect(known.lists.rejected.doubtedSince).toBeUndefined();
	});
});

describe('several statuses', () => {
	const both: TriggerSettings = { ...watch, statuses: ['approved', 'rejected'] };
	type Place = 'approved' | 'rejected' | 'elsewhere';
	interface Read {
		places: Place[];
		isComplete: boolean;
	}

	/** What each poll announced of each ID, such as `rejected 2`. IDs are places in the list, from 1. */
	function announce(reads: Read[]): string[][] {
		const polls = reads.map(({ places, isComplete }) => {
			const toList = (name: Place): ReadList => ({
				conversions: places.flatMap((place, index) =>
					place === name ? [{ id: index + 1, row: { conversion_status: name } }] : [],
				),
				isComplete,
			});
			const lists = { approved: toList('approved'), rejected: toList('rejected') };
			return { lists, watch: both };
		});
		return pollInTurn(undefined, polls).announced.map((conversions) =>
			conversions.map((one) => `${String(one.row.conversion_status)} ${one.id}`),
		);
	}

	const reads = (...places: Place[][]) => places.map((one) => ({ places: one, isComplete: true }));

	it('are announced each time a conversion goes from one to the other, poll by poll', () => {
		const sequence = reads(['approved'], ['rejected'], ['approved'], ['rejected'], ['rejected']);
		expect(announce(sequence)).toEqual([[], ['rejected 1'], ['approved 1'], ['rejected 1'], []]);
	});

	it('are so for many at once, that a mistake moved and somebody moved back', () => {
		const all = (place: Place) => Array.from({ length: 12 }, () => place);
		const announced = announce(reads(all('approved'), all('rejected'), all('approved')));
		expect(announced.map(({ length }) => length)).toEqual([0, 12, 12]);
	});

	it('end with the one announced last that a conversion was seen in last', () => {
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
			{ numRuns: 1000 },
		);
	});
});

describe('new conversions', () => {
	const all: TriggerSettings = { ...watch, event: 'new', statuses: [], lookBackDays: 2 };

	interface NewPoll {
		ids: number[];
		day?: number;
		isComplete?: boolean;
		lookBackDays?: number;
	}

	/** Polls with what CAKE lists so many days after today; what each announced, and what is known. */
	function pollNew(polls: NewPoll[]) {
		const { announced, known } = pollInTurn(
			undefined,
			polls.map(({ ids, day = 0, isComplete = true, lookBackDays = all.lookBackDays }) => {
				return {
					lists: { all: { conversions: ids.map((id) => row(id)), isComplete } },
					watch: { ...all, lookBackDays },
					now: NOW + day * DAY,
				};
			}),
		);
		return { announced: announced.map(listIds), seenIds: [...known.lists.all.seenIds] };
	}

	it.each([1, 9, 100])('are not new again after a CAKE that lists few of %i', (count) => {
		const ids = upTo(count);
		const few = ids.slice(0, Math.ceil(count / 2) - 1);
		const polls = [ids, ...Array.from({ length: 5 }, () => few), ids];
		expect(pollNew(polls.map((one) => ({ ids: one }))).announced.flat()).toEqual([]);
	});

	it('nor where CAKE lists none in the first polls of a day', () => {
		const polls = [{ ids: upTo(20) }, ...[1, 2, 3].map(() => ({ ids: [], day: 1 }))];
		const { announced } = pollNew([...polls, { ids: upTo(20), day: 1 }, { ids: [], day: 2 }]);
		expect(announced.flat()).toEqual([]);
	});

	it('are forgotten once they are too old to be listed', () => {
		const polls = [0, 0, 1, 1, 2, 2, 3, 3].map((day) => ({ ids: day < 2 ? upTo(20) : [77], day }));
		const { announced, seenIds } = pollNew(polls);
		expect(announced.flat()).toEqual([77]);
		expect(seenIds).toEqual([77]);
	});

	it('are not new again when the look-back is lowered and CAKE lists none for a while', () => {
		const polls = [[], [], [], upTo(3)].map((ids) => ({ ids, lookBackDays: 2 }));
		const { announced } = pollNew([{ ids: upTo(3), lookBackDays: 30 }, ...polls]);
		expect(announced.flat()).toEqual([]);
	});

	it('are forgotten by complete reads only, however late in the day one comes', () => {
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

	it('can be as many as come in a month', () => {
		const { announced } = pollNew([{ ids: [] }, { ids: upTo(150_000), day: 30 }]);
		expect(announced[1]).toHaveLength(150_000);
	});
});

describe('a first read that lacks some of what there is', () => {
	const part = { ids: [1], isComplete: false };

	it('is followed by one that only remembers, and then all is announced', () => {
		const polls = [part, { ids: [1, 2] }, { ids: [1, 2, 3] }];
		expect(pollAll(undefined, polls).announced).toEqual([[], [], [3]]);
	});

	it('holds announcements up for three polls more, should none be complete', () => {
		const more = [2, 3, 4, 5].map((id) => ({ ids: upTo(id), isComplete: false }));
		expect(pollAll(undefined, [part, ...more]).announced).toEqual([[], [], [], [], [5]]);
	});

	it('does not hold up the lists that were read to their end', () => {
		const lists = { pending: read([1]).rejected, rejected: read([1], false).rejected };
		const { next } = compare(undefined, lists);
		const later = { pending: read([1, 2]).rejected, rejected: read([1, 3]).rejected };
		const { fresh } = compare({ ...next, counter: 1 }, later);
		expect(listIds(fresh)).toEqual([2]);
	});
});

describe('the window', () => {
	it('begins the look-back ago and never goes back', () => {
		expect(startDay(undefined)).toBe('2026-10-23');
		expect(poll(memory([], [], { from: '2026-11-20' }), []).from).toBe('2026-11-20');
		expect(poll(memory([], [], { from: '2026-10-20' }), []).from).toBe('2026-10-23');
	});

	it('lags for a week while reads are not complete, and no longer', () => {
		expect(poll(memory([], [], { from: '2026-10-20' }), [], false).from).toBe('2026-10-20');
		expect(poll(memory([], [], { from: '2026-10-02' }), [], false).from).toBe('2026-10-16');
	});

	it('after an outage begins where the last poll would have begun', () => {
		const known = memory([], [], { from: '2026-10-01', polledOn: '2026-10-31' });
		expect(startDay(known)).toBe('2026-10-01');
	});

	it('follows a look-back that was lowered, but for the week of reads that were not complete', () => {
		expect(startDay(memory([]), { ...watch, lookBackDays: 2 })).toBe('2026-11-13');
		expect(startDay(memory([]), { ...watch, lookBackDays: 365 })).toBe('2026-10-23');
	});

	it('does not begin after today while the clock is set back', () => {
		const known = memory([], [], { from: '2026-09-01' });
		expect(startDay(known, { ...watch, lookBackDays: 2 }, Date.parse('2026-09-03'))).toBe(
			'2026-09-01',
		);
	});
});

describe('the clock', () => {
	/** The latest day that a poll at this moment reads to: it reads two days more. */
	const lastDay = (moment: string, known?: Snapshot) =>
		addDays(openWindow(watch, known, Date.parse(moment)).range.endDate, -2);

	it('set back by less than 90 days leaves the latest day in the window', () => {
		expect(lastDay('2026-11-15T10:00:00Z', memory([]))).toBe(TODAY);
		expect(lastDay('2026-08-25', memory([]))).toBe(TODAY);
	});

	it('that had run further ahead does not count', () => {
		expect(lastDay('2026-08-23', memory([]))).toBe('2026-08-23');
	});

	it('going on reads to today, in UTC', () => {
		expect(lastDay(TODAY)).toBe(TODAY);
		expect(lastDay('2027-01-01', memory([]))).toBe('2027-01-01');
		expect(lastDay('2026-11-22T23:59:59.999Z')).toBe(TODAY);
		expect(lastDay('2026-11-23T00:30:00+01:00')).toBe(TODAY);
	});
});

describe('memory', () => {
	it.each([
		['another scope', { scope: 'other' }, 'what it watches was changed'],
		['a window that begins tomorrow', { from: '2026-11-23' }, 'clock was set back'],
		['a gap of 91 days', { polledOn: '2026-08-23' }, 'over 90 days ago'],
	])('is not compared with after %s', (_, more, reason) => {
		const window = openWindow(watch, memory([], [], more), NOW);
		expect(window.staleReason).toContain(reason);
		expect(window.memory).toBeUndefined();
	});

	it.each([
		['a gap of 90 days', { polledOn: '2026-08-24' }, NOW],
		['a clock set back within the window', {}, Date.parse('2026-10-23')],
	])('is compared with after %s', (_, more, now) => {
		const known = memory([], [], more);
		expect(openWindow(watch, known, now)).toMatchObject({ memory: known, staleReason: undefined });
	});
});

describe('the order', () => {
	const order = (...rows: Array<ReturnType<typeof row>>) => listIds(oldestFirst(rows));

	it('is by date in either form of CAKE’s, then by ID', () => {
		const at = '2026-11-20T10:00:00Z';
		expect(order(row(1, '2026-11-21T10:00:00Z'), row(9, at), row(3, at))).toEqual([3, 9, 1]);
		expect(order(row(1, '2026-11-21 10:00:00'), row(2, '2026-11-20 10:00:00'))).toEqual([2, 1]);
	});

	it('is by ID where any date cannot be read', () => {
		expect(order(row(2, '2026-11-20T10:00:00Z'), row(1, 'yesterday'))).toEqual([1, 2]);
		expect(order(row(10), row(9))).toEqual([9, 10]);
	});
});
