import { Random } from '../../../sandbox/account/random.mts';
import {
	type Account,
	type Counters,
	type Fault,
	type Offer,
	type Quirk,
	type QuirkKind,
	startSandbox,
} from '../../../sandbox/server.mts';
import { DAY_MS } from '../../../sandbox/account/calendar.mts';
import { type NodeRun, runNode } from '../../../harness/engine/engine.mts';
import { chooseCount } from '../../support/scale.mts';
import { Audit, type Violations } from './audit.mts';
import { getSecondsSince, OPTIONS } from './faults.mts';
import { GroundTruth, type Sale, TAG } from './ground-truth.mts';

export interface QuirkPlan {
	count: number;
	seed: number;
	/** Whether each item has a unique ID. */
	uniqueId: boolean;
}

export interface QuirkResult {
	run: NodeRun;
	seconds: number;
	/** Sales that the account holds. */
	stored: number;
	success: number;
	failed: number;
	violations: Violations;
	counters: Counters;
}

/**
 * Faults for about one request in eight. More of them would make the campaign long: the node waits
 * between tries, ten seconds after a deadline. So would a throttle: it slows the node down for good.
 * A small campaign has none that look like a deadline.
 */
const FAULTS: Fault[] = [
	{ kind: 'unavailable', probability: 0.02 },
	{ kind: 'resetBefore', probability: 0.015 },
	{ kind: 'resetAfter', probability: 0.015 },
	{ kind: 'hang', probability: chooseCount(0, 0.002) },
	{ kind: 'hangAfter', probability: chooseCount(0, 0.002) },
	{ kind: 'html', probability: 0.005 },
	{ kind: 'htmlAfter', probability: 0.005 },
	{ kind: 'cutOff', probability: 0.01 },
	{ kind: 'errorPage', probability: 0.005 },
	{ kind: 'errorPageAfter', probability: 0.01 },
	{ kind: 'requestTimeout', probability: chooseCount(0, 0.005) },
	{ kind: 'requestTimeoutAfter', probability: chooseCount(0, 0.01) },
	{ kind: 'warning', probability: 0.03, endpoints: ['record'] },
];

/** On a busy machine a reply may take more than the one second of OPTIONS, and is yet no hang. */
const PATIENT_OPTIONS = { ...OPTIONS, timeout: chooseCount(30, 3) };

/** The probability of each text quirk. Most of them change only one kind of order ID. */
const TEXT_SHARES: Partial<Record<QuirkKind, number>> = {
	cutText: 0.1,
	escapeText: 0.15,
	composeText: 0.15,
	dropZeros: 0.15,
	asNumber: 0.15,
	latin1Text: 0.15,
	singleSpaces: 0.15,
	emptyText: 0.02,
};

const QUIRKS: Quirk[] = [
	...Object.entries(TEXT_SHARES).flatMap(([name, probability]): Quirk[] => {
		const text = { kind: name as QuirkKind, maxLength: 20 };
		return [
			{ ...text, probability, members: ['order_id'] },
			{ ...text, probability: probability / 3, members: ['order_id'], where: 'reply' },
			{ ...text, probability: probability / 3, members: ['unique_id'] },
		];
	}),
	...(['guidHyphens', 'guidBraces', 'guidCase'] as const).flatMap((kind): Quirk[] => [
		{ kind, probability: 0.04 },
		{ kind, probability: 0.02, where: 'reply' },
	]),
	{ kind: 'otherOffer', probability: 0.02 },
	{ kind: 'ownPayout', probability: 0.04 },
	{ kind: 'ownRevenue', probability: 0.04 },
	{ kind: 'ownDate', probability: 0.04 },
	{ kind: 'refuseSecondSale', probability: 0.3 },
	{ kind: 'rewordDuplicate', probability: 0.8 },
	{ kind: 'responseEnvelope', probability: 0.04 },
	{ kind: 'dataEnvelope', probability: 0.04 },
	{ kind: 'conversionEnvelope', probability: 0.04 },
	{ kind: 'nestedObjects', probability: 0.04 },
	{ kind: 'spacedDates', probability: 0.04 },
	{ kind: 'totalRecords', probability: 0.2 },
	{ kind: 'rowCount', probability: 0.2 },
];

