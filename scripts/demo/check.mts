import type { IDataObject } from 'n8n-workflow';
import type { Conversion, Sandbox } from '../../sandbox/server.mts';
import { type Deal, wonAt } from './deals.mts';
import { isPage } from './report.mts';
import { NOTE, type Outcome } from './workflow.mts';
import { DAY_MS } from '../../sandbox/account/calendar.mts';

/** Lists differences between the outcome and the sandbox's account. Empty if there are none. */
export function findMismatches(outcome: Outcome, sandbox: Sandbox): string[] {
	return [
		...checkResults(outcome, sandbox),
		...outcome.recorded.flatMap((entry) => checkRecorded(entry, outcome, sandbox)),
		...checkRows(outcome, sandbox),
		...checkRejected(outcome, sandbox),
		...checkRequests(outcome, sandbox),
	];
}

type DealResult = 'recorded' | 'already recorded' | 'refused';

/** Gives the result that each deal should have. Uses only the deals and the account's clicks. */
function getExpectedResults(deals: Deal[], { account }: Sandbox): DealResult[] {
	const recordedIds = new Set<string>();
	return deals.map(({ dealId, cakeClickId, payoutAgreed }): DealResult => {
		const click = account.clicks.get(cakeClickId);
		const isOpen = click !== undefined && click.active && click.expiresAt > account.now();
		if (!isOpen || !/^(-?\d+(\.\d+)?)?$/.test(payoutAgreed)) return 'refused';
		if (recordedIds.has(dealId)) return 'already recorded';
		recordedIds.add(dealId);
		return 'recorded';
	});
}

function checkResults(outcome: Outcome, sandbox: Sandbox): string[] {
	const { deals, recorded, alreadyRecorded, refused } = outcome;
	const actual: Array<[DealResult, Deal[]]> = [
		['recorded', recorded.map(({ deal }) => deal)],
		['already recorded', alreadyRecorded],
		['refused', refused.map(({ deal }) => deal)],
	];
	const expected = getExpectedResults(deals, sandbox);
	return actual.flatMap(([result, found]) => {
		const names = (list: Deal[]) => list.map(({ dealId }) => dealId).sort();
		const wanted = names(deals.filter((_, i) => expected[i] === result));
		const differing = [
			...wanted.filter((name) => !names(found).includes(name)).map((name) => `${name} is not`),
			...names(found).flatMap((name) => (wanted.includes(name) ? [] : `${name} is`)),
		];
		return differing.map((text) => `deal ${text} among those ${result}`);
	});
}

function checkRecorded(
	{ deal, row }: Outcome['recorded'][number],
	{ startedAt }: Outcome,
	{ account }: Sandbox,
): string[] {
	const stored = [...account.conversions.values()].filter(
		({ uniqueId }) => uniqueId === deal.dealId,
	);
	const name = `deal ${deal.dealId}`;
	if (stored.length !== 1) return [`${name} is in the account ${stored.length} times, not once`];
	const [conversion] = stored;
	const differing = Object.entries({
		'conversion ID': conversion.conversionId === row.conversion_id,
		'click ID': conversion.clickId === deal.cakeClickId,
		'offer ID': conversion.offerId === deal.cakeOfferId,
		'order ID': conversion.orderId === deal.orderNumber,
		payout: deal.payoutAgreed === '' || conversion.payout === Number(deal.payoutAgreed),
		// The day may change while the demo runs.
		date: [0, DAY_MS].includes(conversion.at - wonAt(deal, startedAt)),
	}).filter(([, isEqual]) => !isEqual);
	return differing.map(([what]) => `the ${what} of ${name} is not the one in the account`);
}

/** Checks that the rows are exactly the account's conversions of the queried days, each once. */
function checkRows({ rows, rejected }: Outcome, { account, log }: Sandbox): string[] {
	const query = log.find(isPage);
	if (!query) return ['no query was made'];
	const { calendar } = account;
	const getStart = (day: unknown) => calendar.getStart(String(day));
	const { start_date: first, end_date: last } = query.parameters;
	const expected = account.select({ from: getStart(first), to: getStart(last) + DAY_MS });
	const ids = new Set(rows.map((row) => row.conversion_id));
	if (rows.length !== expected.length || ids.size !== rows.length) {
		return [`${rows.length} rows were read, and the account has ${expected.length} of these days`];
	}
	const stray = expected.find(({ conversionId }) => !ids.has(conversionId));
	if (stray) return [`conversion ${stray.conversionId} was not among the rows read`];
	const differing = rows.find((row) => {
		const conversion = account.conversions.get(Number(row.conversion_id));
		return !conversion || !isSame(row, conversion, row === rejected.before);
	});
	return differing
		? [`conversion ${String(differing.conversion_id)} was read otherwise than it is stored`]
		: [];
}

function isSame(row: IDataObject, conversion: Conversion, hasNewStatus: boolean): boolean {
	return (
		row.payout === conversion.payout &&
		row.revenue === conversion.revenue &&
		row.order_id === conversion.orderId &&
		(hasNewStatus || row.conversion_status === conversion.status)
	);
}

function checkRejected({ deals, rejected }: Outcome, { account }: Sandbox): string[] {
	const { before } = rejected;
	const id = Number(before.conversion_id);
	const conversion = account.conversions.get(id);
	if (conversion?.status !== 'rejected') return [`conversion ${id} is not rejected in the account`];
	if (!conversion.notes.includes(NOTE)) return [`conversion ${id} does not carry the note`];
	const isOurs = deals.some(({ dealId }) => dealId === conversion.uniqueId);
	const sameOrder = [...account.conversions.values()].filter(
		({ orderId }) => orderId === conversion.orderId,
	);
	const isSecond = sameOrder.length === 2 && sameOrder.every(({ at }) => at <= conversion.at);
	return isOurs && isSecond
		? []
		: [`conversion ${id} is not the second one of a repeated order of ours`];
}

function checkRequests({ recorded }: Outcome, { counters, log }: Sandbox): string[] {
	const { stored, updated } = counters;
	const [refused] = counters.refusedParameters;
	return [
		...(refused ? [`the sandbox refused the parameter ${refused.parameter}`] : []),
		...(stored === recorded.length
			? []
			: [`${stored} conversions were stored, and ${recorded.length} reported`]),
		...(updated === 1 ? [] : [`${updated} conversions were updated, not 1`]),
		...(log.filter(isPage).length > 1 ? [] : ['the query took a single page']),
	];
}
