import { listConversions } from './endpoints';
import { readAllPages, type ReadPlan, type ReadResult } from '../paging/readAllPages';
import { sendWithRetries, type RequestContext } from '../transport/retry';
import type { Conversion, ConversionFilters, Selection } from '../types';

/** What a caller does with what comes. */
interface Reading {
	/** The filters no row may contradict, unless all of them: the others the caller checks itself. */
	enforcedFilters?: ConversionFilters;
	/** Which rows to hold while the rest is read; of the others only the ID is. */
	keeps?: (conversion: Conversion) => boolean;
	/** Called for each page that came, those that are read again included. */
	onPage?: () => void;
}

export interface ListResult extends ReadResult {
	/** How many pages were read, those that were read again included. */
	pages: number;
}

/**
 * Reads CAKE's list, all its pages, each sent again where that can help.
 * @throws CakeError when a page could not be read; NotSent when stopped
 */
export async function readConversions(
	context: RequestContext,
	{ range, filters }: Selection,
	plan: ReadPlan,
	{ enforcedFilters, keeps = () => true, onPage }: Reading = {},
): Promise<ListResult> {
	let pages = 0;
	const result = await readAllPages(async (startAtRow, rowLimit) => {
		const call = listConversions(range, filters, startAtRow, rowLimit, enforcedFilters);
		const { conversions, total } = await sendWithRetries(context, call);
		pages++;
		onPage?.();
		return { conversions: conversions.map((one) => (keeps(one) ? one : onlyId(one))), total };
	}, plan);
	return { ...result, pages };
}

function onlyId({ id }: Conversion): Conversion {
	return { id, row: {} };
}
