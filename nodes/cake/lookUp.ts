import { DateTime } from 'luxon';

import { differs, sameText } from './conversions';
import { toDayText, widenRange } from './dates';
import { NotStarted } from './dispatch';
import { asError, CakeError } from './errors';
import { groupBy } from './groupBy';
import { readConversions } from './list';
import { MAX_PAGE_SIZE, type ReadResult } from './pages';
import type { Line } from './retry';
import type { Conversion, ConversionToRecord, DateRange } from './types';

/** The days in which conversions with these dates must show, whatever zone CAKE keeps. */
function windowOf(conversions: ConversionToRecord[], now: DateTime): DateRange {
	const today = toDayText(now.toUTC());
	const days = conversions
		.map(({ conversionDate }) => conversionDate?.slice(0, 10) ?? today)
		.sort();
	return widenRange({ startDate: days[0] ?? today, endDate: days.at(-1) ?? today });
}

/**
 * Reads CAKE's list around the given conversions, once for each offer.
 * An offer whose list could not be read, or not completely, is left out: it proves nothing.
 */
export async function readAround(
	line: Line,
	conversions: ConversionToRecord[],
	now: DateTime,
): Promise<Map<number, Conversion[]>> {
	const byOffer = groupBy(conversions, ({ offerId }) => offerId);
	const lists = new Map<number, Conversion[]>();
	const readOffer = async (offerId: number, group: ConversionToRecord[]): Promise<void> => {
		const range = windowOf(group, now);
		let result: ReadResult;
		try {
			result = await readConversions(
				line,
				{ range, filters: { offerId } },
				{ startAtRow: 1, pageSize: MAX_PAGE_SIZE },
			);
		} catch (error) {
			if (error instanceof CakeError || error instanceof NotStarted) return;
			throw asError(error);
		}
		if (result.isComplete) lists.set(offerId, result.conversions);
	};
	await Promise.all([...byOffer].map(async ([offerId, group]) => await readOffer(offerId, group)));
	return lists;
}

/** Whether CAKE has the amount that was sent; it does where none was. */
export function isSameAmount(sent: unknown, amount: string | undefined): boolean {
	return amount === undefined || Number(sent) === Number(amount);
}

function isSameMoment(sent: unknown, date: string | undefined): boolean {
	if (date === undefined) return true;
	const text = String(sent).replace(' ', 'T');
	const seconds = (iso: string) => Math.floor(DateTime.fromISO(iso, { zone: 'utc' }).toSeconds());
	return seconds(text) === seconds(date);
}

/** The conversions of this click, of this order and with this unique ID, where those are given. */
export function selectMatching(
	conversions: Conversion[],
	wanted: ConversionToRecord,
): Conversion[] {
	return conversions.filter(
		({ row }) =>
			sameText(row.click_id, wanted.clickId) &&
			!(wanted.uniqueId && differs(row.unique_id, wanted.uniqueId)) &&
			(wanted.orderId === undefined || sameText(row.order_id, wanted.orderId)),
	);
}

/**
 * The only conversion that can be this one: the one and only of its click and, where given, order,
 * equal in payout, revenue and date where they were given.
 */
export function findMatching(
	conversions: Conversion[],
	wanted: ConversionToRecord,
): Conversion | undefined {
	const [conversion, ...others] = selectMatching(conversions, wanted);
	if (!conversion || others.length > 0) return undefined;
	const { row } = conversion;
	const isEqual =
		isSameAmount(row.payout, wanted.payout) &&
		isSameAmount(row.revenue, wanted.revenue) &&
		isSameMoment(row.conversion_date, wanted.conversionDate);
	return isEqual ? conversion : undefined;
}
