import { DateTime } from 'luxon';
import type { INodeProperties } from 'n8n-workflow';

import { recordConversion } from '../../cake/conversions';
import { sendWithRetries } from '../../cake/retry';
import type { ConversionToRecord, Recorded } from '../../cake/types';
import { toMoment } from '../../cake/dates';
import { InvalidValue, isBlank, toAmount, toId, toText } from '../../cake/values';
import type { Fields } from '../../shared/fields';
import { previewCall } from './dryRun';
import { describeKnown } from './known';
import type { Operation, RunSettings } from './operation';
import { settleRecordings } from './settle';

const displayOptions = { show: { operation: ['record'] } };

/** The advertiser's sub IDs, by CAKE's names. */
const SUB_IDS = ['adv1', 'adv2', 'adv3', 'adv4', 'adv5'] as const;

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
		displayName: 'Offer ID',
		name: 'offerId',
		type: 'string',
		default: '',
		required: true,
		displayOptions,
		placeholder: 'e.g. 12345',
		description: 'The number of the offer in CAKE that the click belongs to',
	},
	{
		displayName: 'Unique ID',
		name: 'uniqueId',
		type: 'string',
		default: '',
		displayOptions,
		placeholder: 'e.g. TXN-00112233',
		description:
			'Your own reference for this sale, such as the deal ID. CAKE knows a conversion it already has by it, so that nothing is recorded, and paid, twice.',
		hint: 'Recommended, and needed by AI agents: without it, a sale that comes in twice is paid twice',
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

function refuseWithoutUniqueId(item: Fields, { isTool, isRetriedByN8n }: RunSettings): void {
	if (!isBlank(item.get('uniqueId')) || (!isTool && !isRetriedByN8n)) return;
	const [finding, why] = isTool
		? ['is needed when an AI agent records', 'AI agents call a tool again when they are unsure']
		: ['is needed while Retry On Fail is on', 'n8n sends every item again then'];
	const accepted = `Your own reference for this sale, such as the deal ID. ${why}, and without it the conversion would be recorded twice.`;
	throw item.refusal('uniqueId', new InvalidValue(finding, undefined, accepted));
}

const UNIQUE_ID_ADVICE =
	'Every sale should have its own, such as the deal ID; only with the field empty is one recorded without.';

function prepare(item: Fields, settings: RunSettings): ConversionToRecord {
	const fields = item.members('additionalFields');
	refuseWithoutUniqueId(item, settings);
	const uniqueId = item.requiredIfExpression('uniqueId', toText, UNIQUE_ID_ADVICE);
	return {
		clickId: item.required('clickId', toText),
		offerId: item.required('offerId', toId),
		uniqueId,
		conversionDate: fields.optional('conversionDate', (value) =>
			toMoment(value, settings.timezone),
		),
		orderId: fields.optional('orderId', toText),
		payout: fields.optional('payout', toAmount),
		revenue: fields.optional('revenue', toAmount),
		...Object.fromEntries(SUB_IDS.map((name) => [name, fields.optional(name, toText)])),
	};
}

/** Hints about Unique IDs that are missing, or the same for several sales. */
function describeUniqueIds(items: ConversionToRecord[]): string[] {
	const ids = items.flatMap(({ uniqueId }) => uniqueId?.toLowerCase() ?? []);
	const missing = items.length - ids.length;
	const repeated = ids.length - new Set(ids).size;
	const hints: string[] = [];
	if (missing > 0) {
		hints.push(
			`${missing} of ${items.length} items came without a Unique ID. What has none is recorded, and paid, twice when it is sent twice.`,
		);
	}
	if (repeated > 0) {
		hints.push(
			`${repeated} of ${items.length} items came with the Unique ID of an item before. CAKE records one sale for each; give every sale its own, such as the deal ID.`,
		);
	}
	return hints;
}

/** A slip in the year would keep the sale out of every look-up and report. */
function describeDates(items: ConversionToRecord[]): string[] {
	const tomorrow = DateTime.utc().plus({ days: 1 });
	const ahead = items.flatMap(({ conversionDate }) =>
		conversionDate && DateTime.fromISO(conversionDate) > tomorrow ? [conversionDate] : [],
	);
	if (ahead.length === 0) return [];
	return [
		`${ahead.length} of ${items.length} items came with a Conversion Date in the future, such as ${ahead[0]}.`,
	];
}

/** Record Conversion: one request an item, one conversion out. */
export const record: Operation<ConversionToRecord, Recorded> = {
	isWrite: true,
	prepare,
	describeItems: (items) => [...describeUniqueIds(items), ...describeDates(items)],
	describeOutcomes: describeKnown,
	orderKey: ({ uniqueId, clickId, offerId }) =>
		(uniqueId === undefined ? `click ${offerId} ${clickId}` : `unique ${uniqueId}`).toLowerCase(),
	isRepeatable: ({ uniqueId }) => uniqueId !== undefined,
	preview: (values) => previewCall(recordConversion(values)),
	perform: async (values, session) => await sendWithRetries(session, recordConversion(values)),
	settle: settleRecordings,
	// A conversion CAKE had already and did not name is shown as it was sent.
	toRows: ({ conversion, isAlreadyRecorded }, values) => [
		{
			...(conversion?.row ?? recordConversion(values).parameters),
			...(isAlreadyRecorded && { already_recorded: true }),
		},
	],
};
