import type { INodeProperties } from 'n8n-workflow';

import { updateConversion } from '../../cake/conversions';
import { sendWithRetries } from '../../cake/retry';
import type { StatusUpdate } from '../../cake/types';
import { isBlank, toId, toStatus, toText } from '../../cake/values';
import type { ItemParameters } from '../parameters';
import type { Operation } from './operation';

const displayOptions = { show: { operation: ['update'] } };

export const updateFields: INodeProperties[] = [
	{
		displayName: 'Conversion ID',
		name: 'conversionId',
		type: 'string',
		default: '',
		required: true,
		displayOptions,
		placeholder: 'e.g. 4456789',
		description:
			'The number CAKE gave the conversion, in its reports and in the output of Record and Query',
	},
	{
		displayName: 'Status',
		name: 'status',
		type: 'options',
		// The one that decides nothing for good, should the choice be forgotten.
		default: 'pending',
		required: true,
		displayOptions,
		options: [
			{ name: 'Approved', value: 'approved', description: 'The affiliate is to be paid' },
			{
				name: 'Pending',
				value: 'pending',
				description: 'Not decided yet; not paid until it is approved',
			},
			{
				name: 'Rejected',
				value: 'rejected',
				description: 'Not paid; also for reversing a conversion when an order is refunded',
			},
		],
		description: 'The status the conversion is to have',
	},
	{
		displayName: 'Note',
		name: 'note',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		displayOptions,
		placeholder: 'e.g. Order refunded',
		description: 'Why the status changes; only people who work in CAKE see it',
	},
];

function prepare(item: ItemParameters): StatusUpdate {
	const note = item.choice('note');
	return {
		conversionId: item.required('Conversion ID', 'conversionId', toId),
		status: item.required('Status', 'status', toStatus),
		note: isBlank(note) ? undefined : item.required('Note', 'note', toText),
	};
}

/** Update Conversion: one request an item; changes of one conversion keep the order of the items. */
export const update: Operation<StatusUpdate> = {
	isWrite: true,
	prepare,
	orderKey: ({ conversionId }) => String(conversionId),
	isRepeatable: () => true,
	perform: async (values, session) => [await sendWithRetries(session, updateConversion(values))],
};
