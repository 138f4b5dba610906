import type { Account } from '../account/account.mts';
import {
	type Answer,
	layOutRow,
	formatObject,
	listMembers,
	refuse,
	formatRow,
	hasOwnStatus,
	formatSuccess,
} from '../protocol/answer.mts';
import { addDays, parseInstant } from '../account/calendar.mts';
import type { Conversion, Draft, Status } from '../account/model.mts';
import type { ConversionEndpoint, Settings } from '../protocol/options.mts';
import type { RequestQuirks } from '../faults/quirks.mts';
import type { Values } from '../protocol/strict.mts';

/** Handles a request of an endpoint. The parameters have passed all checks. */
export type Handler = (
	account: Account,
	values: Values,
	settings: Settings,
	quirks: RequestQuirks,
) => Answer;

const text = (value: unknown) => (value === undefined ? undefined : String(value));
const number = (value: unknown) => (value === undefined ? undefined : Number(value));

/** Checks the unique ID first: a repeated sale is a duplicate even after its click has expired. */
const record: Handler = (account, values, { onDuplicate, errorStatus }, quirks) => {
	const clickId = String(values.click_id);
	const offerId = Number(values.offer_id);
	const uniqueId = text(values.unique_id);
	const recorded = (row: Conversion): Pick<Answer, 'status' | 'json' | 'conversionId'> => {
		const layout = quirks.layOut('record');
		const members = layOutRow(listMembers(quirks.show(row)), layout, account);
		return { status: 200, json: formatSuccess(members, layout), conversionId: row.conversionId };
	};
	const existing = uniqueId === undefined ? undefined : account.withUniqueId(uniqueId);
	if (existing) {
		const wording = quirks.rewordDuplicate();
		if (wording === undefined && onDuplicate === 'returnExisting') {
			return { ...recorded(existing), result: 'duplicate' };
		}
		const message = wording ?? `Duplicate unique_id: ${uniqueId}`;
		return { ...refuse(message, errorStatus, 'duplicate'), conversionId: existing.conversionId };
	}
	const objection =
		findObjection(account, clickId, offerId) ?? quirks.refuseSecondSale(account, clickId);
	if (objection) return refuse(objection, errorStatus);

	const sent: Draft<Conversion> = { clickId, offerId, uniqueId, orderId: text(values.order_id) };
	sent.payout = number(values.payout);
	sent.revenue = number(values.revenue);
	sent.at = values.conversion_date ? parseInstant(String(values.conversion_date)) : undefined;
	const adv = Object.entries(values).filter(([name]) => /^adv\d$/.test(name));
	if (adv.length > 0) sent.adv = Object.fromEntries(adv.map(([k, value]) => [k, String(value)]));
	return { ...recorded(account.record(quirks.changeSale(sent, account))), result: 'stored' };
};

/** Specification: the click must be active and unexpired, the offer active. Else, a message. */
function findObjection(account: Account, clickId: string, offerId: number): string | undefined {
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

/** Lists conversions. The first row is 1. After the last row, the list is empty. */
const query: Handler = (account, values, settings, quirks) => {
	const { list, errorStatus } = settings;
	if (list.access === 'refused') {
		return refuse('You do not have permission to use this resource', errorStatus);
	}
	const rows = select(account, values, settings);
	const { startAtRow, rowLimit } = readPaging(values);
	const page = rows.slice(
		startAtRow - 1,
		startAtRow - 1 + Math.min(rowLimit, settings.maxRowsPerPage),
	);
	const total = {
		number: `${rows.length}`,
		text: `"${rows.length}"`,
		absent: undefined,
		ofPage: `${page.length}`,
	};
	const layout = quirks.layOut('query');
	const conversions = page.map((row) => formatRow(quirks.show(row), layout, account, list));
	const json = formatSuccess(
		{ [layout.totalName]: total[settings.total], conversions: `[${conversions.join()}]` },
		layout,
	);
	return { status: 200, json, result: 'listed', rows: page.length };
};

/** The conversions that a query asks for, as far as the account honors its filters. */
function select(
	account: Account,
	values: Values,
	{ list, endDateInclusive }: Settings,
): readonly Conversion[] {
	const { calendar } = account;
	const endDate = String(values.end_date);
	const isHonored = (name: (typeof list.ignoredFilters)[number]) =>
		!list.ignoredFilters.includes(name);
	const read = (name: 'advertiser_id' | 'affiliate_id' | 'offer_id') =>
		isHonored(name) ? number(values[name]) : undefined;
	const days = {
		from: calendar.getStart(String(values.start_date)),
		to: calendar.getStart(endDateInclusive ? addDays(endDate, 1) : endDate),
	};
	const status = isHonored('conversion_status') ? text(values.conversion_status) : undefined;
	const rows = account.select({
		...(isHonored('dates') ? days : { from: 0, to: Infinity }),
		offerId: read('offer_id'),
		affiliateId: read('affiliate_id'),
		advertiserId: read('advertiser_id'),
		status: status as Status | undefined,
	});
	const isShown = (row: Conversion) => status === undefined || !hasOwnStatus(row, list);
	return list.ownStatus === undefined ? rows : rows.filter(isShown);
}

/** First row and page size of a query. Defaults: specification. */
export function readPaging(values: Values): { startAtRow: number; rowLimit: number } {
	return {
		startAtRow: number(values.start_at_row) ?? 1,
		rowLimit: number(values.row_limit) ?? 100,
	};
}

/** Sets a status and adds the note, if any. Setting the present status again is no error. */
const update: Handler = (account, values, { errorStatus }, quirks) => {
	const conversionId = Number(values.conversion_id);
	const status = values.status as Status;
	if (!account.update(conversionId, status, text(values.note))) {
		return refuse(`Conversion Not Found: ${conversionId}`, errorStatus);
	}
	const conversion = formatObject({
		conversion_id: String(conversionId),
		conversion_status: `"${status}"`,
	});
	const json = formatSuccess({ conversion }, quirks.layOut('update'));
	return { status: 200, json, result: 'updated', conversionId };
};

export const CONVERSION_HANDLERS: Record<ConversionEndpoint, Handler> = { record, query, update };
