import { DateTime } from 'luxon';

import { isSameClick, isSameReference } from './sameReference';
import type { Conversion, ConversionToRecord } from '../types';
import { isEmpty, trim } from '../values';

/** A value that CAKE shows, compared with the one that was sent. */
type Match = 'same' | 'other' | 'absent';

/**
 * Whether a conversion is proven to be the sale that was sent.
 * - `proven`: it carries the sale's Unique ID, and its click does not differ.
 * - `plausible`: it carries no Unique ID, and neither its click nor its order differs. It counts only if
 *   it cannot be the conversion of another item of the run.
 * - `unproven`: anything else.
 */
export type Proof = 'proven' | 'plausible' | 'unproven';

function match(shown: unknown, sent: string | undefined, isSame = isSameReference): Match {
	if (isEmpty(shown) || sent === undefined) return 'absent';
	return isSame(shown, sent) ? 'same' : 'other';
}

/** Whether a conversion may be of this click and order. It may lack them, but not contradict them. */
export function mayMatch({ row }: Conversion, sent: ConversionToRecord): boolean {
	const click = match(row.click_id, sent.clickId, isSameClick);
	return click !== 'other' && match(row.order_id, sent.orderId) !== 'other';
}

/** @param conversion the one that CAKE names in its reply to the recording */
export function proveRecorded(conversion: Conversion, sent: ConversionToRecord): Proof {
	const { unique_id: uniqueId, click_id: click } = conversion.row;
	if (isEmpty(uniqueId)) return mayMatch(conversion, sent) ? 'plausible' : 'unproven';
	const isSameId = match(uniqueId, sent.uniqueId) === 'same';
	// If the click differs, two sales were sent with this Unique ID, and this one may not be stored.
	return isSameId && match(click, sent.clickId, isSameClick) !== 'other' ? 'proven' : 'unproven';
}

/** CAKE may show dates in another zone, up to 26 hours apart. Dates this close count as the same. */
const SAME_MOMENT_MS = 26 * 3_600_000;

/** Epoch milliseconds of CAKE's `2024-01-01T14:32:00Z` or `2024-01-01 14:32:00`, else NaN. */
export function toMillis(date: unknown): number {
	return DateTime.fromISO(String(date).replace(' ', 'T'), { zone: 'utc' }).toMillis();
}

/** Whether CAKE has the amount that was sent. True if none was sent. */
export function isSameAmount(shown: unknown, sent: string | undefined): boolean {
	return sent === undefined || (!isEmpty(shown) && Number(shown) === Number(sent));
}

/** A value that CAKE stored differently from what was sent. */
export interface Difference {
	field: 'orderId' | 'offerId' | 'payout' | 'revenue' | 'conversionDate';
	stored: unknown;
	sent: string | number;
}

/** Compares the values that CAKE shows. A value that it does not show is no difference. */
export function listDifferences({ row }: Conversion, sent: ConversionToRecord): Difference[] {
	const differences: Difference[] = [];
	const compare = (
		field: Difference['field'],
		stored: unknown,
		isSame: (stored: unknown, sent: string | number) => boolean,
	): void => {
		const value = sent[field];
		// An order ID that came back empty was not stored.
		const isShown = field === 'orderId' ? stored !== undefined : !isEmpty(stored);
		if (value === undefined || !isShown || isSame(stored, value)) return;
		differences.push({ field, stored, sent: value });
	};
	const isSameNumber = (stored: unknown, value: string | number) =>
		Number(stored) === Number(value);
	compare('orderId', row.order_id, (stored, value) => trim(String(stored)) === value);
	compare('offerId', row.offer_id, isSameNumber);
	compare('payout', row.payout, isSameNumber);
	compare('revenue', row.revenue, isSameNumber);
	compare('conversionDate', row.conversion_date, (stored, value) => {
		const apart = Math.abs(toMillis(stored) - toMillis(value));
		return Number.isNaN(apart) || apart <= SAME_MOMENT_MS;
	});
	return differences;
}
