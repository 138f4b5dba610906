import { DateTime } from 'luxon';

import { addDays, toDayText, widenEnd } from '../cake/dates';
import type { DateRange } from '../cake/types';
import type { Snapshot } from './snapshot';
import type { TriggerSettings } from './settings';

/** Memory older than this is not used, since it would announce old news. */
const LONGEST_GAP_DAYS = 90;

/** How far the window may lag behind while no read is complete. It must not grow forever. */
const MAX_LAG_DAYS = 7;

/** What one poll reads, and the memory it compares with. Days are UTC, `YYYY-MM-DD`. */
export interface PollWindow {
	settings: TriggerSettings;
	/** When the poll began, by the server's clock, epoch milliseconds. */
	now: number;
	range: DateRange;
	/** Absent when the poll only remembers what it reads. */
	memory?: Snapshot | undefined;
	/** Why the poll does not use the stored memory. */
	staleReason?: string | undefined;
	/** Whether it begins later than the last window read completely: missing IDs may be too old. */
	isNarrower: boolean;
	/**
	 * What to remember of the window.
	 * @param isComplete whether every list was read to its end; if not, `from` lags by up to MAX_LAG_DAYS
	 */
	advance: (isComplete: boolean) => Pick<Snapshot, 'scope' | 'from' | 'isNarrower' | 'polledOn'>;
}

/**
 * Chooses the days that a poll reads. Memory holds the first one; the last one is two days after today.
 *
 * A lower look-back counts at once, plus MAX_LAG_DAYS: a window too large to read in time must shrink.
 * A clock set back must not take the newest conversions out of the window: memory would drop them, and
 * announce them again later. So the window ends no earlier than before, unless that was far ahead.
 * @param stored memory of any scope; undefined when there is none
 * @param now epoch milliseconds
 */
export function openWindow(
	settings: TriggerSettings,
	stored: Snapshot | undefined,
	now: number,
): PollWindow {
	const today = toDayText(DateTime.fromMillis(now, { zone: 'utc' }));
	const staleReason = stored && getStaleReason(stored, settings, today);
	const memory = staleReason ? undefined : stored;
	const lookBack = (day: string, lagDays = 0) => addDays(day, -settings.lookBackDays - lagDays);
	const startDate = memory
		? pickLater(memory.from, lookBack(pickEarlier(memory.polledOn, today), MAX_LAG_DAYS))
		: lookBack(today);
	const isFarAhead = stored !== undefined && stored.polledOn > addDays(today, LONGEST_GAP_DAYS);
	const polledOn = stored && !isFarAhead ? pickLater(stored.polledOn, today) : today;
	const wasNarrower = memory?.isNarrower === true;
	return {
		settings,
		now,
		range: { startDate, endDate: widenEnd(polledOn) },
		memory,
		staleReason,
		isNarrower: wasNarrower || (memory !== undefined && startDate > memory.from),
		advance(isComplete) {
			const from = pickLater(startDate, lookBack(today, isComplete ? 0 : MAX_LAG_DAYS));
			const isNarrower = from > startDate || (wasNarrower && !isComplete);
			return { scope: settings.scope, from, ...(isNarrower && { isNarrower }), polledOn };
		},
	};
}

function getStaleReason(
	memory: Snapshot,
	{ scope }: TriggerSettings,
	today: string,
): string | undefined {
	if (memory.scope !== scope) return 'what it watches was changed';
	if (memory.from > today) {
		return `the server's clock was set back: its memory begins on ${memory.from}, and today is ${today}`;
	}
	if (addDays(memory.polledOn, LONGEST_GAP_DAYS) < today) {
		return `the last poll that found something is over ${LONGEST_GAP_DAYS} days ago`;
	}
	return undefined;
}

function pickLater(day: string, other: string): string {
	return day > other ? day : other;
}

function pickEarlier(day: string, other: string): string {
	return day < other ? day : other;
}
