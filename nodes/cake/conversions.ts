import type { IDataObject } from 'n8n-workflow';

import { saysDuplicate } from './duplicates';
import { CakeError } from './errors';
import type {
	CakeCall,
	ConversionFilters,
	ConversionPage,
	ConversionRow,
	ConversionToRecord,
	DateRange,
	StatusUpdate,
} from './types';

/** Leaves out what was not given: CAKE is sent no empty parameter. */
function given(parameters: Record<string, string | number | undefined>): IDataObject {
	return Object.fromEntries(
		Object.entries(parameters).filter(([, value]) => value !== undefined && value !== ''),
	);
}

/** A conversion ID as CAKE sent it, number or text, as a number; undefined when it is neither. */
export function conversionIdOf(row: ConversionRow): number | undefined {
	const id = row.conversion_id;
	const number = typeof id === 'string' && /^\d+$/.test(id) ? Number(id) : id;
	return typeof number === 'number' && Number.isSafeInteger(number) && number > 0
		? number
		: undefined;
}

/** The form in which values count as the same text: whatever their case and the space around them. */
export function foldText(value: unknown): string {
	return String(value).trim().toLowerCase();
}

/** Whether two values are the same text, whatever their case and the space around them. */
export function sameText(left: unknown, right: unknown): boolean {
	return foldText(left) === foldText(right);
}

const notAnAnswer = (seen: string) => new CakeError('unavailable', { seen });

/** Whether CAKE sent a value back, and another one than asked. */
export function differs(sentBack: unknown, asked: unknown): boolean {
	return sentBack !== undefined && sentBack !== null && !sameText(sentBack, asked);
}

/** The refusal of a recording whose unique ID CAKE has for another sale. */
export function belongsToAnother(row: ConversionRow): CakeError {
	const order = row.order_id ? `, order ${String(row.order_id)}` : '';
	return new CakeError('refused', {
		message: 'This Unique ID belongs to another conversion',
		seen: `It is known for click ${String(row.click_id)}, offer ${String(row.offer_id)}${order}.`,
		nextStep: "Give every sale a 'Unique ID' of its own, such as the deal ID.",
		conversionIds: [conversionIdOf(row) ?? 0].filter(Boolean),
	});
}

/** Whether a row is of another sale than the one asked about, as far as it tells. */
export function isOfAnother(row: ConversionRow, values: ConversionToRecord): boolean {
	return (
		differs(row.click_id, values.clickId) ||
		differs(row.offer_id, values.offerId) ||
		(values.orderId !== undefined && differs(row.order_id, values.orderId))
	);
}

/** The row a reply is about, without the envelope's own member. */
function withoutEnvelope(reply: IDataObject): ConversionRow {
	const row = { ...reply };
	delete row.request_status;
	return row;
}

/**
 * "Record a Conversion". A GET that writes. Gives the conversion CAKE stored; where CAKE knows the
 * unique ID already, the values that were sent, marked `already_recorded`.
 */
export function recordConversion(values: ConversionToRecord): CakeCall<ConversionRow> {
	const parameters = given({
		click_id: values.clickId,
		offer_id: values.offerId,
		payout: values.payout,
		revenue: values.revenue,
		conversion_date: values.conversionDate,
		unique_id: values.uniqueId,
		order_id: values.orderId,
		adv1: values.adv1,
		adv2: values.adv2,
		adv3: values.adv3,
		adv4: values.adv4,
		adv5: values.adv5,
	});
	return {
		traffic: values.uniqueId ? 'recordWithUniqueId' : 'recordWithoutUniqueId',
		method: 'GET',
		path: '/api/2/conversion.json',
		parameters,
		readRefusal(words) {
			if (!values.uniqueId || !saysDuplicate(words)) return undefined;
			return { ...parameters, already_recorded: true };
		},
		read(reply) {
			const row = withoutEnvelope(reply);
			if (!conversionIdOf(row)) {
				throw notAnAnswer('CAKE reported success, but named no conversion ID.');
			}
			if (isOfAnother(row, values)) {
				throw values.uniqueId === undefined
					? notAnAnswer('CAKE answered about another click, offer or order.')
					: belongsToAnother(row);
			}
			return row;
		},
	};
}