const ORDER_IDS: Array<(number: number) => string> = [
	(number) => `ORD-${number}`,
	(number) => `ORDER-2026-11-26-STORE-BERLIN-${number}`,
	(number) => `${number}`.padStart(8, '0'),
	(number) => `R&D-${number}`,
	(number) => `Cafe\u0301-${number}`,
	(number) => `BESTELLUNG-Ω-${number}`,
	(number) => `ORD  ${number}`,
];

/**
 * Makes the input: single sales, and baskets of several sales with one click and order. In half the
 * baskets the sales share amounts and date, too. Some clicks have an earlier sale of the same order.
 */
function makeSales(account: Account, { count, seed, uniqueId }: QuirkPlan): Sale[] {
	const random = new Random(seed);
	const offers = account.activeOffers();
	const sales: Sale[] = [];
	while (sales.length < count) {
		const number = sales.length;
		const offer = random.pick(offers);
		const { clickId, offerId } = account.addClick({
			offerId: offer.offerId,
			...(random.chance(0.5) && { clickId: random.guid() }),
		});
		const order = random.chance(0.95) ? random.pick(ORDER_IDS)(number) : undefined;
		const isBasket = random.chance(0.2);
		const sharesAll = random.chance(0.5);
		if (random.chance(0.05)) {
			const ids = { clickId, offerId, ...(order !== undefined && { orderId: order }) };
			account.addConversion({ ...ids, at: account.now() - random.int(5, 10) * DAY_MS });
		}
		let amounts = pickAmounts(random, account, offer);
		for (let left = isBasket ? random.int(2, 4) : 1; left > 0 && sales.length < count; left--) {
			if (!sharesAll) amounts = pickAmounts(random, account, offer);
			const unique = `${random.pick(ORDER_IDS)(number)}-${left}`;
			const sale = { click: clickId, offer: offerId, order, ...amounts };
			sales.push({ tag: `item-${sales.length}`, ...sale, ...(uniqueId && { unique }) });
		}
	}
	return sales;
}

/** Amounts and a date, each present or not. An amount may equal the offer's own. */
function pickAmounts(random: Random, account: Account, { payout, revenue }: Offer) {
	const amount = (own: number) =>
		random.pick([undefined, `${own}`, `${random.int(1, 9_999) / 100}`]);
	const date = new Date(account.now() - random.int(0, 2 * DAY_MS)).toISOString();
	return {
		payout: amount(payout),
		revenue: amount(revenue),
		date: random.chance(0.7) ? `${date.slice(0, 19)}Z` : undefined,
	};
}

/** Records sales while CAKE has every quirk and fails in every way, and audits the outcome. */
export async function recordWithQuirks(plan: QuirkPlan): Promise<QuirkResult> {
	const sandbox = await startSandbox({ seed: plan.seed, faults: FAULTS, quirks: QUIRKS });
	try {
		const truth = new GroundTruth(sandbox);
		const sales = makeSales(sandbox.account, plan);
		const start = Date.now();
		const run = await runNode({
			credential: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
			items: sales.map((sale) => ({ ...sale })),
			onError: 'continueErrorOutput',
			parameters: {
				operation: 'record',
				clickId: '={{ $json.click }}',
				offerId: '={{ $json.offer }}',
				...(plan.uniqueId && { uniqueId: '={{ $json.unique }}' }),
				additionalFields: {
					orderId: '={{ $json.order }}',
					payout: '={{ $json.payout }}',
					revenue: '={{ $json.revenue }}',
					conversionDate: '={{ $json.date }}',
					[TAG]: '={{ $json.tag }}',
				},
				options: PATIENT_OPTIONS,
			},
		});
		return {
			run,
			seconds: getSecondsSince(start),
			stored: sales.filter(({ tag }) => truth.getConversions(tag).length > 0).length,
			success: run.items.length,
			failed: run.errorItems.length,
			violations: new Audit(truth, run).check(sales),
			counters: sandbox.counters,
		};
	} finally {
		await sandbox.close();
	}
}
