import { listConversions } from './conversions';
import { readAll, type ReadPlan, type ReadResult } from './pages';
import { sendWithRetries, type Line } from './retry';
import type { ConversionFilters, ConversionRow, DateRange } from './types';

/** Which conversions of an account are asked for. */
export interface Selection {
	range: DateRange;
	filters: ConversionFilters;
	/** The filters no row may contradict, unless all of them: the others the caller checks itself. */
	binding?: ConversionFilters;
}

/** What a caller does with what comes. */
export interface Reading {
	/** What to hold of a row while the rest is read; must leave its `conversion_id`. */
	keep?: (row: ConversionRow) => ConversionRow;
	/** Called for each page that came, those that are read again included. */
	onPage?: () => void;
}

const FILTER_LABELS: Array<[keyof ConversionFilters, string]> = [
	['advertiserId', 'Advertiser ID'],
	['affiliateId', 'Affiliate ID'],
	['conversionStatus', 'Conversion Status'],
	['offerId', 'Offer ID'],
];

/** The days and the filters given, in the words of the form: `from 2024-01-01 to 2024-01-31, Offer ID 7`. */
export function describeSelection({ range, filters }: Selection): string {
	const given = FILTER_LABELS.filter(([name]) => filters[name] !== undefined);
	const filtered = given.map(([name, label]) => `, ${label} ${filters[name]}`).join('');
	return `from ${range.startDate} to ${range.endDate}${filtered}`;
}

export interface ListResult extends ReadResult {
	/** How many pages were read, those that were read again included. */
	pages: number;
}

/**
 * Reads CAKE's list, all its pages, each sent again where that can help.
 * @throws CakeError when a page could not be read; NotStarted when stopped
 */
export async function readConversions(
	line: Line,
	{ range, filters, binding }: Selection,
	plan: ReadPlan,
	{ keep = (row) => row, onPage }: Reading = {},
): Promise<ListResult> {
	let pages = 0;
	const result = await readAll(async (startAtRow, rowLimit) => {
		const call = listConversions(range, filters, startAtRow, rowLimit, binding);
		const { rows, total } = await sendWithRetries(line, call);
		pages++;
		onPage?.();
		return { rows: rows.map(keep), total };
	}, plan);
	return { ...result, pages };
}
