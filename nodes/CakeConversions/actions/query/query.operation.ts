import { DateTime } from 'luxon';
import type { INodeProperties, NodeExecutionHint } from 'n8n-workflow';

import { readConversions, type ListResult } from '../../../cake/conversions/readConversions';
import { MAX_PAGE_SIZE, type ReadPlan } from '../../../cake/paging/readAllPages';
import type { Conversion, Selection } from '../../../cake/types';
import { toBoolean, toWholeNumber } from '../../../cake/values';
import { readFields, type Fields } from '../../../shared/fields';
import { describeSelection, filterFields, readFilters } from '../../../shared/filters';
import { MANY_PAGES, toHint, toWarning } from '../hints';
import { readDateRange } from './dateRange';
import type { Operation, RunSettings } from '../operation';

const displayOptions = { show: { operation: ['query'] } };
const customRange = { show: { operation: ['query'], dateRange: ['custom'] } };

/** Newest days first. n8n's linter would sort choices that stand in the field itself. */
const DATE_RANGES = [
	{ name: 'Today', value: 'today', description: 'This day alone, so far' },
	{ name: 'Yesterday', value: 'yesterday', description: 'The day before today alone' },
	{ name: 'Last 7 Days', value: 'last7Days', description: 'Today and the 6 days before' },
	{ name: 'Last 30 Days', value: 'last30Days', description: 'Today and the 29 days before' },
	{ name: 'Last 90 Days', value: 'last90Days', description: 'Today and the 89 days before' },
	{ name: 'This Month', value: 'thisMonth', description: 'From the first of the month to today' },
	{ name: 'Last Month', value: 'lastMonth', description: 'The whole month before this one' },
	{ name: 'Custom', value: 'custom', description: 'Between two days that you choose' },
];

export const queryFields: INodeProperties[] = [
	{
		displayName: 'Date Range',
		name: 'dateRange',
		type: 'options',
		default: 'last7Days',
		displayOptions,
		options: DATE_RANGES,
		description:
			'The days of the conversions to get, by the calendar of the workflow’s time zone. When a day begins and ends is up to CAKE.',
	},
	// Not `required`: n8n would then ask for both days whenever 'Date Range' is an expression.
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

type ValidQuery = Selection & ReadPlan;

function validate(item: Fields, settings: RunSettings): ValidQuery {
	const options = item.members('options');
	return readFields<ValidQuery>({
		range: () => readDateRange(item, settings.timezone, DateTime.now()),
		filters: () => readFilters(item.members('filters')),
		startAtRow: () => options.wholeNumber('startAtRow'),
		pageSize: () => options.wholeNumber('pageSize'),
		limit() {
			const isAll = item.optional('returnAll', toBoolean) ?? false;
			return isAll ? undefined : item.required('limit', (value) => toWholeNumber(value, 1));
		},
	});
}

/** Names the days and filters of an empty list: n8n itself only says that there is no output. */
function describeEmptyList({ startAtRow, ...selection }: ValidQuery): string {
	const message = `CAKE has no conversions ${describeSelection(selection)}`;
	if (startAtRow > 1) return `${message}, from row ${startAtRow} on.`;
	// CAKE's article ("Query Conversion History") does not say whether the end date counts. If it does
	// not, 'Today' is always empty.
	return `${message}. If there should be some of ${selection.range.endDate}, choose 'Custom' with an End Date a day later: not every account may count the end date in.`;
}

/** A hint when the list is incomplete, empty, cut at the limit, or slow to read. */
function describeList(result: ListResult, wanted: ValidQuery): NodeExecutionHint | undefined {
	const { isComplete, reported, pages } = result;
	const count = result.conversions.length;
	if (!isComplete) {
		return toWarning(
			`CAKE reported ${reported ?? 'an unknown number'} conversions, and ${count} were read. Either the list changed while it was read and some are missing, or CAKE's total is wrong. Run it again, or ask for fewer days.`,
		);
	}
	if (count === 0) return toHint(describeEmptyList(wanted));
	if (wanted.limit !== undefined && (reported ?? 0) > count) {
		return toHint(
			`CAKE has ${reported} conversions for this, and the first ${count} were read. Turn on 'Return All' to get all of them.`,
		);
	}
	if (pages < MANY_PAGES) return undefined;
	return toHint(
		`${count} conversions were read in ${pages} requests. Fewer days or a filter make it faster.`,
	);
}

/** A hint when several items read the same list. */
function describeRepeatedReads([first, ...others]: ValidQuery[]): NodeExecutionHint[] {
	const query = JSON.stringify(first);
	if (others.length === 0 || others.some((one) => JSON.stringify(one) !== query)) return [];
	const message = `The same conversions were read ${others.length + 1} times, once for each item that came in. Turn on 'Execute Once' in the settings of this node to read them once.`;
	return [toHint(message)];
}

/** Query Conversions: one request for each page, one output item for each conversion. */
export const query: Operation<ValidQuery, Conversion[]> = {
	isWrite: false,
	isRepeatable: () => true,
	validate,
	describeItems: describeRepeatedReads,
	async perform(wanted, session) {
		const { range, filters, ...plan } = wanted;
		const result = await readConversions(session, { range, filters }, plan);
		const hint = describeList(result, wanted);
		if (hint) session.hint(hint);
		return result.conversions;
	},
	toRows: (conversions) => conversions.map(({ row }) => row),
};
