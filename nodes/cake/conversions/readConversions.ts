import { listConversions } from './endpoints';
import { readAllPages, type ReadPlan, type ReadResult } from '../paging/readAllPages';
import { sendWithRetries, type RequestContext } from '../transport/retry';
import type { Conversion, ConversionFilters, Selection } from '../types';

interface ReadOptions {
	/** The filters no row may contradict; all by default. The caller checks the others itself. */
	enforcedFilters?: ConversionFilters;
	/** Whether to keep the whole row. If not, only the ID stays. By default all rows stay. */
	shouldKeep?: (conversion: Conversion) => boolean;
	/** Called for each page, also for one that is read again. */
	onPage?: () => void;
}

export interface ListResult extends ReadResult {
	/** Pages read. A page that was read twice counts twice. */
	pages: number;
}

/**
 * Reads all pages of CAKE's list, with retries.
 * @throws CakeError if a page could not be read; NotSent if stopped
 */
export async function readConversions(
	context: RequestContext,
	{ range, filters }: Selection,
	plan: ReadPlan,
	{ enforcedFilters, shouldKeep = () => true, onPage }: ReadOptions = {},
): Promise<ListResult> {
	let pages = 0;
	const result = await readAllPages(async (startAtRow, rowLimit) => {
		const call = listConversions(range, filters, startAtRow, rowLimit, enforcedFilters);
		const { conversions, total } = await sendWithRetries(context, call);
		pages++;
		onPage?.();
		return { conversions: conversions.map((one) => (shouldKeep(one) ? one : dropRow(one))), total };
	}, plan);
	return { ...result, pages };
}

function dropRow({ id }: Conversion): Conversion {
	return { id, row: {} };
}
