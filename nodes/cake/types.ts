import type { IDataObject } from 'n8n-workflow';

/** The statuses that CAKE's article names, for filtering and for updates. */
export const CONVERSION_STATUSES = ['approved', 'pending', 'rejected'] as const;
export type ConversionStatus = (typeof CONVERSION_STATUSES)[number];

export interface CakeAccount {
	/** Scheme and host, no trailing slash. */
	baseUrl: string;
	/** Leaves this package only in requests to `baseUrl`. */
	apiKey: string;
	readOnly: boolean;
}

/** The parameters of "Record a Conversion", already checked. Amounts are plain decimals as text. */
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

export interface StatusUpdate {
	conversionId: number;
	status: ConversionStatus;
	note?: string | undefined;
}

/** Days in CAKE's form, `YYYY-MM-DD`. */
export interface DateRange {
	startDate: string;
	endDate: string;
}

/** The filters of "Query Conversion History". Without any, CAKE lists all conversions. */
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

/** The ID by which to find a conversion in CAKE's list. */
export interface Reference {
	by: 'conversionId' | 'orderId' | 'clickId';
	value: string;
}

export interface Conversion {
	/** `conversion_id` as a number. CAKE may send it as text. */
	id: number;
	/** As CAKE sent it, with its own member names and unknown members. */
	row: IDataObject;
}

/** CAKE's answer to a recording. */
export interface Recorded {
	/** Absent if CAKE had the sale already, but its reply proved no conversion to be the sale. */
	conversion?: Conversion;
	/** How certain it is that `conversion` is this sale; see `Proof` in matchRecorded.ts. */
	proof?: 'proven' | 'plausible';
	/** CAKE had the sale before this request. */
	isAlreadyRecorded: boolean;
}

/** One page of a query. */
export interface ConversionPage {
	conversions: Conversion[];
	/** The number of all rows that match; absent if CAKE named none that is usable. */
	total?: number | undefined;
}

/**
 * Decides whether a request may be sent again after an unclear reply. Queries and updates may. A
 * recording may only with a Unique ID, because CAKE recognizes duplicates by it.
 */
export type RequestKind = 'query' | 'update' | 'recordWithUniqueId' | 'recordWithoutUniqueId';

export function isRecord(kind: RequestKind | undefined): boolean {
	return kind === 'recordWithUniqueId' || kind === 'recordWithoutUniqueId';
}
