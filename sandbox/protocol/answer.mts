import type { Account } from '../account/account.mts';
import { formatInstant } from '../account/calendar.mts';
import type { ShownConversion } from '../account/model.mts';
import { DEFAULT_LIST, type ListForm } from './listForm.mts';
import type { RequestResult } from './requestLog.mts';

/** The account's answer to a request, before any fault. `json` is the text of the body. */
export interface Answer {
	status: number;
	json: string;
	result: RequestResult;
	conversionId?: number;
	/** Rows in a query's answer. */
	rows?: number;
}

/** The vendor documents no refusal. This form is the sandbox's own, similar to a success. */
export function refuse(message: string, status: number, result: RequestResult = 'refused'): Answer {
	return { status, json: JSON.stringify({ request_status: 'Error', message }), result };
}

/** Writes a JSON object. */
export function formatObject(members: Members): string {
	const texts = Object.entries(members)
		.filter(([, raw]) => raw !== undefined)
		.map(([name, raw]) => `${JSON.stringify(name)}:${raw}`);
	return `{${texts.join()}}`;
}

/** Formats an amount like the samples: `5.00`. Keeps more than two decimals. */
export function formatMoney(amount: number): string {
	const cents = amount.toFixed(2);
	return Number(cents) === amount ? cents : String(amount);
}

/** The members of an object as JSON texts. Undefined ones are omitted. */
export type Members = Record<string, string | undefined>;

/** Layout of a success. Generation 1 of CAKE's articles differs from the specification. */
export interface Layout {
	/** Names of the objects around all members except `request_status`, outermost first. */
	envelope: readonly string[];
	/** Name of the total number of rows. */
	totalName: string;
	/** Whether rows have `offer: { id, name }` and `affiliate: { id, name }` instead of the IDs. */
	nestsObjects: boolean;
	/** Whether dates are written `2024-01-01 14:32:00`. */
	spacesDates: boolean;
}

export const SPECIFIED: Layout = {
	envelope: [],
	totalName: 'total_rows',
	nestsObjects: false,
	spacesDates: false,
};

export function formatSuccess(members: Members, { envelope }: Layout): string {
	const wrapped = envelope.reduceRight<Members>(
		(inner, name) => ({ [name]: formatObject(inner) }),
		members,
	);
	return formatObject({ request_status: '"Success"', ...wrapped });
}

export function layOutRow(members: Members, layout: Layout, account: Account): Members {
	const { conversion_date: date, offer_id: offerId, affiliate_id: affiliateId } = members;
	if (!layout.nestsObjects && !layout.spacesDates) return members;
	const named = (id: string | undefined, name = '') =>
		formatObject({ id, name: JSON.stringify(name) });
	return {
		...members,
		...(layout.spacesDates && { conversion_date: date?.replace('T', ' ').replace('Z', '') }),
		...(layout.nestsObjects && {
			offer_id: undefined,
			affiliate_id: undefined,
			offer: named(offerId, account.offers.get(Number(offerId))?.name),
			affiliate: named(affiliateId, account.affiliates.get(Number(affiliateId))),
		}),
	};
}

const formatOptional = (text: string | number | undefined) =>
	text === undefined ? undefined : JSON.stringify(text);

/** As in Record's sample reply: no adv1 to adv5; order and unique ID only if the sale has them. */
export function listMembers(row: ShownConversion): Members {
	return {
		conversion_id: String(row.conversionId),
		click_id: JSON.stringify(row.clickId),
		offer_id: String(row.offerId),
		affiliate_id: String(row.affiliateId),
		payout: formatMoney(row.payout),
		revenue: formatMoney(row.revenue),
		conversion_date: `"${formatInstant(row.at)}"`,
		order_id: formatOptional(row.orderId),
		unique_id: formatOptional(row.uniqueId),
		conversion_status: `"${row.status}"`,
	};
}

/** As in Query's sample: no unique ID, advertiser or adv1 to adv5; order ID only if it has one. */
export function formatRow(
	row: ShownConversion,
	layout: Layout,
	account: Account,
	form: ListForm = DEFAULT_LIST,
): string {
	const { hasOrderIds, extraMembers, ownStatus } = form;
	const isSpecified = hasOrderIds && extraMembers.length === 0 && ownStatus === undefined;
	if (!layout.nestsObjects && !layout.spacesDates && isSpecified) return formatSpecifiedRow(row);
	const { unique_id: uniqueId, order_id: orderId, ...members } = listMembers(row);
	const extra: Members = {
		adv1: formatOptional(row.adv?.adv1),
		advertiser_id: String(row.advertiserId),
		unique_id: uniqueId,
	};
	const shown: Members = { ...members, ...(hasOrderIds && { order_id: orderId }) };
	for (const name of extraMembers) shown[name] = extra[name];
	if (hasOwnStatus(row, form)) shown.conversion_status = JSON.stringify(ownStatus);
	return formatObject(layOutRow(shown, layout, account));
}

/** Whether a conversion shows the account's own status in place of one of the three. */
export function hasOwnStatus(
	{ conversionId }: Pick<ShownConversion, 'conversionId'>,
	{ ownStatus }: ListForm,
): boolean {
	return ownStatus !== undefined && conversionId % 10 === 0;
}

/** A single template for speed: a page has up to 500 rows. */
function formatSpecifiedRow(row: ShownConversion): string {
	const order = row.orderId === undefined ? '' : `,"order_id":${JSON.stringify(row.orderId)}`;
	return (
		`{"conversion_id":${row.conversionId},"click_id":${JSON.stringify(row.clickId)},` +
		`"offer_id":${row.offerId},"affiliate_id":${row.affiliateId},` +
		`"payout":${formatMoney(row.payout)},"revenue":${formatMoney(row.revenue)},` +
		`"conversion_date":"${formatInstant(row.at)}","conversion_status":"${row.status}"${order}}`
	);
}
