import fc from 'fast-check';
import { DateTime, FixedOffsetZone } from 'luxon';
import { addDays, readDay, startOfWeek, toDay, toMoment } from '../../../nodes/cake/dates';
import { InvalidValue } from '../../../nodes/cake/values';

const ZONES = [
	'UTC',
	'Europe/Berlin',
	'America/New_York',
	'Asia/Tokyo',
	'Asia/Kathmandu',
	'Australia/Lord_Howe',
	'Pacific/Kiritimati',
	'Pacific/Pago_Pago',
];
const zone = fc.constantFrom(...ZONES);
/** Any moment of the years 2000 to 2099, but for their first and last day, to the millisecond. */
const moment = fc.integer({
	min: Date.parse('2000-01-02T12:00:00Z'),
	max: Date.parse('2099-12-30T12:00:00Z'),
});

describe('toMoment', () => {
	it('converts each form of a moment to the same instant in UTC, to the second', () => {
		fc.assert(
			fc.property(moment, zone, zone, (ms, own, workflow) => {
				const utc = `${new Date(ms).toISOString().slice(0, 19)}Z`;
				const date = DateTime.fromMillis(ms, { zone: own });
				for (const form of [new Date(ms), date, date.toISO(), date.toJSDate().toISOString()]) {
					expect(toMoment(form, workflow)).toBe(utc);
				}
			}),
		);
	});

	it('reads a moment without a zone in the zone of the workflow', () => {
		fc.assert(
			fc.property(moment, zone, (ms, workflow) => {
				const wall = DateTime.fromMillis(ms, { zone: workflow }).toFormat("yyyy-MM-dd'T'HH:mm:ss");
				for (const form of [wall, wall.replace('T', ' ')]) {
					const shown = DateTime.fromISO(toMoment(form, workflow), { zone: workflow });
					expect(shown.toFormat("yyyy-MM-dd'T'HH:mm:ss")).toBe(wall);
				}
			}),
		);
	});

	it.each([
		['2024-01-01', 'UTC', '2024-01-01T12:00:00Z'],
		['2024-01-01', 'Asia/Tokyo', '2024-01-01T03:00:00Z'],
		['2024-01-01', 'America/New_York', '2024-01-01T17:00:00Z'],
		['2024-01-01', 'Pacific/Kiritimati', '2023-12-31T22:00:00Z'],
		['20240101', 'UTC', '2024-01-01T12:00:00Z'],
		['2024-W01-1', 'UTC', '2024-01-01T12:00:00Z'],
		['2024-366', 'UTC', '2024-12-31T12:00:00Z'],
		// The clocks change on these days, in the last zone at midnight itself.
		['2024-03-31', 'Europe/Berlin', '2024-03-31T10:00:00Z'],
		['2024-10-27', 'Europe/Berlin', '2024-10-27T11:00:00Z'],
		['2018-11-04', 'America/Sao_Paulo', '2018-11-04T14:00:00Z'],
	])('reads the date %s alone as noon in %s: %s', (value, workflow, sent) =>
		expect(toMoment(value, workflow)).toBe(sent),
	);

	it.each([
		['2024-01-01T14:32:59.999Z', '2024-01-01T14:32:59Z'],
		['2024-01-01T14:32+02:00', '2024-01-01T12:32:00Z'],
		['2024-01-01T14:32:00-0330', '2024-01-01T18:02:00Z'],
		['20240101T143200Z', '2024-01-01T14:32:00Z'],
		// On this day the clocks skip the hour from two to three. Half past two means half past three.
		['2024-03-31T02:30:00', '2024-03-31T01:30:00Z'],
		['2024-10-27T02:30:00+01:00', '2024-10-27T01:30:00Z'],
		// Databases write a space before the offset.
		['2026-11-02 14:31:00 -0500', '2026-11-02T19:31:00Z'],
		['2026-11-02 14:31 +02:00', '2026-11-02T12:31:00Z'],
		['2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'],
		['2099-12-31T23:59:59Z', '2099-12-31T23:59:59Z'],
	])('reads %s in Berlin as %s', (value, sent) =>
		expect(toMoment(value, 'Europe/Berlin')).toBe(sent),
	);

	it('reads a moment in an hour that comes twice as one of the two', () => {
		const sent = toMoment('2024-10-27T02:30:00', 'Europe/Berlin');
		expect(['2024-10-27T00:30:00Z', '2024-10-27T01:30:00Z']).toContain(sent);
	});

	it.each([
		...['yesterday', '2024-13-01', '2024-02-30', '2023-02-29', '2024', '2024-01', '14:32', ''],
		...['01/02/2024', 'Jan 1 2024', '2024-01-01T', '2024-01-01T25:00', '2024-1-1', '1704067200'],
		...['2024-01-01T12:00 noon', '2024-01-01T12:00:00Europe/Berlin'],
		...[1704067200000, NaN, true, null, undefined, {}, ['2024-01-01']],
		...[new Date(NaN), DateTime.invalid('no')],
	])('refuses %p as a moment and as a day', (value) => {
		expect(() => toMoment(value, 'UTC')).toThrow(InvalidValue);
		expect(() => toDay(value, 'UTC')).toThrow(InvalidValue);
	});
});

