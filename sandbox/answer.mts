import { formatInstant } from './calendar.mts';
import type { Conversion } from './model.mts';
import type { Done } from './traffic.mts';

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

/** A JSON object's text from names and raw JSON texts; undefined members are left out. */
export function objectText(members: Record<string, string | undefined>): string {
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

const optional = (text: string | undefined) =>
	text === undefined ? undefined : JSON.stringify(text);

/** Sample reply of Record: flat, without adv1 to adv5; order and unique ID only if there are any. */
export function recordedText(row: Conversion): string {
	return objectText({
		request_status: '"Success"',
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
	});
}

/**
 * Sample row of Query: no unique ID, no advertiser, no adv1 to adv5; the order ID only if any. One
 * template, for speed: a page has 500 of them.
 */
export function rowText(row: Conversion): string {
	const order = row.orderId === undefined ? '' : `,"order_id":${JSON.stringify(row.orderId)}`;
	return (
		`{"conversion_id":${row.conversionId},"click_id":${JSON.stringify(row.clickId)},` +
		`"offer_id":${row.offerId},"affiliate_id":${row.affiliateId},` +
		`"payout":${moneyText(row.payout)},"revenue":${moneyText(row.revenue)},` +
		`"conversion_date":"${formatInstant(row.at)}","conversion_status":"${row.status}"${order}}`
	);
}
