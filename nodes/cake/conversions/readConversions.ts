import type { IDataObject } from 'n8n-workflow';

import { listConversions } from './endpoints';
import { readAllPages, type ReadPlan, type ReadResult } from '../paging/readAllPages';
import { sendWithRetries, type RequestContext } from '../transport/retry';
import type { Conversion, ConversionFilters, Selection } from '../types';

/** For `reduceRow`: keeps the rows of wanted conversions. Of the others only the ID stays. */
export function keepOnly(isWanted: (conversion: Conversion) => boolean) {
	return (one: Conversion): IDataObject => (isWanted(one) ? one.row : {});
}

interface ReadOptions {
	/** The filters no row may contradict; all by default. The caller checks the others itself. */
	enforcedFilters?: ConversionFilters;
	/** What to keep of a row. By default all of it. */
	reduceRow?: (conversion: Conversion) => IDataObject;
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
	{ enforcedFilters, reduceRow, onPage }: ReadOptions = {},
): Promise<ListResult> {
	let pages = 0;
	const result = await readAllPages(async (startAtRow, rowLimit) => {
		const call = listConversions(range, filters, startAtRow, rowLimit, enforcedFilters);
		const page = await sendWithRetries(context, call);
		pages++;
		onPage?.();
		if (!reduceRow) return page;
		const conversions = page.conversions.map((one) => ({ id: one.id, row: reduceRow(one) }));
		return { conversions, total: page.total };
	}, plan);
	return { ...result, pages };
}