describe('a year that only a mistake gives', () => {
	it.each(['1999-12-31T23:59:59Z', '2100-01-01T00:00:00Z', '0026-11-02T10:00:00Z', new Date(0)])(
		'refuses %p as a moment and as a day',
		(value) => {
			const message = 'is outside the years 2000 to 2099';
			expect(() => toMoment(value, 'UTC')).toThrow(message);
			expect(() => toDay(value, 'UTC')).toThrow(message);
		},
	);
});

describe('the wording of a refused date', () => {
	it.each([
		['2024-02-30', 'is not a date that exists'],
		['2024-01-01T25:00', 'is not a date that exists'],
		['2024-01-01T12:00 noon', 'is not a date'],
		['2024-01-31 14-30', 'is not a date'],
		['2024-01-31T10:00+99:00', 'is not a date'],
		['2024-01-31T00:30:00+01:00[Europe/Berlin]', 'is not a date'],
	])('says of %s that it %s', (value, finding) => {
		expect(() => toMoment(value, 'UTC')).toThrow(new RegExp(`^${finding}$`));
	});
});

describe('toDay', () => {
	it('gives the day in the zone of the workflow for a Z and for a JavaScript Date', () => {
		fc.assert(
			fc.property(moment, zone, (ms, workflow) => {
				const day = DateTime.fromMillis(ms, { zone: workflow }).toISODate();
				const date = new Date(ms);
				expect(toDay(date, workflow)).toBe(day);
				expect(toDay(date.toISOString(), workflow)).toBe(day);
			}),
		);
	});

	it('keeps the day of a numeric offset, of a date without a zone and of a Luxon date', () => {
		const minutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
		fc.assert(
			fc.property(moment, minutes, zone, (ms, offset, workflow) => {
				const date = DateTime.fromMillis(ms).setZone(FixedOffsetZone.instance(offset));
				const day = date.toFormat('yyyy-MM-dd');
				for (const form of [
					day,
					date.toFormat("yyyy-MM-dd'T'HH:mm:ss"),
					date.toFormat('yyyyMMdd'),
				]) {
					expect(toDay(form, workflow)).toBe(day);
				}
				for (const form of ['ZZ', 'ZZZ'].map((z) => date.toFormat(`yyyy-MM-dd'T'HH:mm${z}`))) {
					expect(toDay(form, workflow)).toBe(day);
				}
				if (offset !== 0) expect(toDay(date, workflow)).toBe(day);
			}),
		);
	});

	it.each([
		['2024-01-31T23:30:00Z', 'Asia/Tokyo', '2024-02-01'],
		['2024-01-31T23:30:00z', 'Asia/Tokyo', '2024-02-01'],
		['2024-02-01T01:00:00Z', 'America/New_York', '2024-01-31'],
		['2024-01-31T23:30:00+00:00', 'Asia/Tokyo', '2024-01-31'],
		['2024-01-31T23:30:00+02', 'Asia/Tokyo', '2024-01-31'],
		['2018-11-04', 'America/Sao_Paulo', '2018-11-04'],
		['2024-03-31T02:30:00', 'Europe/Berlin', '2024-03-31'],
	])('reads the day of %s in %s as %s', (value, workflow, day) =>
		expect(toDay(value, workflow)).toBe(day),
	);
});

describe('addDays', () => {
	it.each([
		['2024-02-28', 1, '2024-02-29'],
		['2026-03-30', -2, '2026-03-28'],
		['2026-12-31', 2, '2027-01-02'],
	])(
		'counts over month ends, leap days and clock changes: %s and %d days make %s',
		(day, days, expected) => {
			expect(addDays(day, days)).toBe(expected);
		},
	);
});

describe('readDay and startOfWeek', () => {
	it('takes the day that a row shows, in each form of CAKE’s dates', () => {
		fc.assert(
			fc.property(moment, (ms) => {
				const date = new Date(ms).toISOString();
				const day = date.slice(0, 10);
				const forms = [date, `${date.slice(0, 19)}Z`, date.replace('T', ' ').slice(0, 19), day];
				for (const form of [...forms, ` ${day}T01:00:00.1234567+13:00`]) {
					expect(readDay(form)).toBe(day);
				}
			}),
		);
	});

	it.each([
		...['2024-02-30', '2023-02-29T10:00:00Z', '2024-13-01', '2024-00-10', '2024-1-1', '20240101'],
		...['01/31/2024', '2024-01-01x', 'soon', '', 1704067200000, null, undefined, {}],
	])('takes %p for no day', (value) => expect(readDay(value)).toBeUndefined());

	it('finds the Monday of each day’s week, as ISO 8601 has it', () => {
		fc.assert(
			fc.property(moment, (ms) => {
				const date = DateTime.fromMillis(ms, { zone: 'utc' });
				expect(startOfWeek(date.toFormat('yyyy-MM-dd'))).toBe(date.startOf('week').toISODate());
			}),
		);
	});
});
