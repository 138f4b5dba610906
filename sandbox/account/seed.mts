import type { Account } from './account.mts';
import { addCatalog, FIRST_OFFER_ID } from './catalog.mts';
import type { Conversion, Offer, Status } from './model.mts';
import { Random, STREAMS } from './random.mts';
import { DAY_MS } from './calendar.mts';

const HOUR_MS = 3_600_000;
/** The longest time from a click to its conversion. */
const MAX_CLICK_AGE_MS = 3 * DAY_MS;
/** How long a click can convert: a usual session window of an offer. */
const SESSION_MS = 30 * DAY_MS;

/** How busy each weekday (Sunday first) and each hour (UTC, from midnight) is. 1 is the busiest. */
const WEEKDAYS = [0.5, 0.95, 1, 1, 0.95, 0.85, 0.6];
const HOURS = [
	0.3, 0.22, 0.18, 0.15, 0.15, 0.2, 0.3, 0.45, 0.6, 0.75, 0.85, 0.9, 0.9, 0.85, 0.85, 0.85, 0.85,
	0.9, 0.95, 1, 1, 0.9, 0.7, 0.5,
];

const ORDER_PREFIXES = ['ORD-', 'ORD-', 'ORD-', 'ORD-', 'BESTELLUNG-Ä-', '注文-', 'commande n° '];

/** Click IDs and offer IDs that every sandbox has, with any seed. Examples may rely on them. */
export const DEMO = {
	/** 40 active clicks: one for each offer from 12001 to 12040, in this order. */
	clicks: Array.from({ length: 40 }, (_, i) => ({
		clickId: demoClickId(i + 1),
		offerId: FIRST_OFFER_ID + i,
	})),
	/** Two clicks of the offers 12001 and 12002. They expired three days ago. */
	expiredClicks: [41, 42].map((n, i) => ({
		clickId: demoClickId(n),
		offerId: FIRST_OFFER_ID + i,
	})),
	/** Two inactive clicks of the offers 12003 and 12004. */
	inactiveClicks: [43, 44].map((n, i) => ({
		clickId: demoClickId(n),
		offerId: FIRST_OFFER_ID + 2 + i,
	})),
	/** These offers accept no conversions. */
	inactiveOfferIds: [FIRST_OFFER_ID + 40, FIRST_OFFER_ID + 41],
};

/** 12 characters such as `7f3a52c1b908`. They look random, but a number always gives the same. */
function demoClickId(n: number): string {
	const scattered = (Math.imul(n, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
	return `7f3a${scattered.toString(16).padStart(8, '0')}`;
}

/** Adds the catalog, the demo clicks, and `rows` conversions of the last `days` days, also with adv1. */
export function seed(
	account: Account,
	{ seed: value, rows, days }: { seed: number; rows: number; days: number },
	hasSubIds = false,
): void {
	addCatalog(account);
	addDemoClicks(account);
	if (rows === 0) return;
	const random = new Random(value, STREAMS.data);
	const offers = repeatPopular(account.activeOffers());
	const affiliates = repeatPopular([...account.affiliates.keys()]);
	let conversionId = 4_400_000 + random.int(0, 999);
	for (const at of drawInstants(random, rows, account.now(), days)) {
		conversionId += random.int(1, 9);
		const offer = random.pick(offers);
		const row = drawConversion(random, conversionId, at, offer, random.pick(affiliates));
		const { clickId, offerId, affiliateId } = row;
		const expiresAt = at - random.int(1, MAX_CLICK_AGE_MS) + SESSION_MS;
		account.clicks.set(clickId, { clickId, offerId, affiliateId, active: true, expiresAt });
		if (hasSubIds) row.adv = { adv1: `sub-${conversionId % 5}` };
		account.insert(row);
	}
}

/** Adds the demo clicks. Replaces those that the account has: the active ones are valid again. */
export function addDemoClicks(account: Account): void {
	const affiliates = [...account.affiliates.keys()];
	const add = (
		clicks: typeof DEMO.clicks,
		{ active, expiresAt }: { active: boolean; expiresAt: number },
	) =>
		clicks.forEach((click, i) =>
			account.addClick({ ...click, affiliateId: affiliates[i], active, expiresAt }),
		);
	const open = account.now() + SESSION_MS;
	add(DEMO.clicks, { active: true, expiresAt: open });
	add(DEMO.expiredClicks, { active: true, expiresAt: account.now() - 3 * DAY_MS });
	add(DEMO.inactiveClicks, { active: false, expiresAt: open });
}

/** Repeats the first entries most often: few offers and affiliates make most conversions. */
function repeatPopular<T>(list: T[]): T[] {
	return list.flatMap((entry, i) => Array<T>(1 + Math.floor(24 / (i + 1))).fill(entry));
}

/** Draws `count` instants (epoch ms, whole seconds) before `now`, oldest first. */
function drawInstants(random: Random, count: number, now: number, days: number): number[] {
	const result = new Float64Array(count);
	for (let i = 0; i < count;) {
		const at = now - Math.floor(random.fraction() * days * DAY_MS);
		const day = (Math.floor(at / DAY_MS) + 4) % 7; // 1 January 1970 was a Thursday.
		const hour = Math.floor((at % DAY_MS) / HOUR_MS);
		// Half of the rows ignore the hour. Otherwise, a window of a few night hours would not fill.
		const busy = WEEKDAYS[day] * (i % 2 === 0 ? 1 : HOURS[hour]);
		if (random.chance(busy)) result[i++] = Math.floor(at / 1000) * 1000;
	}
	return [...result.sort()];
}

function drawConversion(
	random: Random,
	conversionId: number,
	at: number,
	offer: Offer,
	affiliateId: number,
): Conversion {
	const row: Conversion = {
		conversionId,
		clickId: random.chance(0.7) ? random.text(12) : random.guid(),
		offerId: offer.offerId,
		affiliateId,
		advertiserId: offer.advertiserId,
		payout: offer.payout,
		revenue: offer.revenue,
		at,
		status: drawStatus(random),
		notes: [],
	};
	if (random.chance(0.15)) {
		// The offer pays a share of the sale here, not a fixed amount. The margin stays about the same.
		const revenue = random.int(100, 25_000);
		row.revenue = revenue / 100;
		row.payout = Math.round(revenue * 0.6) / 100;
	}
	if (random.chance(0.85)) row.orderId = random.pick(ORDER_PREFIXES) + random.int(10_000, 999_999);
	if (random.chance(0.6)) row.uniqueId = `TXN-${conversionId}-${random.text(6)}`;
	return row;
}

function drawStatus(random: Random): Status {
	const share = random.fraction();
	if (share < 0.7) return 'approved';
	return share < 0.9 ? 'pending' : 'rejected';
}
