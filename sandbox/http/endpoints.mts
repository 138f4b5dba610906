import type { Account } from '../account/account.mts';
import {
	type Answer,
	layOutRow,
	objectText,
	recordedMembers,
	refusal,
	rowText,
	successText,
} from '../protocol/answer.mts';
import { addDays, parseInstant } from '../account/calendar.mts';
import type { Conversion, Status } from '../account/model.mts';
import type { Endpoint, Settings } from '../protocol/options.mts';
import type { RequestQuirks } from '../faults/quirks.mts';
import type { Values } from '../protocol/strict.mts';

/** What an endpoint does with parameters that have passed every check. */
type Work = (account: Account, values: Values, settings: Settings, quirks: RequestQuirks) => Answer;

const text = (value: unknown) => (value === undefined ? undefined : String(value));
const number = (value: unknown) => (value === undefined ? undefined : Number(value));

/** Records a conversion. A known unique ID is looked at first: a late repeat is still a repeat. */
const record: Work = (account, values, { onDuplicate, errorStatus }, quirks) => {
	const clickId = String(values.click_id);
	const offerId = Number(values.offer_id);
	const uniqueId = text(values.unique_id);
	const recorded = (row: Conversion): Pick<Answer, 'status' | 'json' | 'conversionId'> => {
		const layout = quirks.layOut('record');
		const members = layOutRow(recordedMembers(quirks.show(row)), layout, account);
		return { status: 200, json: successText(members, layout), conversionId: row.conversionId };
	};
	const known = uniqueId === undefined ? undefined : account.withUniqueId(uniqueId);
	if (known) {
		const message = quirks.rewordDuplicate();
		if (message === undefined && onDuplicate === 'returnExisting') {
			return { ...recorded(known), done: 'duplicate' };
		}
		const words = message ?? `Duplicate unique_id: ${uniqueId}`;
		return { ...refusal(words, errorStatus, 'duplicate'), conversionId: known.conversionId };
	}
	const objection = whyNot(account, clickId, offerId) ?? quirks.refuseSecondSale(account, clickId);
	if (objection) return refusal(objection, errorStatus);

	const sent: Partial<Conversion> = { clickId, offerId, uniqueId, orderId: text(values.order_id) };
	sent.payout = number(values.payout);
	sent.revenue = number(values.revenue);
	sent.at = values.conversion_date ? parseInstant(String(values.conversion_date)) : undefined;
	const adv = Object.entries(values).filter(([name]) => /^adv\d$/.test(name));
	if (adv.length > 0) sent.adv = Object.fromEntries(adv.map(([k, value]) => [k, String(value)]));
	return { ...recorded(account.record(quirks.book(sent, account))), done: 'stored' };
};

/** The specification: the click must be active and unexpired; an offer must be open. */
function whyNot(account: Account, clickId: string, offerId: number): string | undefined {
	const click = account.clicks.get(clickId);
	const offer = account.offers.get(offerId);
	if (!offer) return `Invalid Offer ID: ${offerId}`;
	if (!offer.active) return `Inactive Offer: ${offerId}`;
	if (!click) return `Click Not Found: ${clickId}`;
	if (!click.active) return `Inactive Click: ${clickId}`;
	if (click.expiresAt <= account.now()) return `Click Expired: ${clickId}`;
	if (click.offerId !== offerId) return `Click does not belong to Offer ${offerId}: ${clickId}`;
	return undefined;
}

/** Lists conversions, paged from row 1; past the end the list is empty. */
const query: Work = (account, values, settings, quirks) => {
	const { calendar } = account;
	const endDate = String(values.end_date);
	const rows = account.select({
		from: calendar.getStart(String(values.start_date)),
		to: calendar.getStart(settings.endDateInclusive ? addDays(endDate, 1) : endDate),
		offerId: number(values.offer_id),
		affiliateId: number(values.affiliate_id),
		advertiserId: number(values.advertiser_id),
		status: text(values.conversion_status) as Status | undefined,
	});
	const { startAtRow, rowLimit } = paging(values);
	const page = rows.slice(
		startAtRow - 1,
		startAtRow - 1 + Math.min(rowLimit, settings.maxRowsPerPage),
	);
	const total = { number: `${rows.length}`, text: `"${rows.length}"`, absent: undefined };
	const layout = quirks.layOut('query');
	const conversions = page.map((row) => rowText(quirks.show(row), layout, account));
	const json = successText(
		{ [layout.totalName]: total[settings.total], conversions: `[${conversions.join()}]` },
		layout,
	);
	return { status: 200, json, done: 'listed', rows: page.length };
};

/** Row offset and page size of a query, with the specification's defaults. */
export function paging(values: Values): { startAtRow: number; rowLimit: number } {
	return {
		startAtRow: number(values.start_at_row) ?? 1,
		rowLimit: number(values.row_limit) ?? 100,
	};
}

/** Sets a status; setting the present one again is no error, and every note is kept. */
const update: Work = (account, values, { errorStatus }, quirks) => {
	const conversionId = Number(values.conversion_id);
	const status = values.status as Status;
	if (!account.update(conversionId, status, text(values.note))) {
		return refusal(`Conversion Not Found: ${conversionId}`, errorStatus);
	}
	const conversion = objectText({
		conversion_id: String(conversionId),
		conversion_status: `"${status}"`,
	});
	const json = successText({ conversion }, quirks.layOut('update'));
	return { status: 200, json, done: 'updated', conversionId };
};

/** The work of each endpoint. */
export const WORK: Record<Endpoint, Work> = { record, query, update };
