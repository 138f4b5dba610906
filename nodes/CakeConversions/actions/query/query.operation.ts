import type { INodeProperties, NodeExecutionHint } from 'n8n-workflow';

import { readConversions, type ListResult } from '../../../cake/conversions/readConversions';
import type { ReadPlan } from '../../../cake/paging/readAllPages';
import type { Conversion, Selection } from '../../../cake/types';
import { toBoolean, toWholeNumber } from '../../../cake/values';
import { readFields, type Fields } from '../../../shared/fields';
import { toHint } from '../hints';
import type { Operation, RunSettings } from '../operation';
import {
	createSelectionReaders,
	describeEmptyList,
	describeIncompleteList,
	describeRepeatedReads,
	describeSlowRead,
	filtersField,
} from '../selection';

const displayOptions = { show: { operation: ['query'] } };

export const queryFields: INodeProperties[] = [
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
	{ ...filtersField, displayOptions },
];

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
		...createSelectionReaders(item, settings),
		startAtRow: () => options.wholeNumber('startAtRow'),
		pageSize: () => options.wholeNumber('pageSize'),
		limit() {
			const isAll = item.optional('returnAll', toBoolean) ?? false;
			return isAll ? undefined : item.required('limit', (value) => toWholeNumber(value, 1));
		},
	});
}

/** A hint when the list is incomplete, empty, cut at the limit, or slow to read. */
function describeList(result: ListResult, wanted: ValidQuery): NodeExecutionHint[] {
	const { isComplete, reported } = result;
	const count = result.conversions.length;
	if (!isComplete) return describeIncompleteList(result);
	if (count === 0) return [describeEmptyList(wanted, wanted.startAtRow)];
	if (wanted.limit !== undefined && (reported ?? 0) > count) {
		const message = `CAKE has ${reported} conversions for this, and the first ${count} were read. Turn on 'Return All' to get all of them.`;
		return [toHint(message)];
	}
	return describeSlowRead(result);
}

/** Query Conversions: one request for each page, one output item for each conversion. */
export const query: Operation<ValidQuery, Conversion[]> = {
	isWrite: false,
	validate,
	describeItems: describeRepeatedReads,
	async perform(wanted, session) {
		const { range, filters, ...plan } = wanted;
		const result = await readConversions(session, { range, filters }, plan);
		for (const hint of describeList(result, wanted)) session.hint(hint);
		return result.conversions;
	},
	toRows: (conversions) => conversions.map(({ row }) => row),
};
