import type { INodeProperties } from 'n8n-workflow';

import { toForm } from '../../../shared/fields';
import { createLocator } from '../../../shared/locators';

const displayOptions = { show: { operation: ['record'] } };

/** CAKE's names for the advertiser's sub IDs. */
export const SUB_IDS = ['adv1', 'adv2', 'adv3', 'adv4', 'adv5'] as const;

export const recordFields: INodeProperties[] = [
	{
		displayName: 'Click ID',
		name: 'clickId',
		type: 'string',
		default: '',
		required: true,
		displayOptions,
		placeholder: 'e.g. abc123xyz789',
		description:
			'The ID CAKE gave the click when it was tracked. The click must be active and not expired.',
	},
	{
		...createLocator({
			name: 'offerId',
			directory: 'offer',
			example: '12345',
			description: 'The offer in CAKE that the click belongs to, by its number or from CAKE’s list',
		}),
		required: true,
		displayOptions,
	},
	{
		displayName: 'Unique ID',
		name: 'uniqueId',
		type: 'string',
		default: '',
		displayOptions,
		placeholder: 'e.g. TXN-00112233',
		description:
			'Your own reference for this sale, such as the deal ID. With it, CAKE recognizes a sale that it already has, so that none is paid twice.',
		hint: 'Recommended: without it, a sale that arrives twice is paid twice',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions,
		options: [
			{
				displayName: 'Conversion Date',
				name: 'conversionDate',
				type: 'dateTime',
				default: '',
				description:
					'When the sale happened; the current time when empty. A date without a time zone is read in the time zone of the workflow, a date without a time means noon.',
			},
			{
				displayName: 'Order ID',
				name: 'orderId',
				type: 'string',
				default: '',
				placeholder: 'e.g. ORD-98765',
				description: 'The order number in the advertiser’s system',
			},
			{
				displayName: 'Payout',
				name: 'payout',
				type: 'string',
				default: '',
				placeholder: 'e.g. 5.00',
				description:
					'What the affiliate is paid, in place of the amount set in the offer. A plain amount such as 5 or 5.00; 0 is sent as 0.',
			},
			{
				displayName: 'Revenue',
				name: 'revenue',
				type: 'string',
				default: '',
				placeholder: 'e.g. 12.00',
				description:
					'What the advertiser is charged, in place of the amount set in the offer. A plain amount such as 12 or 12.00; 0 is sent as 0.',
			},
			...SUB_IDS.map((name, index): INodeProperties => ({
				displayName: `Sub ID ${index + 1} (Adv${index + 1})`,
				name,
				type: 'string',
				default: '',
				placeholder: 'e.g. spring-sale',
				description: 'One of the advertiser’s five sub IDs: free text, stored with the conversion',
			})),
		],
	},
];

const recordForm = toForm(recordFields);

/** The label of a field, whether or not it is one of 'Additional Fields'. */
export function getLabel(name: string): string | undefined {
	return (recordForm.get(`additionalFields.${name}`) ?? recordForm.get(name))?.displayName;
}
