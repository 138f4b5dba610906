import type { INodeProperties } from 'n8n-workflow';

import { FILTER_NAMES } from '../cake/conversions/endpoints';
import type { Directory } from '../cake/directory/endpoints';
import type { ConversionFilters, Selection } from '../cake/types';
import { toId, toStatus } from '../cake/values';
import { readFields, type Fields } from './fields';
import { createLocator } from './locators';

/** CAKE's three statuses (its article, "Query Conversion History") as choices of a field. */
export const statusOptions = [
	{ name: 'Approved', value: 'approved' },
	{ name: 'Pending', value: 'pending' },
	{ name: 'Rejected', value: 'rejected' },
];

function createIdFilter(directory: Directory, name: string, example: string): INodeProperties {
	const description = `Only conversions of this ${directory}, by its number in CAKE or from CAKE’s list`;
	return createLocator({ name, directory, example, description });
}

const FILTER_FIELDS: Record<keyof ConversionFilters, INodeProperties> = {
	advertiserId: createIdFilter('advertiser', 'advertiserId', '345'),
	affiliateId: createIdFilter('affiliate', 'affiliateId', '67890'),
	conversionStatus: {
		displayName: 'Conversion Status',
		name: 'conversionStatus',
		type: 'options',
		default: 'approved',
		options: statusOptions,
		description: 'Only conversions that have this status now',
	},
	offerId: createIdFilter('offer', 'offerId', '12345'),
};

/** The members of 'Filters' that take an ID. Only queries filter by status. */
export const idFilterFields = [
	FILTER_FIELDS.advertiserId,
	FILTER_FIELDS.affiliateId,
	FILTER_FIELDS.offerId,
];

/** The members of a query's 'Filters'. */
export const filterFields = Object.values(FILTER_FIELDS);

export function getFilterLabel(name: keyof ConversionFilters): string {
	return FILTER_FIELDS[name].displayName;
}

function createIdReaders(filters: Fields) {
	return {
		advertiserId: () => filters.requiredIfAdded('advertiserId', toId),
		affiliateId: () => filters.requiredIfAdded('affiliateId', toId),
		offerId: () => filters.requiredIfAdded('offerId', toId),
	};
}

/** @throws InvalidField also for an added filter that is empty: if it were left out, CAKE would list all conversions */
export function readIdFilters(filters: Fields): ConversionFilters {
	return readFields<ConversionFilters>(createIdReaders(filters));
}

/** @throws InvalidField as `readIdFilters` does */
export function readFilters(filters: Fields): ConversionFilters {
	return readFields<ConversionFilters>({
		...createIdReaders(filters),
		conversionStatus: () => filters.requiredIfAdded('conversionStatus', toStatus),
	});
}

/** Completes a sentence, with the form's labels: `from 2024-01-01 to 2024-01-31, Offer 7`. */
export function describeSelection({ range, filters }: Selection): string {
	const active = FILTER_NAMES.filter((name) => filters[name] !== undefined);
	const filterTexts = active.map((name) => `, ${getFilterLabel(name)} ${filters[name]}`);
	return `from ${range.startDate} to ${range.endDate}${filterTexts.join('')}`;
}
