import { DateTime } from 'luxon';

import { addDays, toDayText } from '../cake/dates';
import type { Snapshot } from './snapshot';
import type { Watch } from './watch';

/** After so long without a poll memory is of no use: what would be announced is old news. */
const LONGEST_GAP_DAYS = 90;

/** How far the window may lag behind while reads are not complete, so that it does not grow for ever. */
const MAX_LAG_DAYS = 7;

/** When a poll takes place. Days are UTC, `YYYY-MM-DD`. */
export interface PollTime {
	/** By the server's clock, epoch milliseconds. */
	now: number;
	/** The day of `now`. */
	today: string;
	/** The latest day that any poll has seen: after today while the clock is set back. */
	latest: string;
}

/**
 * A clock that is set back must not take the newest conversions out of the window: they would be
 * forgotten, and announced again once it is right. One that had run far ahead is not gone by.
 * @param now epoch milliseconds
 * @param stored memory of whatever scope; undefined when there is none
 */
export function pollTime(now: number, stored: Snapshot | undefined): PollTime {
	const today = toDayText(DateTime.fromMillis(now, { zone: 'utc' }));
	const isAhead =
		stored !== undefined &&
		stored.polledOn > today &&
		stored.polledOn <= addDays(today, LONGEST_GAP_DAYS);
	return { now, today, latest: isAhead ? stored.polledOn : today };
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

/** Whether a poll reads from a later day than the last complete one: what it lacks may just be too old. */
export function isReadNarrower(memory: Snapshot | undefined, watch: Watch, today: string): boolean {
	if (!memory) return false;
	return memory.isNarrower === true || windowStart(memory, watch, today) > memory.from;
}

/**
 * Where the window of the next poll begins.
 * @param isComplete whether every list was read to its end: what was missed is read again, for a while
 */
export function nextWindowStart(
	memory: Snapshot | undefined,
	watch: Watch,
	today: string,
	isComplete: boolean,
): string {
	if (!memory) return firstDay(watch, today);
	const start = addDays(firstDay(watch, today), isComplete ? 0 : -MAX_LAG_DAYS);
	return laterOf(windowStart(memory, watch, today), start);
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

function laterOf(day: string, other: string): string {
	return day > other ? day : other;
}
