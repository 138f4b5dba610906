import type { INodeProperties } from 'n8n-workflow';

import type { ConversionFilters } from '../cake/types';
import { toId } from '../cake/values';
import type { CollectionFields } from './collection';

/** The members of a 'Filters' collection that narrow a query by ID. */
export const idFilterFields: INodeProperties[] = [
	{
		displayName: 'Advertiser ID',
		name: 'advertiserId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 345',
		description: 'Only conversions of this advertiser, by its number in CAKE',
	},
	{
		displayName: 'Affiliate ID',
		name: 'affiliateId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 67890',
		description: 'Only conversions of this affiliate, by its number in CAKE',
	},
	{
		displayName: 'Offer ID',
		name: 'offerId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 12345',
		description: 'Only conversions of this offer, by its number in CAKE',
	},
];

/** The ID filters the user added; one that came out empty is refused, since it would let everything through. */
export function readIdFilters(fields: CollectionFields): ConversionFilters {
	return {
		advertiserId: fields.ifAdded('Advertiser ID', 'advertiserId', toId),
		affiliateId: fields.ifAdded('Affiliate ID', 'affiliateId', toId),
		offerId: fields.ifAdded('Offer ID', 'offerId', toId),
	};
}
