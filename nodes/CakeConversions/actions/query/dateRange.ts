import type { DateTime } from 'luxon';

import { toDay, toDayText } from '../../../cake/dates';
import type { DateRange } from '../../../cake/types';
import { InvalidValue } from '../../../cake/values';
import { readFields, type Fields } from '../../../shared/fields';

type NamedRange = (today: DateTime) => [DateTime, DateTime];

/** The first and last day of each range, for today in the workflow's time zone. */
const NAMED_RANGES: Record<string, NamedRange> = {
	today: (today) => [today, today],
	yesterday: (today) => [today.minus({ days: 1 }), today.minus({ days: 1 })],
	last7Days: (today) => [today.minus({ days: 6 }), today],
	last30Days: (today) => [today.minus({ days: 29 }), today],
	last90Days: (today) => [today.minus({ days: 89 }), today],
	thisMonth: (today) => [today.startOf('month'), today],
	lastMonth: (today) => {
		const month = today.minus({ months: 1 });
		return [month.startOf('month'), month.endOf('month')];
	},
};

/** Reads 'Date Range', 'Start Date' and 'End Date'. @throws InvalidField */
export function readDateRange(item: Fields, timezone: string, now: DateTime): DateRange {
	const choice = String(item.get('dateRange'));
	const named = Object.hasOwn(NAMED_RANGES, choice) && NAMED_RANGES[choice];
	if (named) {
		const [first, last] = named(now.setZone(timezone));
		return { startDate: toDayText(first), endDate: toDayText(last) };
	}
	if (choice !== 'custom') {
		const accepted = `One of custom, ${Object.keys(NAMED_RANGES).join(', ')}.`;
		const unknown = new InvalidValue('is not a range this node knows', choice, accepted);
		throw item.toRefusal('dateRange', unknown);
	}
	const toZonedDay = (value: unknown) => toDay(value, timezone);
	const { startDate, endDate } = readFields<DateRange>({
		startDate: () => item.required('startDate', toZonedDay),
		endDate: () => item.required('endDate', toZonedDay),
	});
	if (endDate < startDate) {
		const accepted = `A day from ${startDate} on.`;
		throw item.toRefusal(
			'endDate',
			new InvalidValue('is before the start date', endDate, accepted),
		);
	}
	return { startDate, endDate };
}
