import type { IDataObject } from 'n8n-workflow';

import { readDuplicateMessage } from './duplicateMessages';
import { CakeError } from '../errors';
import { proveRecorded } from './matchRecorded';
import type { CakeCall } from '../transport/call';
import type {
	Conversion,
	ConversionFilters,
	ConversionPage,
	ConversionToRecord,
	DateRange,
	Recorded,
	StatusUpdate,
} from '../types';
import { isObject, parseId, trim } from '../values';

/** CAKE must get no empty parameter. */
function omitEmpty(parameters: Record<string, string | number | undefined>): IDataObject {
	const given: IDataObject = {};
	for (const [name, value] of Object.entries(parameters)) {
		if (value !== undefined && value !== '') given[name] = value;
	}
	return given;
}

/** Undefined for anything without a positive whole `conversion_id`. */
function parseConversion(row: unknown): Conversion | undefined {
	if (!isObject(row)) return undefined;
	const id = parseId(row.conversion_id);
	return id === undefined ? undefined : { id, row };
}

/** Whether two values are the same text. Case and the space around it do not count. */
export function sameText(left: unknown, right: unknown): boolean {
	const fold = (value: unknown) => trim(String(value)).toLowerCase();
	return fold(left) === fold(right);
}

const toUnavailable = (detail: string) => new CakeError('unavailable', { detail });

/** Whether a row has a value other than the wanted one. */
function isContradiction(value: unknown, wanted: unknown): boolean {
	return value !== undefined && value !== null && !sameText(value, wanted);
}

/** The reply to a recording is the row itself, plus `request_status`. */
function removeEnvelope(reply: IDataObject): IDataObject {
	const row = { ...reply };
	delete row.request_status;
	return row;
}

/** The two generations of CAKE's API wrap a conversion in up to three objects. */
const MAX_WRAPPERS = 3;

/** The conversion in a reply, with or without wrappers. */
function findConversion(reply: unknown, wrappers = MAX_WRAPPERS): Conversion | undefined {
	if (!isObject(reply) || wrappers < 0) return undefined;
	const { conversion, response, data } = reply;
	const find = (part: unknown) => findConversion(part, wrappers - 1);
	return find(conversion) ?? parseConversion(removeEnvelope(reply)) ?? find(response) ?? find(data);
}

/** A conversion, for a sentence: `conversion 7 (click abc, offer 5, order 9)`. */
function describeConversion({ id, row }: Conversion): string {
	const parts = { click: row.click_id, offer: row.offer_id, order: row.order_id };
	const shown = Object.entries(parts).filter(([, value]) => value !== undefined && value !== null);
	const uniqueId = row.unique_id ? [`Unique ID ${String(row.unique_id)}`] : [];
	const values = [...shown.map(([name, value]) => `${name} ${String(value)}`), ...uniqueId];
	return `conversion ${id} (${values.join(', ')})`;
}

/**
 * "Record a Conversion", a GET that writes. The answer holds the conversion that CAKE stored, or says
 * that CAKE has the sale already. Any other failed reply that names a conversion is `unknownOutcome`:
 * the sale may be stored.
 */
