import type { INodeProperties, INodePropertyOptions, NodeExecutionHint } from 'n8n-workflow';

import { dispatch, type DispatchOptions, type Job } from '../../cake/transport/dispatch';
import { CakeError } from '../../cake/errors';
import { groupBy } from '../../cake/groupBy';
import { findConversions, toSearchRange } from '../../cake/conversions/findByReference';
import type { Conversion, ConversionFilters, Reference } from '../../cake/types';
import { InvalidValue, toId, toReference } from '../../cake/values';
import { readFields, type Fields } from '../../shared/fields';
import { idFilterFields, readIdFilters } from '../../shared/filters';
import { toHint } from './hints';
import type { Session, ValidItem } from './operation';
import { describeSlowRead, filtersField } from './selection';

/** The choices of 'Find By' with which Update searches the list. Get always does. */
const BY_REFERENCE = ['orderId', 'clickId'];

const operation = ['get', 'update'];
const showFor = (findBy: string) => ({ show: { operation, findBy: [findBy] } });

const searchFiltersField: INodeProperties = {
	...filtersField,
	description:
		'Search only these conversions. That is faster, and two of them rarely share an order or click ID.',
	options: idFilterFields,
};

/** Choices of a list that says which ID a conversion is known by. */
export const clickIdChoice: INodePropertyOptions = {
	name: 'Click ID',
	value: 'clickId',
	description: 'The ID CAKE gave the click, as a CRM keeps it',
};
export const orderIdChoice: INodePropertyOptions = {
	name: 'Order ID',
	value: 'orderId',
	description: 'The order number in the advertiser’s system, as a shop knows it',
};

export const findByFields: INodeProperties[] = [
	{
		displayName: 'Find By',
		name: 'findBy',
		type: 'options',
		noDataExpression: true,
		default: 'conversionId',
		displayOptions: { show: { operation } },
		options: [
			clickIdChoice,
			{
				name: 'Conversion ID',
				value: 'conversionId',
				description: 'CAKE’s own number of the conversion; an update needs no look-up',
			},
			orderIdChoice,
		],
		description:
			'The ID that you have. One read looks up all items; an update by Conversion ID needs no look-up.',
	},
	{
		displayName: 'Conversion ID',
		name: 'conversionId',
		type: 'string',
		default: '',
		required: true,
		displayOptions: showFor('conversionId'),
		placeholder: 'e.g. 4456789',
		description: 'The number CAKE gave the conversion, in its reports and in this node’s output',
	},
	{
		displayName: 'Order ID',
		name: 'orderId',
		type: 'string',
		default: '',
		required: true,
		displayOptions: showFor('orderId'),
		placeholder: 'e.g. ORD-98765',
		description:
			'The order number in the advertiser’s system, as it was recorded. The item fails unless exactly one conversion has it.',
		hint: 'Order numbers of two advertisers can be the same: add a filter below',
	},
	{
		displayName: 'Click ID',
		name: 'clickId',
		type: 'string',
		default: '',
		required: true,
		displayOptions: showFor('clickId'),
		placeholder: 'e.g. abc123xyz789',
		description: 'The ID CAKE gave the click. The item fails unless exactly one conversion has it.',
	},
	{ ...searchFiltersField, displayOptions: { show: { operation: ['get'] } } },
	{
		...searchFiltersField,
		displayOptions: { show: { operation: ['update'], findBy: BY_REFERENCE } },
	},
];

export const searchDaysField: INodeProperties = {
	displayName: 'Search Days',
	name: 'searchDays',
	type: 'number',
	// Ten years. CAKE documents no longest range. More is a mistake, such as a date as a number.
	typeOptions: { minValue: 1, maxValue: 3650 },
	default: 30,
	displayOptions: { show: { '/operation': operation } },
	description:
		'How many days to look back for the conversion. The day it was made counts, not the day it was last changed.',
};

