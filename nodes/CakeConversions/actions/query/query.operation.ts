import { DateTime } from 'luxon';
import type { INodeProperties } from 'n8n-workflow';

import { readConversions, type ListResult } from '../../../cake/conversions/readConversions';
import { MAX_PAGE_SIZE } from '../../../cake/paging/readAllPages';
import type { Conversion, Selection } from '../../../cake/types';
import { toBoolean, toWholeNumber } from '../../../cake/values';
import type { Fields } from '../../../shared/fields';
import { describeSelection, filterFields, readFilters } from '../../../shared/filters';
import { MANY_PAGES, toHint } from '../hints';
import { readDateRange } from './dateRange';
import type { Operation, RunSettings, Session } from '../operation';

const displayOptions = { show: { operation: ['query'] } };
const customRange = { show: { operation: ['query'], dateRange: ['custom'] } };

export const queryFields: INodeProperties[] = [
	{
		displayName: 'Date Range',
		name: 'dateRange',
		type: 'options',
		default: 'last7Days',
		displayOptions,
		options: [
			{
				name: 'Custom',
				value: 'custom',
				description: 'Between two days that you choose',
			},
			{ name: 'Last 30 Days', value: 'last30Days', description: 'Today and the 29 days before' },
			{ name: 'Last 7 Days', value: 'last7Days', description: 'Today and the 6 days before' },
			{
				name: 'Last Month',
				value: 'lastMonth',
				description: 'From the first to the last day of the month before this one',
			},
			{
				name: 'This Month',
				value: 'thisMonth',
				description: 'From the first of the month to today',
			},
			{ name: 'Today', value: 'today', description: 'This day alone, so far' },
			{ name: 'Yesterday', value: 'yesterday', description: 'The day before today alone' },
		],
		description:
			'The days of the conversions to get, by the calendar of the workflow’s time zone. When a day begins and ends is up to CAKE.',
	},
	// Not `required`: n8n would ask for the days whenever 'Date Range' is an expression.
	{
		displayName: 'Start Date',
		name: 'startDate',
		type: 'dateTime',
		typeOptions: { dateOnly: true },
		default: '',
		displayOptions: customRange,
		description: 'The first day. Of a date with a time, only the day counts.',
	},
	{
		displayName: 'End Date',
		name: 'endDate',
		type: 'dateTime',
		typeOptions: { dateOnly: true },
		default: '',
		displayOptions: customRange,
		description:
			'The last day. CAKE does not say whether it counts that day in; to be sure, ask for one day more.',
	},
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		displayOptions,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		displayOptions: { show: { operation: ['query'], returnAll: [false] } },
		description: 'Max number of results to return',
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		displayOptions,
		options: filterFields,
	},
];

/** Fields of 'Options' that only a query has. */
export const pageSizeField: INodeProperties = {
	displayName: 'Page Size',
	name: 'pageSize',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MAX_PAGE_SIZE },
	default: MAX_PAGE_SIZE,
	displayOptions: { show: { '/operation': ['query'] } },
	description: 'How many conversions to ask for in one request. CAKE gives 500 at most.',
};

export const startAtRowField: INodeProperties = {
	displayName: 'Start at Row',
	name: 'startAtRow',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 1,
	displayOptions: { show: { '/operation': ['query'] } },
	description: 'The first conversion to get, counted from 1 in the order CAKE has them',
};

interface ValidQuery extends Selection {
	startAtRow: number;
	pageSize: number;
	limit?: number | undefined;
}

function validate(item: Fields, settings: RunSettings): ValidQuery {
	const options = item.members('options');
	const isAll = item.optional('returnAll', toBoolean) ?? false;
	return {
		range: readDateRange(item, settings.timezone, DateTime.now()),
		filters: readFilters(item.members('filters')),
		startAtRow: options.wholeNumber('startAtRow'),
		pageSize: options.wholeNumber('pageSize'),
		limit: isAll ? undefined : item.required('limit', (value) => toWholeNumber(value, 1)),
	};
}

/** A warning that CAKE's totals and its rows never fitted together. */
function warnIncomplete(result: ListResult, session: Session): void {
	const reported = result.reported === undefined ? 'an unknown number' : String(result.reported);
	session.hint({
		type: 'warning',
		location: 'outputPane',
		message: `CAKE reported ${reported} conversions, and ${result.conversions.length} were read. Either the list changed while it was read and some are missing, or CAKE's total is wrong. Run it again, or ask for fewer days.`,
	});
}

/** What to tell the user when there is nothing: n8n itself says no more than that there is no output. */
function describeNothing({ startAtRow, ...selection }: ValidQuery): string {
	const nothing = `CAKE has no conversions ${describeSelection(selection)}`;
	if (startAtRow > 1) return `${nothing}, from row ${startAtRow} on.`;
	// Not documented (article, "Query Conversion History"), and 'Today' would always be empty then.
	return `${nothing}. If there should be some of ${selection.range.endDate}, choose 'Custom' with an End Date a day later: not every account may count the end date in.`;
}

/** A hint that there are no conversions, that there are more, or very many. */
function describeList(result: ListResult, wanted: ValidQuery, session: Session): void {
	const { reported = 0, pages } = result;
	const count = result.conversions.length;
	const { limit } = wanted;
	if (!result.isComplete) {
		warnIncomplete(result, session);
	} else if (count === 0) {
		session.hint(toHint(describeNothing(wanted)));
	} else if (limit !== undefined && reported > count) {
		const message = `CAKE has ${reported} conversions for this, and the first ${count} were read. Turn on 'Return All' to get all of them.`;
		session.hint(toHint(message));
	} else if (pages >= MANY_PAGES) {
		const message = `${count} conversions were read in ${pages} requests. Fewer days or a filter make it faster.`;
		session.hint(toHint(message));
	}
}

/** A hint for whoever reads the same list once for each of many items. */
function describeRepetition([first, ...others]: ValidQuery[]): string[] {
	const wanted = JSON.stringify(first);
	if (others.length === 0 || others.some((one) => JSON.stringify(one) !== wanted)) return [];
	return [
		`The same conversions were read ${others.length + 1} times, once for each item that came in. Turn on 'Execute Once' in the settings of this node to read them once.`,
	];
}

/** Query Conversions: as many requests as there are pages, one item out for each conversion. */
export const query: Operation<ValidQuery, Conversion[]> = {
	isWrite: false,
	isRepeatable: () => true,
	validate,
	describeItems: describeRepetition,
	async perform(wanted, session) {
		const { range, filters, ...plan } = wanted;
		const result = await readConversions(session, { range, filters }, plan);
		describeList(result, wanted, session);
		return result.conversions;
	},
	toRows: (conversions) => conversions.map(({ row }) => row),
};