export function recordConversion(values: ConversionToRecord): CakeCall<Recorded> {
	const parameters = omitEmpty({
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
		kind: values.uniqueId ? 'recordWithUniqueId' : 'recordWithoutUniqueId',
		method: 'GET',
		path: '/api/2/conversion.json',
		parameters,
		read(reply) {
			const conversion = findConversion(reply);
			if (!conversion) throw toUnavailable('CAKE reported success, but named no conversion ID.');
			const proof = proveRecorded(conversion, values);
			if (proof !== 'unproven') return { conversion, proof, isAlreadyRecorded: false };
			const detail = `CAKE answered about ${describeConversion(conversion)}.`;
			throw new CakeError('unknownOutcome', { detail, conversions: [conversion] });
		},
		readFailure(failure, reply) {
			const named = findConversion(reply);
			const duplicate = readDuplicate(failure, values.uniqueId, parameters);
			if (duplicate === 'uniqueId') {
				const isProven = named && proveRecorded(named, values) === 'proven';
				return { isAlreadyRecorded: true, ...(isProven && { conversion: named, proof: 'proven' }) };
			}
			if (named) {
				const { detail, cakeMessage, httpStatus } = failure.facts;
				const conversions = [named];
				return new CakeError('unknownOutcome', { detail, cakeMessage, httpStatus, conversions });
			}
			return duplicate === 'unnamed' ? failure.with({ case: 'bareDuplicate' }) : failure;
		},
	};
}

/** Whether CAKE refused a recording with a Unique ID as a duplicate, and of what. */
function readDuplicate({ kind, facts }: CakeError, uniqueId: unknown, parameters: IDataObject) {
	if (kind !== 'refused' || uniqueId === undefined) return undefined;
	return readDuplicateMessage(facts.cakeMessage ?? '', Object.values(parameters).map(String));
}

/** "Update Conversion Status". The answer is CAKE's `conversion` object. */
export function updateConversion(update: StatusUpdate): CakeCall<Conversion> {
	return {
		kind: 'update',
		method: 'POST',
		path: '/api/2/update_conversion.json',
		parameters: omitEmpty({
			conversion_id: update.conversionId,
			status: update.status,
			note: update.note,
		}),
		read(reply) {
			const conversion = findConversion(reply);
			if (conversion?.id !== update.conversionId) {
				throw toUnavailable('CAKE answered about another conversion.');
			}
			if (!sameText(conversion.row.conversion_status, update.status)) {
				throw toUnavailable(
					`CAKE reported success, but the conversion is not ${update.status} in its reply.`,
				);
			}
			return conversion;
		},
	};
}

/** The part of a reply with the list. It is flat in CAKE's article. Other CAKE endpoints wrap lists. */
function unwrap(reply: IDataObject): IDataObject {
	const inner = [
		reply,
		reply.response,
		isObject(reply.response) && reply.response.data,
		reply.data,
	];
	return inner.filter(isObject).find((part) => part.conversions !== undefined) ?? reply;
}

/** The number of all rows that match. CAKE sends it as a number or text. Ignores anything else. */
function readTotal(...parts: IDataObject[]): number | undefined {
	for (const part of parts) {
		for (const member of ['total_rows', 'total_records', 'row_count']) {
			const value = part[member];
			const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
			if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
		}
	}
	return undefined;
}

/** The parameter of each filter. In a row the member has the same name. */
export const FILTER_MEMBERS: Record<keyof ConversionFilters, string> = {
	advertiserId: 'advertiser_id',
	affiliateId: 'affiliate_id',
	conversionStatus: 'conversion_status',
	offerId: 'offer_id',
};

export const FILTER_NAMES = ['advertiserId', 'affiliateId', 'conversionStatus', 'offerId'] as const;

/** @throws CakeError if a row contradicts a filter */
function checkFilters(conversions: Conversion[], filters: ConversionFilters): void {
	for (const filter of FILTER_NAMES) {
		const wanted = filters[filter];
		if (wanted === undefined) continue;
		const member = FILTER_MEMBERS[filter];
		const stray = conversions.find(({ row }) => isContradiction(row[member], wanted));
		if (!stray) continue;
		const detail = `Asked for ${wanted}, it also sent ${String(stray.row[member])}. The rows were not used.`;
		throw new CakeError('refused', { case: 'filterIgnored', filter, detail });
	}
}

/**
 * One page of "Query Conversion History".
 * @param startAtRow counted from 1
 * @param rowLimit at most 500, CAKE's maximum; CAKE may send fewer
 * @param enforcedFilters the filters no row may contradict; the caller checks the others itself
 */
export function listConversions(
	range: DateRange,
	filters: ConversionFilters,
	startAtRow: number,
	rowLimit: number,
	enforcedFilters: ConversionFilters = filters,
): CakeCall<ConversionPage> {
	return {
		kind: 'query',
		method: 'GET',
		path: '/api/2/conversions.json',
		parameters: omitEmpty({
			start_date: range.startDate,
			end_date: range.endDate,
			...Object.fromEntries(FILTER_NAMES.map((name) => [FILTER_MEMBERS[name], filters[name]])),
			start_at_row: startAtRow,
			row_limit: rowLimit,
		}),
		read(reply) {
			const part = unwrap(reply);
			const list = isObject(part.conversions) ? [part.conversions] : part.conversions;
			if (!Array.isArray(list)) throw toUnavailable('The reply has no list of conversions.');
			const conversions = list.map((row: unknown) => {
				const conversion = parseConversion(row);
				if (!conversion) throw toUnavailable('The list holds a row without a conversion ID.');
				return conversion;
			});
			checkFilters(conversions, enforcedFilters);
			return { conversions, total: readTotal(part, reply) };
		},
	};
}
