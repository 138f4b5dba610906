import type { Account } from '../account/account.mts';
import { formatInstant } from '../account/calendar.mts';
import type { ShownConversion } from '../account/model.mts';
import type { Done } from './requestLog.mts';

/** What the account says to a request, before any fault. `json` is the body's text. */
export interface Answer {
	status: number;
	json: string;
	done: Done;
	conversionId?: number;
	/** Rows in a query's answer. */
	rows?: number;
}

/** A refusal. The vendor documents none; this form is the sandbox's, by analogy with a success. */
export function refusal(message: string, status: number, done: Done = 'refused'): Answer {
	return { status, json: JSON.stringify({ request_status: 'Error', message }), done };
}

/** The text of a JSON object. */
export function objectText(members: Members): string {
	const texts = Object.entries(members)
		.filter(([, raw]) => raw !== undefined)
		.map(([name, raw]) => `${JSON.stringify(name)}:${raw}`);
	return `{${texts.join()}}`;
}

/** An amount as the samples write it: `5.00`. More decimals than two are kept. */
export function moneyText(amount: number): string {
	const cents = amount.toFixed(2);
	return Number(cents) === amount ? cents : String(amount);
}

/** The members of an object as raw JSON texts; undefined ones are left out. */
export type Members = Record<string, string | undefined>;

/** How a success is laid out. Generation 1 of CAKE's articles differs from the specification. */
export interface Layout {
	/** Names of the objects around everything but `request_status`, outermost first. */
	envelope: string[];
	/** Name of a list's total. */
	totalName: string;
	/** Whether rows have `offer: { id, name }` in place of `offer_id`, and `affiliate` likewise. */
	nestsObjects: boolean;
	/** Whether dates read `2024-01-01 14:32:00`. */
	spacesDates: boolean;
}

/** The specification's layout. */
export const SPECIFIED: Layout = {
	envelope: [],
	totalName: 'total_rows',
	nestsObjects: false,
	spacesDates: false,
};

/** The text of a success. */
export function successText(members: Members, { envelope }: Layout): string {
	const wrapped = envelope.reduceRight<Members>(
		(inner, name) => ({ [name]: objectText(inner) }),
		members,
	);
	return objectText({ request_status: '"Success"', ...wrapped });
}

/** A conversion's members, laid out. */
export function layOutRow(members: Members, layout: Layout, account: Account): Members {
	const { conversion_date: date, offer_id: offerId, affiliate_id: affiliateId } = members;
	if (!layout.nestsObjects && !layout.spacesDates) return members;
	const named = (id: string | undefined, name = '') =>
		objectText({ id, name: JSON.stringify(name) });
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

const optional = (text: string | number | undefined) =>
	text === undefined ? undefined : JSON.stringify(text);

/** Sample reply of Record: without adv1 to adv5; order and unique ID only if there are any. */
export function recordedMembers(row: ShownConversion): Members {
	return {
		conversion_id: String(row.conversionId),
		click_id: JSON.stringify(row.clickId),
		offer_id: String(row.offerId),
		affiliate_id: String(row.affiliateId),
		payout: moneyText(row.payout),
		revenue: moneyText(row.revenue),
		conversion_date: `"${formatInstant(row.at)}"`,
		order_id: optional(row.orderId),
		unique_id: optional(row.uniqueId),
		conversion_status: `"${row.status}"`,
	};
}

/** Sample row of Query: no unique ID, no advertiser, no adv1 to adv5; the order ID only if any. */
export function rowText(row: ShownConversion, layout: Layout, account: Account): string {
	if (!layout.nestsObjects && !layout.spacesDates) return specifiedRowText(row);
	return objectText(layOutRow({ ...recordedMembers(row), unique_id: undefined }, layout, account));
}

/** One template, for speed: a page has 500 rows. */
function specifiedRowText(row: ShownConversion): string {
	const order = row.orderId === undefined ? '' : `,"order_id":${JSON.stringify(row.orderId)}`;
	return (
		`{"conversion_id":${row.conversionId},"click_id":${JSON.stringify(row.clickId)},` +
		`"offer_id":${row.offerId},"affiliate_id":${row.affiliateId},` +
		`"payout":${moneyText(row.payout)},"revenue":${moneyText(row.revenue)},` +
		`"conversion_date":"${formatInstant(row.at)}","conversion_status":"${row.status}"${order}}`
	);
}
