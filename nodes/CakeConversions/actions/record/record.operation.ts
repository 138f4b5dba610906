import { DateTime } from 'luxon';

import { recordConversion } from '../../../cake/conversions/endpoints';
import { sendWithRetries } from '../../../cake/transport/retry';
import type { ConversionToRecord, Recorded } from '../../../cake/types';
import { toMoment } from '../../../cake/dates';
import { InvalidValue, isEmpty, toAmount, toId, toReference, toText } from '../../../cake/values';
import { quote, readFields, type Fields } from '../../../shared/fields';
import { toHint, toWarning } from '../hints';
import { previewCall } from '../dryRun';
import { getLabel, SUB_IDS } from './fields';
import { describeRecorded } from './hints';
import type { Operation, PlannedWrite, RunSettings } from '../operation';
import { getOrderKey } from './recordings';
import { resolveUnclearRecordings } from './resolveUnclearRecordings';

function refuseWithoutUniqueId(item: Fields, { isTool, isRetriedByN8n }: RunSettings): void {
	if (!isEmpty(item.get('uniqueId')) || (!isTool && !isRetriedByN8n)) return;
	const [finding, why] = isTool
		? ['is needed when an AI agent records', 'AI agents call a tool again when they are unsure']
		: ['is needed while Retry On Fail is on', 'n8n sends every item again then'];
	const accepted = `Your own reference for this sale, such as the deal ID. ${why}, and without it the conversion would be recorded twice.`;
	throw item.toRefusal('uniqueId', new InvalidValue(finding, undefined, accepted));
}

const UNIQUE_ID_ADVICE =
	'Every sale should have its own, such as the deal ID. To record without one, leave the field empty.';

/** The members of 'Additional Fields' that change what is paid, or how the sale is found, if absent. */
const NOTICED_WHEN_EMPTY = ['conversionDate', 'orderId', 'payout', 'revenue'];

interface Sale extends ConversionToRecord {
	/** Names of fields that the user added and that came out empty. */
	emptyFields: string[];
}

function validate(item: Fields, settings: RunSettings): Sale {
	const fields = item.members('additionalFields');
	const toZonedMoment = (value: unknown) => toMoment(value, settings.timezone);
	return {
		...readFields<ConversionToRecord>({
			clickId: () => item.required('clickId', toReference),
			offerId: () => item.required('offerId', toId),
			uniqueId() {
				refuseWithoutUniqueId(item, settings);
				return item.requiredIfExpression('uniqueId', toReference, UNIQUE_ID_ADVICE);
			},
			conversionDate: () => fields.optional('conversionDate', toZonedMoment),
			orderId: () => fields.optional('orderId', toReference),
			payout: () => fields.optional('payout', toAmount),
			revenue: () => fields.optional('revenue', toAmount),
			...Object.fromEntries(SUB_IDS.map((name) => [name, () => fields.optional(name, toText)])),
		}),
		// An agent leaves fields empty on purpose, and has no expression to check.
		emptyFields: settings.isTool
			? []
			: NOTICED_WHEN_EMPTY.filter((name) => fields.isAddedEmpty(name)),
	};
}

/** Hints about items without a Unique ID, and items that share one. */
function describeUniqueIds(items: Sale[], total: number): string[] {
	// Compared without case, because CAKE may take IDs that differ only in case for the same.
	const ids = items.flatMap(({ uniqueId }) => uniqueId?.toLowerCase() ?? []);
	const missing = items.length - ids.length;
	const repeated = ids.length - new Set(ids).size;
	const hints: string[] = [];
	if (missing > 0) {
		hints.push(
			`${missing} of ${total} items have no Unique ID. Sent twice, each of them is recorded and paid twice.`,
		);
	}
	if (repeated > 0) {
		hints.push(
			`${repeated} of ${total} items have the same Unique ID as an earlier item. CAKE records only one sale for each. Give every sale its own, such as the deal ID.`,
		);
	}
	return hints;
}

/** Hints about dates long ago or in the future. With a mistyped year, searches and reports miss the sale. */
function describeDates(items: Sale[], total: number): string[] {
	const now = DateTime.utc();
	const dates = items.flatMap(({ conversionDate }) => conversionDate ?? []);
	// Both are in the same form, UTC, in which text sorts as time does.
	const tomorrow = now.plus({ days: 1 }).toISO();
	const lastYear = now.minus({ years: 1 }).toISO();
	const describe = (chosen: string[], when: string) =>
		chosen.length === 0
			? []
			: [
					`${chosen.length} of ${total} items are dated ${when}, such as ${chosen[0]}: check 'Conversion Date'.`,
				];
	return [
		...describe(
			dates.filter((date) => date > tomorrow),
			'in the future',
		),
		...describe(
			dates.filter((date) => date < lastYear),
			'more than a year ago',
		),
	];
}

/** Warnings about fields that are sent without, though the user added them. */
function describeEmptyFields(items: Sale[], total: number): string[] {
	return NOTICED_WHEN_EMPTY.flatMap((name) => {
		const count = items.filter(({ emptyFields }) => emptyFields.includes(name)).length;
		if (count === 0) return [];
		return [
			`'${getLabel(name)}' was added, but is empty for ${count} of ${total} items. They are sent without it. Check its expression, or remove the field.`,
		];
	});
}

/** Without a payout, CAKE pays the amount that is set in the offer. */
function planWrite({ uniqueId, orderId, clickId, payout, revenue }: Sale): PlannedWrite {
	const [label, id] = uniqueId
		? ['Unique ID', uniqueId]
		: orderId
			? ['Order ID', orderId]
			: ['Click ID', clickId];
	return { name: `${label} ${quote(id)}`, payout, revenue };
}

/** Record Conversion: one request and one output item per item. */
export const record: Operation<Sale, Recorded> = {
	isWrite: true,
	validate,
	describeItems: (items, total) => [
		...describeEmptyFields(items, total).map(toWarning),
		...[...describeUniqueIds(items, total), ...describeDates(items, total)].map(toHint),
	],
	describeOutcomes: describeRecorded,
	orderKey: getOrderKey,
	adviseOnRepeat: (items) =>
		items.every(({ uniqueId }) => uniqueId !== undefined)
			? 'If your account refuses a repeated Unique ID, all items may be sent again. If not, send only those that failed or were not sent, and look unclear ones up in CAKE first.'
			: 'Send again only the items that failed or were not sent. Look unclear ones up in CAKE first: without a Unique ID they could be recorded twice.',
	writes: {
		plan: (items) => items.map(planWrite),
		adviseOn: (label) => `Enter '${label}' under Additional Fields.`,
	},
	preview: (values) => previewCall(recordConversion(values)),
	perform: async (values, session) => await sendWithRetries(session, recordConversion(values)),
	resolve: resolveUnclearRecordings,
	// When CAKE has the sale already but does not show it, the output has the values that were sent.
	toRows: ({ conversion, isAlreadyRecorded }, values) => [
		{
			...(conversion?.row ?? recordConversion(values).parameters),
			already_recorded: isAlreadyRecorded,
		},
	],
};
