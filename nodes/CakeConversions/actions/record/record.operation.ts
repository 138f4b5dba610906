import { DateTime } from 'luxon';

import { recordConversion } from '../../../cake/conversions/endpoints';
import { sendWithRetries } from '../../../cake/transport/retry';
import type { ConversionToRecord, Recorded } from '../../../cake/types';
import { toMoment } from '../../../cake/dates';
import { InvalidValue, isEmpty, toAmount, toId, toText } from '../../../cake/values';
import type { Fields } from '../../../shared/fields';
import { previewCall } from '../dryRun';
import { SUB_IDS } from './fields';
import { describeRecorded } from './hints';
import type { Operation, RunSettings } from '../operation';
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
	'Every sale should have its own, such as the deal ID; only with the field empty is one recorded without.';

function validate(item: Fields, settings: RunSettings): ConversionToRecord {
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

/** Hints about items without a Unique ID, and items that share one. */
function describeUniqueIds(items: ConversionToRecord[]): string[] {
	// Compared without case, because CAKE may take IDs that differ only in case for the same.
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

/** A hint about dates in the future. With a mistyped year, searches and reports miss the sale. */
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

/** Record Conversion: one request and one output item per item. */
export const record: Operation<ConversionToRecord, Recorded> = {
	isWrite: true,
	validate,
	describeItems: (items) => [...describeUniqueIds(items), ...describeDates(items)],
	describeOutcomes: describeRecorded,
	orderKey: getOrderKey,
	isRepeatable: ({ uniqueId }) => uniqueId !== undefined,
	preview: (values) => previewCall(recordConversion(values)),
	perform: async (values, session) => await sendWithRetries(session, recordConversion(values)),
	resolve: resolveUnclearRecordings,
	// When CAKE has the sale already but does not show it, the output has the values that were sent.
	toRows: ({ conversion, isAlreadyRecorded }, values) => [
		{
			...(conversion?.row ?? recordConversion(values).parameters),
			...(isAlreadyRecorded && { already_recorded: true }),
		},
	],
};
