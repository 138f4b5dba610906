import { DateTime } from 'luxon';

import { conversionIdOf } from '../cake/conversions';
import type { ConversionRow } from '../cake/types';
import type { SeenList, Snapshot } from './snapshot';
import type { Watch } from './watch';

/** What a poll read of one watched list. */
export interface ReadList {
	rows: ConversionRow[];
	/** False when rows may be missing. */
	isComplete: boolean;
	/** How many CAKE said there are; absent when it did not say. */
	reported?: number;
}

/** After so long without a poll memory is of no use: what would be announced is old news. */
const LONGEST_GAP_DAYS = 90;

/** How far the window may lag behind while reads are not complete, so that it does not grow for ever. */
const MAX_LAG_DAYS = 7;

const DAY_FORMAT = 'yyyy-MM-dd';

/** A day so many days after another, `YYYY-MM-DD`. */
export function addDays(day: string, days: number): string {
	return DateTime.fromISO(day, { zone: 'utc' }).plus({ days }).toFormat(DAY_FORMAT);
}

/** The days that a poll goes by, UTC, `YYYY-MM-DD`. */
export interface Days {
	/** By the server's clock. */
	today: string;
	/** The latest day that any poll has seen: after today while the clock is set back. */
	latest: string;
}

/**
 * A clock that is set back must not take the newest conversions out of the window: they would be
 * forgotten, and announced again once it is right. One that had run far ahead is not gone by.
 * @param stored memory of whatever scope; undefined when there is none
 */
export function daysFor(today: string, stored: Snapshot | undefined): Days {
	const isAhead =
		stored !== undefined &&
		stored.polledOn > today &&
		stored.polledOn <= addDays(today, LONGEST_GAP_DAYS);
	return { today, latest: isAhead ? stored.polledOn : today };
}

/** The first day of the window of a poll that knows nothing yet. */
export function firstDay({ lookBackDays }: Watch, today: string): string {
	return addDays(today, -lookBackDays);
}

/**
 * The first day to read: where the window of the last poll began. A look-back that was lowered since
 * holds at once, or a window too large to be read in time could never become smaller.
 */
export function windowStart(
	{ from, polledOn }: Snapshot,
	{ lookBackDays }: Watch,
	today: string,
): string {
	const lastPoll = polledOn < today ? polledOn : today;
	return laterOf(from, addDays(lastPoll, -lookBackDays - MAX_LAG_DAYS));
}

/** Why memory cannot be gone by; undefined when it can. */
export function whyOutdated(memory: Snapshot, watch: Watch, today: string): string | undefined {
	if (memory.scope !== watch.scope) return 'what it watches was changed';
	if (memory.from > today) {
		return `the server's clock was set back: its memory begins on ${memory.from}, and today is ${today}`;
	}
	if (addDays(memory.polledOn, LONGEST_GAP_DAYS) < today) {
		return `the last poll that found something is over ${LONGEST_GAP_DAYS} days ago`;
	}
	return undefined;
}

/**
 * Compares what was read with what is remembered. New are the conversions that memory lacks. One is
 * forgotten when two complete reads in a row lack it; coming back after that, it is new again.
 * A read that may lack rows proves no absence.
 * @param memory undefined when everything is only to be remembered
 * @returns the new rows, oldest first, and what to remember from now on
 */
export function findChanges(
	memory: Snapshot | undefined,
	lists: Record<string, ReadList>,
	watch: Watch,
	{ today, latest: polledOn }: Days,
): { fresh: ConversionRow[]; next: Omit<Snapshot, 'counter'> } {
	const fresh: ConversionRow[] = [];
	const next: Snapshot['lists'] = {};
	for (const [name, list] of Object.entries(lists)) {
		const known = memory?.lists[name] ?? { seen: new Set(), missing: new Set() };
		const present = new Set<number>();
		for (const row of list.rows) {
			const id = conversionIdOf(row) as number;
			present.add(id);
			if (memory && !known.seen.has(id)) fresh.push(row);
		}
		next[name] = remember(known, present, list.isComplete);
	}
	const isComplete = Object.values(lists).every((list) => list.isComplete);
	const start = addDays(firstDay(watch, today), isComplete ? 0 : -MAX_LAG_DAYS);
	const from = memory ? laterOf(windowStart(memory, watch, today), start) : firstDay(watch, today);
	return {
		fresh: oldestFirst(fresh),
		next: { scope: watch.scope, from, polledOn, lists: next },
	};
}

function remember(known: SeenList, present: Set<number>, isComplete: boolean): SeenList {
	const seen = new Set(present);
	const missing = new Set<number>();
	for (const id of known.seen) {
		if (present.has(id)) continue;
		const isGone = isComplete && known.missing.has(id);
		if (isGone) continue;
		seen.add(id);
		if (isComplete || known.missing.has(id)) missing.add(id);
	}
	return { seen, missing };
}

function laterOf(day: string, other: string): string {
	return day > other ? day : other;
}

/** By date where every row has one that can be read, then by ID. */
export function oldestFirst(rows: ConversionRow[]): ConversionRow[] {
	const keyed = rows.map((row) => ({
		row,
		at: momentOf(row),
		id: conversionIdOf(row) as number,
	}));
	const isDated = keyed.every(({ at }) => !Number.isNaN(at));
	keyed.sort((left, right) => (isDated ? left.at - right.at : 0) || left.id - right.id);
	return keyed.map(({ row }) => row);
}

/** CAKE writes `2024-01-01T14:32:00Z` or `2024-01-01 14:32:00`; an account uses one of them throughout. */
function momentOf(row: ConversionRow): number {
	const text = String(row.conversion_date).replace(' ', 'T');
	return DateTime.fromISO(text, { zone: 'utc' }).toMillis();
}
