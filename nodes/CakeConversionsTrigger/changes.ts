import { DateTime } from 'luxon';

import { conversionIdOf } from '../cake/conversions';
import type { ConversionRow } from '../cake/types';
import type { SeenList, Snapshot } from './snapshot';
import type { Watch } from './watch';
import { nextWindowStart, windowStart, type PollTime } from './window';

/** What a poll read of one watched list. */
export interface ReadList {
	rows: ConversionRow[];
	/** False when rows may be missing. */
	isComplete: boolean;
	/** How many CAKE said there are; absent when it did not say. */
	reported?: number;
}

/** A list at least so long does not lose most of what it had at a stroke, as a rule. */
const LONG_LIST = 10;

/** How long most of a long list must have been gone to be believed. */
const DOUBT_MS = 3_600_000;

/** How many polls more only remember when the first one could not read all that there was. */
const POLLS_TO_LEARN = 3;

/**
 * Compares what was read with what is remembered. New are the conversions that memory lacks. One is
 * forgotten when two complete reads in a row lack it; coming back after that, it is new again.
 * Absence is not proved by a read that may lack rows, nor, for an hour, by one that suddenly has less
 * than half of a long list: a replica of CAKE's database that lags behind answers like that, and all
 * of it would be announced again.
 * @param memory undefined when everything is only to be remembered
 * @returns the new rows, oldest first, and what to remember from now on
 */
export function findChanges(
	memory: Snapshot | undefined,
	lists: Record<string, ReadList>,
	watch: Watch,
	{ now, today, latest: polledOn }: PollTime,
): { fresh: ConversionRow[]; next: Omit<Snapshot, 'counter'> } {
	// What has just grown too old to be read is gone for good.
	const isDoubted = memory?.isNarrower !== true;
	const fresh: ConversionRow[] = [];
	const next: Snapshot['lists'] = {};
	for (const [name, { rows, isComplete }] of Object.entries(lists)) {
		const known = memory?.lists[name];
		const isLearning = known === undefined || known.pollsToLearn !== undefined;
		const present = new Set(rows.map((row) => conversionIdOf(row) as number));
		if (!isLearning) {
			fresh.push(...rows.filter((row) => !known.seen.has(conversionIdOf(row) as number)));
		}
		next[name] = {
			...remember(known ?? NOTHING, present, { isComplete, isDoubted, now }),
			...(isLearning && !isComplete && learnOn(known)),
		};
	}
	const isComplete = Object.values(lists).every((list) => list.isComplete);
	const from = nextWindowStart(memory, watch, today, isComplete);
	const isNarrower =
		memory !== undefined &&
		(from > windowStart(memory, watch, today) || (memory.isNarrower === true && !isComplete));
	return {
		fresh: oldestFirst(fresh),
		next: {
			scope: watch.scope,
			from,
			...(isNarrower && { isNarrower }),
			polledOn,
			lists: next,
		},
	};
}

const NOTHING: SeenList = { seen: new Set(), missing: new Set() };

/** What a first read lacked was there already, and is not to be announced by the next. */
function learnOn(known: SeenList | undefined): Pick<SeenList, 'pollsToLearn'> {
	const left = (known?.pollsToLearn ?? POLLS_TO_LEARN + 1) - 1;
	return left > 0 ? { pollsToLearn: left } : {};
}

interface Read {
	isComplete: boolean;
	/** Whether it is doubted when most of the list is gone. */
	isDoubted: boolean;
	now: number;
}

function remember(
	known: SeenList,
	present: Set<number>,
	{ isComplete, isDoubted, now }: Read,
): SeenList {
	const doubtedSince =
		(isDoubted || known.doubtedSince !== undefined) && isMostlyGone(known, present)
			? (known.doubtedSince ?? (isComplete ? now : undefined))
			: undefined;
	// Either way: a clock that is set back must not make it doubted for ever.
	const isBelieved = doubtedSince === undefined || Math.abs(now - doubtedSince) >= DOUBT_MS;
	const provesAbsence = isComplete && isBelieved;
	const seen = new Set(present);
	const missing = new Set<number>();
	for (const id of known.seen) {
		if (present.has(id)) continue;
		const isGone = provesAbsence && known.missing.has(id);
		if (isGone) continue;
		seen.add(id);
		if (provesAbsence || known.missing.has(id)) missing.add(id);
	}
	return { seen, missing, ...(doubtedSince !== undefined && { doubtedSince }) };
}

/** Those that the last read lacked already do not count: they were not doubted then. */
function isMostlyGone({ seen, missing }: SeenList, present: Set<number>): boolean {
	const expected = [...seen].filter((id) => !missing.has(id));
	const still = expected.filter((id) => present.has(id));
	return expected.length >= LONG_LIST && still.length * 2 < expected.length;
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
