import type { INodeProperties } from 'n8n-workflow';

import { FILTER_NAMES } from '../cake/conversions/endpoints';
import type { ConversionFilters, Selection } from '../cake/types';
import { toId, toStatus } from '../cake/values';
import type { Fields } from './fields';

/** CAKE's three statuses (article, "Query Conversion History"), to choose from. */
export const statusOptions = [
	{ name: 'Approved', value: 'approved' },
	{ name: 'Pending', value: 'pending' },
	{ name: 'Rejected', value: 'rejected' },
];

function idField(
	displayName: string,
	name: string,
	what: string,
	example: string,
): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: '',
		placeholder: `e.g. ${example}`,
		description: `Only conversions of this ${what}, by its number in CAKE`,
	};
}

const FILTER_FIELDS: Record<keyof ConversionFilters, INodeProperties> = {
	advertiserId: idField('Advertiser ID', 'advertiserId', 'advertiser', '345'),
	affiliateId: idField('Affiliate ID', 'affiliateId', 'affiliate', '67890'),
	conversionStatus: {
		displayName: 'Conversion Status',
		name: 'conversionStatus',
		type: 'options',
		default: 'approved',
		options: statusOptions,
		description: 'Only conversions that have this status now',
	},
	offerId: idField('Offer ID', 'offerId', 'offer', '12345'),
};

/** The members of 'Filters' where conversions of any status are wanted. */
export const idFilterFields = [
	FILTER_FIELDS.advertiserId,
	FILTER_FIELDS.affiliateId,
	FILTER_FIELDS.offerId,
];

/** The members of 'Filters' of a query. */
export const filterFields = Object.values(FILTER_FIELDS);

export function filterLabel(name: keyof ConversionFilters): string {
	return FILTER_FIELDS[name].displayName;
}

/**
 * The ID filters the user added; one that came out empty would let everything through.
 * @throws InvalidField
 */
export function readIdFilters(filters: Fields): ConversionFilters {
	return {
		advertiserId: filters.requiredIfAdded('advertiserId', toId),
		affiliateId: filters.requiredIfAdded('affiliateId', toId),
		offerId: filters.requiredIfAdded('offerId', toId),
	};
}

/** @throws InvalidField */
export function readFilters(filters: Fields): ConversionFilters {
	return {
		...readIdFilters(filters),
		conversionStatus: filters.requiredIfAdded('conversionStatus', toStatus),
	};
}

/** The days and filters in the words of the form: `from 2024-01-01 to 2024-01-31, Offer ID 7`. */
export function describeSelection({ range, filters }: Selection): string {
	const given = FILTER_NAMES.filter((name) => filters[name] !== undefined);
	const filtered = given.map((name) => `, ${filterLabel(name)} ${filters[name]}`).join('');
	return `from ${range.startDate} to ${range.endDate}${filtered}`;
}