/** A reference, and the part of CAKE's list to search for it. */
export interface Search extends Reference {
	filters: ConversionFilters;
	searchDays: number;
}

/** A digit, and what stands in order numbers, such as in `ORD-98765`, `#1051` and `2024/7`. */
const ORDER_NUMBER = /^(?=.*\d)(?:.*[\p{L}#]|.*\d[-/_])/u;

/** @throws InvalidValue that says where an order number belongs */
function toConversionId(value: unknown): string {
	if (typeof value === 'string' && ORDER_NUMBER.test(value)) {
		const accepted =
			"CAKE's number of the conversion, such as 4456789. For an order number, choose 'Order ID' under 'Find By'.";
		throw new InvalidValue('is not a whole number', value, accepted);
	}
	return String(toId(value));
}

/**
 * @param hasFiltersById whether the form has 'Filters' also when it finds by conversion ID
 * @throws InvalidField
 */
export function readSearch(item: Fields, hasFiltersById: boolean): Search {
	const by = item.choice('findBy', 'a way') as Search['by'];
	const hasFilters = hasFiltersById || by !== 'conversionId';
	return readFields<Search>({
		by: () => by,
		value: () => item.required(by, by === 'conversionId' ? toConversionId : toReference),
		filters: () => (hasFilters ? readIdFilters(item.members('filters')) : {}),
		searchDays: () => item.members('options').wholeNumber('searchDays'),
	});
}

/** A hint when an order ID was searched for among all advertisers. */
export function describeSearches(
	searches: Array<Pick<Search, 'by' | 'filters'>>,
): NodeExecutionHint[] {
	const isUnfiltered = ({ by, filters }: Pick<Search, 'by' | 'filters'>) =>
		by === 'orderId' && Object.values(filters).every((filter) => filter === undefined);
	if (!searches.some(isUnfiltered)) return [];
	const message =
		"The order IDs were searched among all advertisers, and two advertisers can share one. Add a filter such as 'Advertiser' to be sure of the right order.";
	return [toHint(message)];
}

/** An item and the search for its conversion. */
interface ItemSearch<Result> {
	item: Pick<ValidItem<unknown, Result>, 'outcome'>;
	search: Search;
	onFound(conversion: Conversion): void;
	/** Called when no conversion has the ID. If absent, the item fails. */
	onNotFound?: ((error: CakeError) => void) | undefined;
}

/** Groups the searches that one read of CAKE's list answers: same filters, same days. */
function groupByRead<Result>(
	searches: Array<ItemSearch<Result>>,
): Array<Array<ItemSearch<Result>>> {
	const toKey = ({ search: { filters, searchDays } }: ItemSearch<Result>) =>
		JSON.stringify([filters, searchDays]);
	return [...groupBy(searches, toKey).values()];
}

/** Runs the searches, one read for each group. Sets the outcome of each item that fails. */
export async function findByReference<Result>(
	searches: Array<ItemSearch<Result>>,
	session: Session,
	options: DispatchOptions,
): Promise<void> {
	const toJob = (group: Array<ItemSearch<Result>>): Job<void> => ({
		async run(stop, onFailure) {
			const [first] = group;
			if (!first) return;
			const { filters, searchDays } = first.search;
			const found = await findConversions(
				{ ...session, stop, onFailure },
				{ range: toSearchRange(searchDays), filters },
				group.map(({ search }) => search),
			);
			for (const hint of describeSlowRead(found.list, found.selection)) session.hint(hint);
			for (const { item, search, onFound, onNotFound } of group) {
				try {
					onFound(found.only(search));
				} catch (error) {
					if (onNotFound && error instanceof CakeError && error.kind === 'notFound') {
						onNotFound(error);
						continue;
					}
					item.outcome = { status: 'failed', error };
					onFailure(error);
				}
			}
		},
		onEnd(read) {
			if (read.status !== 'failed') return;
			for (const { item } of group) item.outcome = read;
		},
	});
	await dispatch(groupByRead(searches).map(toJob), options);
}
