import { DateTime } from 'luxon';

import type { DateRange } from '../../cake/types';
import { InvalidValue, toDay } from '../../cake/values';
import { InvalidField } from '../../shared/collection';
import type { ItemParameters } from '../parameters';

type NamedRange = (today: DateTime) => [DateTime, DateTime];

/** Each as first and last day, seen from today in the workflow's time zone. */
const NAMED_RANGES: Record<string, NamedRange> = {
	today: (today) => [today, today],
	yesterday: (today) => [today.minus({ days: 1 }), today.minus({ days: 1 })],
	last7Days: (today) => [today.minus({ days: 6 }), today],
	last30Days: (today) => [today.minus({ days: 29 }), today],
	thisMonth: (today) => [today.startOf('month'), today],
	lastMonth: (today) => {
		const month = today.minus({ months: 1 });
		return [month.startOf('month'), month.endOf('month')];
	},
};

/**
 * The days a query covers, from 'Date Range', 'Start Date' and 'End Date'.
 * @param now the present
 * @throws InvalidField
 */
export function readDateRange(item: ItemParameters, timezone: string, now: DateTime): DateRange {
	const choice = String(item.choice('dateRange'));
	const named = NAMED_RANGES[choice];
	if (named) {
		const [first, last] = named(now.setZone(timezone));
		return { startDate: first.toFormat('yyyy-MM-dd'), endDate: last.toFormat('yyyy-MM-dd') };
	}
	if (choice !== 'custom') {
		throw new InvalidField(
			'Date Range',
			new InvalidValue(
				'is not a range this node knows',
				choice,
				`One of custom, ${Object.keys(NAMED_RANGES).join(', ')}.`,
			),
		);
	}
	const startDate = item.required('Start Date', 'startDate', (value) => toDay(value, timezone));
	const endDate = item.required('End Date', 'endDate', (value) => toDay(value, timezone));
	if (endDate < startDate) {
		throw new InvalidField(
			'End Date',
			new InvalidValue('is before the start date', endDate, `A day from ${startDate} on.`),
		);
	}
	return { startDate, endDate };
}
