import { listConversions } from './conversions';
import { readAll, type ReadPlan, type ReadResult } from './pages';
import { sendWithRetries, type Line } from './retry';
import type { ConversionFilters, ConversionRow, DateRange } from './types';

/** Which conversions of an account are asked for. */
export interface Selection {
	range: DateRange;
	filters: ConversionFilters;
}

export interface ListResult extends ReadResult {
	/** How many pages were read, those that were read again included. */
	pages: number;
}

/**
 * Reads CAKE's list, all its pages, each sent again where that can help.
 * @param keep what to hold of a row while the rest is read; must leave its `conversion_id`
 * @throws CakeError when a page could not be read; NotStarted when stopped
 */
export async function readConversions(
	line: Line,
	{ range, filters }: Selection,
	plan: ReadPlan,
	keep: (row: ConversionRow) => ConversionRow = (row) => row,
): Promise<ListResult> {
	let pages = 0;
	const result = await readAll(async (startAtRow, rowLimit) => {
		const call = listConversions(range, filters, startAtRow, rowLimit);
		const { rows, total } = await sendWithRetries(line, call);
		pages++;
		return { rows: rows.map(keep), total };
	}, plan);
	return { ...result, pages };
}
