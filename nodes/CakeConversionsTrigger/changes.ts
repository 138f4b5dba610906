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

/** The first day of the window of a poll that knows nothing yet. */
export function firstDay({ lookBackDays }: Watch, today: string): string {
	return addDays(today, -lookBackDays);
}

/** Why memory cannot be gone by; undefined when it can. */
export function whyOutdated(memory: Snapshot, watch: Watch, today: string): string | undefined {
	if (memory.scope !== watch.scope) return 'what it watches was changed';
	if (memory.from > today) return "the server's clock was set back";
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
 * @param today UTC, `YYYY-MM-DD`
 * @returns the new rows, oldest first, and what to remember from now on
 */
export function findChanges(
	memory: Snapshot | undefined,
	lists: Record<string, ReadList>,
	watch: Watch,
	today: string,
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
	const from = memory ? latest(memory.from, start) : firstDay(watch, today);
	return {
		fresh: oldestFirst(fresh),
		next: { scope: watch.scope, from, polledOn: today, lists: next },
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

function latest(day: string, other: string): string {
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
