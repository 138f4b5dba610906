import { DateTime } from 'luxon';

/** The day of a moment in its own zone, as CAKE writes days: `YYYY-MM-DD`. */
export function toDayText(moment: DateTime): string {
	return moment.toFormat('yyyy-MM-dd');
}

/**
 * Counts days on the calendar.
 * @param day `YYYY-MM-DD`
 * @param days may be negative
 */
export function addDays(day: string, days: number): string {
	return toDayText(DateTime.fromISO(day, { zone: 'utc' }).plus({ days }));
}
