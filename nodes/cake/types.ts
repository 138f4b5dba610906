import type { IDataObject } from 'n8n-workflow';

/** The three statuses CAKE documents for its filter and for updates. */
export const CONVERSION_STATUSES = ['approved', 'pending', 'rejected'] as const;
export type ConversionStatus = (typeof CONVERSION_STATUSES)[number];

/** A CAKE account as the client needs it; `apiKey` leaves this package on the wire only. */
export interface CakeAccount {
	/** Normalized: scheme and host, no trailing slash. */
	baseUrl: string;
	apiKey: string;
	readOnly: boolean;
}

/** What "Record a Conversion" takes, already checked; amounts are plain decimals as text. */
export interface ConversionToRecord {
	clickId: string;
	offerId: number;
	uniqueId?: string | undefined;
	orderId?: string | undefined;
	/** UTC, `2024-01-01T14:32:00Z`. */
	conversionDate?: string | undefined;
	payout?: string | undefined;
	revenue?: string | undefined;
	adv1?: string | undefined;
	adv2?: string | undefined;
	adv3?: string | undefined;
	adv4?: string | undefined;
	adv5?: string | undefined;
}

/** A change of one conversion's status. */
export interface StatusUpdate {
	conversionId: number;
	status: ConversionStatus;
	note?: string | undefined;
}

/** Days as CAKE takes them, `YYYY-MM-DD`. */
export interface DateRange {
	startDate: string;
	endDate: string;
}

/** The filters of "Query Conversion History"; none given means all conversions. */
export interface ConversionFilters {
	advertiserId?: number | undefined;
	affiliateId?: number | undefined;
	conversionStatus?: ConversionStatus | undefined;
	offerId?: number | undefined;
}

/** The days and filters of a query. */
export interface Selection {
	range: DateRange;
	filters: ConversionFilters;
}

/** What a conversion is found by in CAKE's list. */
export interface Reference {
	by: 'conversionId' | 'orderId' | 'clickId';
	value: string;
}

/** A conversion of CAKE's. */
export interface Conversion {
	/** `conversion_id`, which CAKE may send as text, as a number. */
	id: number;
	/** As CAKE sent it: its own member names, unknown members kept. */
	row: IDataObject;
}

/** CAKE's answer to a recording. */
export interface Recorded {
	/** Absent where CAKE had the conversion already and did not name it. */
	conversion?: Conversion;
	/** What shows that the conversion is this sale: `proveRecorded`. */
	proof?: 'proven' | 'plausible';
	/** CAKE had it before this request. */
	isAlreadyRecorded: boolean;
}

/** One page of a query. `total` is what CAKE said matches in all; absent when it said nothing usable. */
export interface ConversionPage {
	conversions: Conversion[];
	total?: number | undefined;
}

/**
 * What a request is, as far as sending it again is concerned: reading and setting a status can be
 * repeated, recording only where CAKE tells duplicates by the unique ID.
 */
export type RequestKind = 'query' | 'update' | 'recordWithUniqueId' | 'recordWithoutUniqueId';

export function isRecord(kind: RequestKind | undefined): boolean {
	return kind === 'recordWithUniqueId' || kind === 'recordWithoutUniqueId';
}
