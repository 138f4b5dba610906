import type { DateTime } from 'luxon';
import type { INodeProperties } from 'n8n-workflow';

import { toDay, toDayText } from '../../cake/dates';
import type { DateRange } from '../../cake/types';
import { InvalidValue } from '../../cake/values';
import { readFields, type Fields } from '../../shared/fields';

/** Newest days first. n8n's linter would sort choices that stand in the field itself. */
const DATE_RANGES = [
	{ name: 'Today', value: 'today', description: 'Only this day, so far' },
	{ name: 'Yesterday', value: 'yesterday', description: 'Only the day before today' },
	{ name: 'Last 7 Days', value: 'last7Days', description: 'Today and the 6 days before' },
	{ name: 'Last 30 Days', value: 'last30Days', description: 'Today and the 29 days before' },
	{ name: 'Last 90 Days', value: 'last90Days', description: 'Today and the 89 days before' },
	{ name: 'This Month', value: 'thisMonth', description: 'From the first of the month to today' },
	{ name: 'Last Month', value: 'lastMonth', description: 'The whole month before this one' },
	{ name: 'Custom', value: 'custom', description: 'Between two days that you choose' },
];

/**
 * @param operation the operations that show these fields
 * @param whenNew the range of a new node
 * @param lastDay the description of 'End Date'
 */
export function createDateRangeFields(
	operation: string[],
	whenNew: string,
	lastDay = 'The last day. Some accounts leave it out: Check Account shows whether yours does.',
): INodeProperties[] {
	const customRange = { show: { operation, dateRange: ['custom'] } };
	return [
		{
			displayName: 'Date Range',
			name: 'dateRange',
			type: 'options',
			default: whenNew,
			displayOptions: { show: { operation } },
			options: DATE_RANGES,
			description:
				'The days of the conversions. Today is today in the workflow’s time zone, but CAKE decides when a day begins and ends.',
		},
		// Not `required`: n8n would then ask for both days whenever 'Date Range' is an expression.
		{
			displayName: 'Start Date',
			name: 'startDate',
			type: 'dateTime',
			typeOptions: { dateOnly: true },
			default: '',
			displayOptions: customRange,
			description: 'The first day. The time of day is ignored.',
		},
		{
			displayName: 'End Date',
			name: 'endDate',
			type: 'dateTime',
			typeOptions: { dateOnly: true },
			default: '',
			displayOptions: customRange,
			description: lastDay,
		},
	];
}

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
