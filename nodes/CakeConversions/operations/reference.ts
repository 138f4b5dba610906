import { DateTime } from 'luxon';
import type { INodeProperties } from 'n8n-workflow';

import { dispatch, type DispatchOptions } from '../../cake/dispatch';
import {
	findConversions,
	searchRange,
	type FoundConversions,
	type Reference,
} from '../../cake/references';
import type { ConversionFilters, ConversionRow } from '../../cake/types';
import { InvalidValue, toText, toWholeNumber } from '../../cake/values';
import { InvalidField } from '../../shared/collection';
import { idFilterFields, readIdFilters } from '../../shared/idFilters';
import type { ItemParameters } from '../parameters';
import { MANY_PAGES, remark } from '../hints';
import type { Session, ValidItem } from './operation';

/** 'Find By' when the conversion is not named by CAKE's own ID. */
const BY_REFERENCE = ['orderId', 'clickId'];

const shownFor = (...findBy: string[]) => ({ show: { operation: ['update'], findBy } });

const DEFAULT_SEARCH_DAYS = 30;

/** Ten years. CAKE names no longest range; more is a slip, such as a date given as a number. */
const MAX_SEARCH_DAYS = 3650;

/** How the conversion to update is named. */
export const findByFields: INodeProperties[] = [
	{
		displayName: 'Find By',
		name: 'findBy',
		type: 'options',
		noDataExpression: true,
		default: 'conversionId',
		displayOptions: { show: { operation: ['update'] } },
		options: [
			{
				name: 'Click ID',
				value: 'clickId',
				description: 'The ID CAKE gave the click, as a CRM keeps it',
			},
			{
				name: 'Conversion ID',
				value: 'conversionId',
				description: 'CAKE’s own number of the conversion; needs no look-up',
			},
			{
				name: 'Order ID',
				value: 'orderId',
				description: 'The order number in the advertiser’s system, as a shop knows it',
			},
		],
		description:
			'What you know of the conversion. By order or click ID it is looked up first, in one read for all items.',
	},
	{
		displayName: 'Conversion ID',
		name: 'conversionId',
		type: 'string',
		default: '',
		required: true,
		displayOptions: shownFor('conversionId'),
		placeholder: 'e.g. 4456789',
		description:
			'The number CAKE gave the conversion, in its reports and in the output of Record and Query',
	},
	{
		displayName: 'Order ID',
		name: 'orderId',
		type: 'string',
		default: '',
		required: true,
		displayOptions: shownFor('orderId'),
		placeholder: 'e.g. ORD-98765',
		description:
			'The order number in the advertiser’s system, as it was recorded. Nothing is changed unless exactly one conversion has it.',
		hint: 'Order numbers of two advertisers can be the same: add a filter below',
	},
	{
		displayName: 'Click ID',
		name: 'clickId',
		type: 'string',
		default: '',
		required: true,
		displayOptions: shownFor('clickId'),
		placeholder: 'e.g. abc123xyz789',
		description:
			'The ID CAKE gave the click. Nothing is changed unless exactly one conversion has it.',
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		displayOptions: shownFor(...BY_REFERENCE),
		description: 'Which conversions to look through; fewer are faster and tell more for certain',
		options: idFilterFields,
	},
];

/** The member of 'Options' that goes with a look-up. */
export const searchDaysField: INodeProperties = {
	displayName: 'Search Days',
	name: 'searchDays',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MAX_SEARCH_DAYS },
	default: DEFAULT_SEARCH_DAYS,
	displayOptions: { show: { '/operation': ['update'], '/findBy': BY_REFERENCE } },
	description:
		'How many days to look back for the conversion. The day it was made counts, not the day it was last changed.',
};

/** A conversion named by another's ID, and where to look for it. */
export interface Search extends Reference {
	filters: ConversionFilters;
	searchDays: number;
}

/**
 * How the item names its conversion: undefined for CAKE's own ID.
 * @throws InvalidField
 */
export function readSearch(item: ItemParameters): Search | undefined {
	const by = item.choice('findBy');
	if (by === 'conversionId') return undefined;
	if (by !== 'orderId' && by !== 'clickId') {
		const accepted = `One of conversionId, ${BY_REFERENCE.join(', ')}.`;
		throw new InvalidField(
			'Find By',
			new InvalidValue('is not a way this node knows', by, accepted),
		);
	}
	const days = (value: unknown) => toWholeNumber(value, 1, MAX_SEARCH_DAYS);
	return {
		by,
		value: item.required(by === 'orderId' ? 'Order ID' : 'Click ID', by, toText),
		filters: readIdFilters(item.collection('filters')),
		searchDays:
			item.collection('options').optional('Search Days', 'searchDays', days) ?? DEFAULT_SEARCH_DAYS,
	};
}

/** What to tell who looks for order IDs among the orders of all advertisers. */
export function remarkOnSearches(searches: Search[]): string[] {
	const isUnfiltered = ({ by, filters }: Search) =>
		by === 'orderId' && Object.values(filters).every((filter) => filter === undefined);
	if (!searches.some(isUnfiltered)) return [];
	return [
		'The order IDs were looked for among the conversions of all advertisers, whose order numbers can be the same. Add a filter, such as Advertiser ID, to be sure that it is the right order.',
	];
}

/** An item and the conversion it looks for. */
interface ItemSearch<Values> {
	item: ValidItem<Values>;
	search: Search;
}

/** The searches that one read serves: same filters, same days. */
function groupByRead<Values>(
	searches: Array<ItemSearch<Values>>,
): Array<Array<ItemSearch<Values>>> {
	const groups = new Map<string, Array<ItemSearch<Values>>>();
	for (const one of searches) {
		const { filters, searchDays } = one.search;
		const key = [filters.advertiserId, filters.affiliateId, filters.offerId, searchDays].join();
		const group = groups.get(key);
		if (group) group.push(one);
		else groups.set(key, [one]);
	}
	return [...groups.values()];
}

/**
 * Looks conversions up, in one read for all searches with the same filters and days. An item whose
 * conversion is not found fails.
 * @param onFound called with the row of each item that was found
 */
export async function lookUpConversions<Values>(
	searches: Array<ItemSearch<Values>>,
	session: Session,
	options: DispatchOptions,
	onFound: (item: ValidItem<Values>, row: ConversionRow) => void,
): Promise<void> {
	const now = DateTime.now();
	await dispatch(
		groupByRead(searches).map((group) => ({
			run: async (stop: AbortSignal, onFailure: (error: unknown) => void): Promise<void> => {
				const { filters, searchDays } = group[0].search;
				const conversions = await findConversions(
					{ ...session, stop, onFailure },
					{ range: searchRange(searchDays, now), filters },
					group.map(({ search }) => search),
				);
				if (conversions.pages >= MANY_PAGES) session.hint(remark(describeEffort(conversions)));
				for (const { item, search } of group) {
					try {
						onFound(item, conversions.only(search));
					} catch (error) {
						item.outcome = { status: 'failed', error };
						onFailure(error);
					}
				}
			},
			onEnd(read) {
				if (read.status !== 'failed') return;
				for (const { item } of group) item.outcome = read;
			},
		})),
		options,
	);
}

function describeEffort({ pages, where }: FoundConversions): string {
	return `${where} were looked through, in ${pages} requests. A filter or fewer Search Days make it faster.`;
}
