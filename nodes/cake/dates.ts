import { DateTime } from 'luxon';

import type { DateRange } from './types';
import { InvalidValue, trim } from './values';

/** The calendar day of a moment, in the moment's own zone: `YYYY-MM-DD`. */
export function toDayText(moment: DateTime): string {
	return moment.toFormat('yyyy-MM-dd');
}

/**
 * Adds calendar days.
 * @param day `YYYY-MM-DD`
 * @param days may be negative
 */
export function addDays(day: string, days: number): string {
	return toDayText(DateTime.fromISO(day, { zone: 'utc' }).plus({ days }));
}

/**
 * The end date for a query that must include all of `day`. One extra day is for CAKE's unknown zone,
 * one because its article ("Query Conversion History") does not say whether the end date counts.
 */
export function widenEnd(day: string): string {
	return addDays(day, 2);
}

/** The range for a query that must include all of the given days in any time zone CAKE may use. */
export function widenRange({ startDate, endDate }: DateRange): DateRange {
	return { startDate: addDays(startDate, -1), endDate: widenEnd(endDate) };
}

const DATE_ACCEPTED =
	'An ISO 8601 date such as 2024-01-31 or 2024-01-31T14:30:00+02:00, or a date from an expression such as {{ $now }}.';

/** A full date, with or without a time. A year, a week or a time alone names no day. */
const ISO_DATE = /^(\d{4}-\d{2}-\d{2}|\d{8}(?=T|$)|\d{4}-W\d{2}-\d|\d{4}-\d{3})(?:[T ](.+))?$/i;

interface ParsedDate {
	moment: DateTime;
	/** The value has no time of day. */
	isDateOnly: boolean;
	/** The value has a numeric offset, such as `+02:00`. */
	hasOffset: boolean;
}

/** `instanceof` fails for dates from expressions: n8n evaluates expressions in a separate realm. */
function isDate(value: unknown): value is Date {
	return Object.prototype.toString.call(value) === '[object Date]';
}

function toIsoText(value: unknown): unknown {
	if (DateTime.isDateTime(value)) return value.isValid ? value.toISO() : undefined;
	if (isDate(value)) {
		const time = value.getTime();
		return Number.isNaN(time) ? undefined : new Date(time).toISOString();
	}
	return typeof value === 'string' ? trim(value) : undefined;
}

const OFFSET = / ?([+-]\d{2}(:?\d{2})?)$/;

/** The largest offset of any time zone. */
const MAX_OFFSET_MINUTES = 14 * 60;

function parseDate(value: unknown, zone: string): ParsedDate {
	const text = toIsoText(value);
	// A zone name in brackets may contradict the offset beside it.
	const match = typeof text === 'string' && !text.includes('[') ? ISO_DATE.exec(text) : null;
	if (!match) throw new InvalidValue('is not a date', value, DATE_ACCEPTED, 'date');
	const [, day = '', given = ''] = match;
	// Databases write a space before the offset.
	const time = given.replace(OFFSET, '$1');
	const moment = DateTime.fromISO(time ? `${day}T${time}` : day, { zone, setZone: true });
	if (!moment.isValid || Math.abs(moment.offset) > MAX_OFFSET_MINUTES) {
		const isImpossible = moment.invalidReason === 'unit out of range';
		const finding = isImpossible ? 'is not a date that exists' : 'is not a date';
		throw new InvalidValue(finding, value, DATE_ACCEPTED);
	}
	return { moment, isDateOnly: !time, hasOffset: OFFSET.test(time) };
}

/** Other years come only by mistake, such as 1970 for epoch 0, or 26. */
export function isUsualYear({ year }: DateTime): boolean {
	return year >= 2000 && year <= 2099;
}

/** @throws InvalidValue */
function refuseYear(date: DateTime, value: unknown): void {
	if (isUsualYear(date)) return;
	throw new InvalidValue('is outside the years 2000 to 2099', value, DATE_ACCEPTED);
}

/**
 * The moment of a conversion in CAKE's form: UTC, whole seconds, `2024-01-01T14:32:00Z`.
 * A value without a zone is read in `zone`, the workflow's. A date alone means noon in `zone`: that is
 * the same day in most zones that CAKE may use.
 */
export function toMoment(value: unknown, zone: string): string {
	const { moment, isDateOnly } = parseDate(value, zone);
	const exact = isDateOnly ? moment.set({ hour: 12 }) : moment;
	const utc = exact.toUTC();
	refuseYear(utc, value);
	return utc.toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");
}

/**
 * A day for CAKE's date range, `YYYY-MM-DD`. A value with a numeric offset keeps its own day.
 * A value with `Z` and a JavaScript Date are moments: they get their day in `zone`, the workflow's.
 */
export function toDay(value: unknown, zone: string): string {
	const { moment, hasOffset } = parseDate(value, zone);
	const day = hasOffset ? moment : moment.setZone(zone);
	refuseYear(day, value);
	return toDayText(day);
}

const DAY_OF_ROW = /^(\d{4}-\d{2}-\d{2})(?=[T ]|$)/;

/**
 * The calendar day of a date in a row, `YYYY-MM-DD`, as CAKE wrote it: `2024-01-15T09:00:00Z` and
 * `2024-01-15 09:00:00` are of the 15th, whatever the zone. CAKE does not document the zone.
 * @returns undefined for anything else
 */
export function readDay(value: unknown): string | undefined {
	const [day] = (typeof value === 'string' && DAY_OF_ROW.exec(trim(value))) || [];
	return day !== undefined && addToUtcDay(day, 0) === day ? day : undefined;
}

/** The Monday on or before a day. Weeks are those of ISO 8601. @param day `YYYY-MM-DD` */
export function startOfWeek(day: string): string {
	const daysSinceMonday = (new Date(day).getUTCDay() + 6) % 7;
	return addToUtcDay(day, -daysSinceMonday) ?? day;
}

/** As `addDays`, without Luxon: a list has a hundred thousand rows. Undefined if the day does not exist. */
function addToUtcDay(day: string, days: number): string | undefined {
	const date = new Date(day);
	if (Number.isNaN(date.getTime())) return undefined;
	date.setUTCDate(date.getUTCDate() + days);
	return date.toISOString().slice(0, 10);
}
