import { DateTime } from 'luxon';

import type { DateRange } from './types';
import { InvalidValue } from './values';

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

/**
 * The end date that lets nothing of a day be missed: CAKE's zone, and whether it counts the end date
 * in, are unknown (article, "Query Conversion History").
 */
export function widenEnd(day: string): string {
	return addDays(day, 2);
}

/** The days to ask CAKE for, to see everything of the given days, whatever its zone. */
export function widenRange({ startDate, endDate }: DateRange): DateRange {
	return { startDate: addDays(startDate, -1), endDate: widenEnd(endDate) };
}

const DATE_ACCEPTED =
	'An ISO 8601 date such as 2024-01-31 or 2024-01-31T14:30:00+02:00, or a date from an expression such as {{ $now }}.';

/** A full date first (a bare year, week or time is too little to go by), then optionally a time. */
const ISO_DATE = /^(\d{4}-\d{2}-\d{2}|\d{8}(?=T|$)|\d{4}-W\d{2}-\d|\d{4}-\d{3})(?:[T ](.+))?$/i;

interface ParsedDate {
	moment: DateTime;
	/** A date without a time of day. */
	dateOnly: boolean;
	/** The value named its own numeric offset, `+02:00`. */
	hasOffset: boolean;
}

/** n8n evaluates expressions in a realm of its own, so `instanceof` does not see its dates. */
function isDate(value: unknown): value is Date {
	return Object.prototype.toString.call(value) === '[object Date]';
}

function asIsoText(value: unknown): unknown {
	if (DateTime.isDateTime(value)) return value.isValid ? value.toISO() : undefined;
	if (isDate(value)) {
		const time = value.getTime();
		return Number.isNaN(time) ? undefined : new Date(time).toISOString();
	}
	return typeof value === 'string' ? value.trim() : undefined;
}

function parseDate(value: unknown, zone: string): ParsedDate {
	const text = asIsoText(value);
	const match = typeof text === 'string' ? ISO_DATE.exec(text) : null;
	if (!match) throw new InvalidValue('is not a date', value, DATE_ACCEPTED);
	const [, day = '', time = ''] = match;
	const moment = DateTime.fromISO(time ? `${day}T${time}` : day, { zone, setZone: true });
	if (!moment.isValid) throw new InvalidValue('is not a date that exists', value, DATE_ACCEPTED);
	return { moment, dateOnly: !time, hasOffset: /[+-]\d{2}(:?\d{2})?$/.test(time) };
}

/**
 * The moment of a conversion, as CAKE takes it: UTC, `2024-01-01T14:32:00Z`, whole seconds.
 * A value without a zone is read in `zone` (the workflow's); a date alone means noon there, which
 * is the same day in most zones CAKE may keep.
 */
export function toMoment(value: unknown, zone: string): string {
	const { moment, dateOnly } = parseDate(value, zone);
	const exact = dateOnly ? moment.set({ hour: 12 }) : moment;
	return exact.toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");
}

/**
 * A day for CAKE's date range, `YYYY-MM-DD`. A value with a numeric offset keeps its own day;
 * a `Z` or a JavaScript Date is a moment, and counts as the day it has in `zone` (the workflow's).
 */
export function toDay(value: unknown, zone: string): string {
	const { moment, hasOffset } = parseDate(value, zone);
	return toDayText(hasOffset ? moment : moment.setZone(zone));
}
