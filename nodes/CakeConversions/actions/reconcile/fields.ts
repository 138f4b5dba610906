import type { INodeProperties } from 'n8n-workflow';

import type { ConversionStatus, Reference } from '../../../cake/types';
import { idFilterFields } from '../../../shared/filters';
import { REFERENCE_LABELS } from '../../../shared/failureTexts';
import { createDateRangeFields } from '../dateRange';
import { clickIdChoice, orderIdChoice } from '../findBy';
import { filtersField } from '../selection';

const operation = ['reconcile'];
const displayOptions = { show: { operation } };

/** The field that holds the ID of a line. It has the name that Get and Update give it. */
function createKeyField(
	by: Reference['by'],
	placeholder: string,
	description: string,
): INodeProperties {
	return {
		displayName: REFERENCE_LABELS[by],
		name: by,
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: { operation, matchBy: [by] } },
		placeholder,
		description,
	};
}

const keyFields = [
	createKeyField(
		'orderId',
		'e.g. {{ $json.order_id }}',
		'The order number of each line. Drag the column of the list here.',
	),
	createKeyField(
		'clickId',
		'e.g. {{ $json.click_id }}',
		'The click ID of each line. Drag the column of the list here.',
	),
	createKeyField(
		'conversionId',
		'e.g. {{ $json.conversion_id }}',
		'CAKE’s number of the conversion of each line. Drag the column of the list here.',
	),
];

const rangeFields = createDateRangeFields(
	operation,
	'lastMonth',
	'The last day. The time of day is ignored.',
);

const matchChoices = [
	clickIdChoice,
	{
		name: 'Conversion ID',
		value: 'conversionId',
		description: 'CAKE’s own number of the conversion',
	},
	orderIdChoice,
];

export const reconcileFields: INodeProperties[] = [
	{
		displayName: 'Match By',
		name: 'matchBy',
		type: 'options',
		noDataExpression: true,
		default: 'orderId',
		displayOptions,
		options: matchChoices,
		description:
			'The ID that the list has for a conversion. Each item that comes in is one line of the advertiser’s list.',
	},
	...keyFields,
	{
		displayName: 'Decision',
		name: 'decision',
		type: 'string',
		default: '',
		displayOptions,
		placeholder: 'e.g. {{ $json.status }}',
		description:
			'What the advertiser decided about the line, in a word such as approved or refunded. Leave it empty to propose no change. The words are under Options.',
	},
	{
		displayName: 'Amount',
		name: 'amount',
		type: 'string',
		default: '',
		displayOptions,
		placeholder: 'e.g. {{ $json.amount }}',
		description:
			'The amount of the line, to compare with CAKE’s. Where they differ, no change is proposed. Leave it empty to compare none.',
	},
	{
		displayName: 'Compare With',
		name: 'compareWith',
		type: 'options',
		default: 'revenue',
		displayOptions: { show: { operation }, hide: { amount: [''] } },
		options: [
			{ name: 'Payout', value: 'payout', description: 'What the affiliate gets' },
			{ name: 'Revenue', value: 'revenue', description: 'What the advertiser pays' },
		],
		description: 'The amount in CAKE that the list’s amount must equal, to the last digit',
	},
	...rangeFields,
	{
		...filtersField,
		displayOptions,
		description:
			'Compare the list with these conversions only. Choose the advertiser: without it, the conversions of all others count as missing from the list.',
		options: idFilterFields,
	},
	{
		displayName: 'Include Conversions Missing From the List',
		name: 'includeMissing',
		type: 'boolean',
		default: true,
		displayOptions,
		description:
			'Whether to add an item for each conversion of the Date Range that no line names. All lines must come in one run: in batches, each batch lacks the lines of the others.',
	},
];

/** The words for each decision, unless the user has others. */
const WORDS: Record<ConversionStatus, string> = {
	approved: 'approved, approve, ok, paid, valid',
	pending: 'pending, hold',
	rejected:
		'rejected, declined, cancelled, canceled, void, denied, refunded, chargeback, fraud, invalid',
};

function createWordsField(status: ConversionStatus, displayName: string): INodeProperties {
	const words = WORDS[status];
	return {
		displayName,
		name: `${status}Words`,
		type: 'string',
		default: words,
		displayOptions: { show: { '/operation': operation } },
		placeholder: `e.g. ${words}`,
		description: `The decisions that mean ${status}, separated by commas. Each is compared with the whole value of a line. Upper and lower case do not matter.`,
	};
}

/** Members of 'Options', in the order of the form, where others stand between them. */
export const approvedWordsField = createWordsField('approved', 'Approved Words');
export const pendingWordsField = createWordsField('pending', 'Pending Words');
export const rejectedWordsField = createWordsField('rejected', 'Rejected Words');

export const changeBackField: INodeProperties = {
	displayName: 'Change Back',
	name: 'changeBack',
	type: 'boolean',
	// On, because users add this option to turn it on. Without the option it is off.
	default: true,
	displayOptions: { show: { '/operation': operation } },
	description:
		'Whether to propose changes to conversions that were rejected in CAKE, or that have a status of CAKE’s own such as Scrubbed',
};

/** The words that count when the user has not added the option. */
export function getDefaultWords(status: ConversionStatus): string {
	return WORDS[status];
}