/** "Update Conversion Status". Gives CAKE's `conversion` object. */
export function updateConversion(update: StatusUpdate): CakeCall<ConversionRow> {
	return {
		traffic: 'update',
		method: 'POST',
		path: '/api/2/update_conversion.json',
		parameters: given({
			conversion_id: update.conversionId,
			status: update.status,
			note: update.note,
		}),
		read(reply) {
			const row = isRow(reply.conversion) ? reply.conversion : withoutEnvelope(reply);
			if (conversionIdOf(row) !== update.conversionId) {
				throw notAnAnswer('CAKE answered about another conversion.');
			}
			if (!sameText(row.conversion_status, update.status)) {
				throw notAnAnswer(
					`CAKE reported success, but the conversion is not ${update.status} in its reply.`,
				);
			}
			return row;
		},
	};
}

function isRow(value: unknown): value is ConversionRow {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** CAKE's APIs wrap lists in up to two more objects (`cake` sister endpoints); the flat form is specified. */
function unwrap(reply: IDataObject): IDataObject {
	const inner = [reply, reply.response, isRow(reply.response) && reply.response.data, reply.data];
	return inner.filter(isRow).find((part) => part.conversions !== undefined) ?? reply;
}

/** How many rows match in all. CAKE sends a number, or text; anything that is no count is ignored. */
function totalOf(...parts: IDataObject[]): number | undefined {
	for (const part of parts) {
		for (const member of ['total_rows', 'total_records', 'row_count']) {
			const value = part[member];
			const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
			if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
		}
	}
	return undefined;
}

const FILTER_MEMBERS = {
	advertiserId: ['advertiser_id', 'Advertiser ID'],
	affiliateId: ['affiliate_id', 'Affiliate ID'],
	conversionStatus: ['conversion_status', 'Conversion Status'],
	offerId: ['offer_id', 'Offer ID'],
} as const;

function checkFilters(rows: ConversionRow[], filters: ConversionFilters): void {
	for (const name of Object.keys(FILTER_MEMBERS) as Array<keyof ConversionFilters>) {
		const wanted = filters[name];
		if (wanted === undefined) continue;
		const [member, label] = FILTER_MEMBERS[name];
		const stray = rows.find((row) => {
			const value = row[member];
			return value !== undefined && value !== null && !sameText(value, wanted);
		});
		if (stray) {
			throw new CakeError('refused', {
				message: `CAKE ignored the filter '${label}'`,
				seen: `Asked for ${String(wanted)}, it also sent ${String(stray[member])}. The rows were not used.`,
				nextStep: `Remove the filter '${label}', and filter in the workflow instead.`,
			});
		}
	}
}

/**
 * One page of "Query Conversion History".
 * @param startAtRow counted from 1
 * @param rowLimit at most 500, CAKE's maximum; it may send fewer
 * @param binding the filters no row may contradict; the others the caller checks itself
 */
export function listConversions(
	range: DateRange,
	filters: ConversionFilters,
	startAtRow: number,
	rowLimit: number,
	binding: ConversionFilters = filters,
): CakeCall<ConversionPage> {
	return {
		traffic: 'query',
		method: 'GET',
		path: '/api/2/conversions.json',
		parameters: given({
			start_date: range.startDate,
			end_date: range.endDate,
			offer_id: filters.offerId,
			affiliate_id: filters.affiliateId,
			advertiser_id: filters.advertiserId,
			conversion_status: filters.conversionStatus,
			start_at_row: startAtRow,
			row_limit: rowLimit,
		}),
		read(reply) {
			const part = unwrap(reply);
			const list = isRow(part.conversions) ? [part.conversions] : part.conversions;
			if (!Array.isArray(list)) throw notAnAnswer('The reply has no list of conversions.');
			const rows: ConversionRow[] = [];
			for (const row of list as unknown[]) {
				if (!isRow(row) || !conversionIdOf(row)) {
					throw notAnAnswer('The list holds a row without a conversion ID.');
				}
				rows.push(row);
			}
			checkFilters(rows, binding);
			return { rows, total: totalOf(part, reply) };
		},
	};
}
