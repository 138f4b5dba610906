import { DateTime } from 'luxon';

import { toDayText, widenRange } from '../dates';
import { asError, CakeError, NotSent } from '../errors';
import { groupBy } from '../groupBy';
import { keepOnly, readConversions } from './readConversions';
import { MAX_PAGE_SIZE } from '../paging/readAllPages';
import type { RequestContext } from '../transport/retry';
import { toClickKey, toReferenceKey } from './sameReference';
import type { Conversion, ConversionToRecord, DateRange } from '../types';

/** One read of CAKE's list, for sales of one offer on neighboring days. */
interface Window {
	offerId: number;
	range: DateRange;
	sales: ConversionToRecord[];
}

/** Sales on distant days get separate windows, so that the time between is not read. */
function buildWindows(offerId: number, sales: ConversionToRecord[], today: string): Window[] {
	const windows: Window[] = [];
	const byDay = groupBy(sales, ({ conversionDate }) => conversionDate?.slice(0, 10) ?? today);
	for (const day of [...byDay.keys()].sort()) {
		const salesOfDay = byDay.get(day) ?? [];
		const range = widenRange({ startDate: day, endDate: day });
		const last = windows.at(-1);
		if (last && range.startDate <= last.range.endDate) {
			last.range.endDate = range.endDate;
			last.sales = last.sales.concat(salesOfDay);
		} else {
			windows.push({ offerId, range, sales: [...salesOfDay] });
		}
	}
	return windows;
}

/** Reads the conversions that share a click or a Unique ID with a sale of the window. */
async function readWindow(
	context: RequestContext,
	{ offerId, range, sales }: Window,
): Promise<Conversion[]> {
	const clicks = new Set(sales.map(({ clickId }) => toClickKey(clickId)));
	const uniqueIds = new Set(sales.flatMap(({ uniqueId }) => uniqueId ?? []).map(toReferenceKey));
	const isWanted = ({ row }: Conversion): boolean =>
		clicks.has(toClickKey(row.click_id)) || uniqueIds.has(toReferenceKey(row.unique_id));
	const { conversions, isComplete } = await readConversions(
		context,
		{ range, filters: { offerId } },
		{ startAtRow: 1, pageSize: MAX_PAGE_SIZE },
		{ reduceRow: keepOnly(isWanted) },
	);
	return isComplete ? conversions.filter(isWanted) : [];
}

/**
 * Reads CAKE's list around the dates of the given sales.
 * @returns for each sale the conversions with its click or Unique ID. None if the list could not be read
 * completely, since such a list proves nothing.
 */
export async function readAround(
	context: RequestContext,
	sales: ConversionToRecord[],
): Promise<Map<ConversionToRecord, Conversion[]>> {
	const today = toDayText(DateTime.utc());
	const windows = [...groupBy(sales, ({ offerId }) => offerId)].flatMap(([offerId, salesOfOffer]) =>
		buildWindows(offerId, salesOfOffer, today),
	);
	const found = new Map<ConversionToRecord, Conversion[]>();
	const read = async (window: Window): Promise<void> => {
		let conversions: Conversion[];
		try {
			conversions = await readWindow(context, window);
		} catch (error) {
			if (error instanceof CakeError || error instanceof NotSent) return;
			throw asError(error);
		}
		const byClick = groupBy(conversions, ({ row }) => toClickKey(row.click_id));
		const byUniqueId = groupBy(conversions, ({ row }) => toReferenceKey(row.unique_id));
		for (const sale of window.sales) {
			const ofClick = byClick.get(toClickKey(sale.clickId)) ?? [];
			const ofId = sale.uniqueId === undefined ? [] : byUniqueId.get(toReferenceKey(sale.uniqueId));
			found.set(sale, [...new Set([...ofClick, ...(ofId ?? [])])]);
		}
	};
	await Promise.all(windows.map(read));
	return found;
}
