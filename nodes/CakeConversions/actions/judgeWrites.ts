import {
	addDecimals,
	compareDecimals,
	formatDecimal,
	parseDecimal,
	ZERO,
	type Decimal,
} from '../../cake/decimals';
import { LimitExceeded } from '../../shared/failures';
import { limitFields, toStrictest, type Limits } from './limits';
import type { PlannedWrite, ValidItem, WritePlanner } from './operation';

/** The most items that a message about a limit names. */
const MAX_NAMED = 3;

type AmountLabel = 'Payout' | 'Revenue';

/** A write that pays the affiliate. */
interface Payment {
	name: string;
	payout: Decimal;
	/** Undefined if it is not known. */
	revenue: Decimal | undefined;
}

const countItems = (count: number) => `${count} ${count === 1 ? 'item' : 'items'}`;

function getLabel(name: keyof Limits): string {
	return `'${limitFields.find((field) => field.name === name)?.displayName}'`;
}

function listNames(items: Array<{ name: string }>): string {
	const names = items.slice(0, MAX_NAMED).map(({ name }) => name);
	return names.join(', ') + (items.length > MAX_NAMED ? ', ...' : '');
}

/** Names the items with the highest payout, each with its amounts. */
function listHighest(payments: Payment[], showAmounts: (payment: Payment) => string): string {
	const sorted = [...payments].sort((one, other) => compareDecimals(other.payout, one.payout));
	return listNames(sorted.map((one) => ({ name: `${one.name} (${showAmounts(one)})` })));
}

function judgeTotal(payments: Payment[], maxPayout: Decimal): LimitExceeded | undefined {
	const total = payments.map(({ payout }) => payout).reduce(addDecimals, ZERO);
	if (compareDecimals(total, maxPayout) <= 0) return undefined;
	const highest = listHighest(payments, ({ payout }) => formatDecimal(payout));
	return new LimitExceeded(
		`Payout of ${countItems(payments.length)} is ${formatDecimal(total)}, above the limit of ${formatDecimal(maxPayout)}`,
		`The highest: ${highest}. Check them. If they are right, raise ${getLabel('maxPayout')} under Options.`,
	);
}

function judgeRevenue(payments: Payment[]): LimitExceeded | undefined {
	const above = payments.filter(
		({ payout, revenue }) => revenue && compareDecimals(payout, revenue) > 0,
	);
	if (above.length === 0) return undefined;
	const highest = listHighest(
		above,
		({ payout, revenue = ZERO }) =>
			`payout ${formatDecimal(payout)}, revenue ${formatDecimal(revenue)}`,
	);
	return new LimitExceeded(
		`Payout is above revenue in ${countItems(above.length)}`,
		`The highest: ${highest}. Check them. If they are right, remove ${getLabel('refusePayoutAboveRevenue')} under Options.`,
	);
}

function judgePayments(
	writes: PlannedWrite[],
	{ maxPayout, refusePayoutAboveRevenue }: Limits,
	adviseOn: (label: AmountLabel) => string,
): LimitExceeded | undefined {
	const refuseUnknown = (
		unknown: Array<{ name: string }>,
		label: AmountLabel,
		limit: keyof Limits,
	) =>
		new LimitExceeded(
			`${label} of ${countItems(unknown.length)} is not known`,
			`${getLabel(limit)} needs it for ${listNames(unknown)}. ${adviseOn(label)} Or remove the limit.`,
		);
	const unknown = writes.filter(({ payout }) => !parseDecimal(payout));
	if (unknown.length > 0) {
		const limit = maxPayout ? 'maxPayout' : 'refusePayoutAboveRevenue';
		return refuseUnknown(unknown, 'Payout', limit);
	}
	const payments = writes.flatMap(({ name, payout: given, revenue }): Payment[] => {
		const payout = parseDecimal(given) ?? ZERO;
		// Money that is taken back must not make room for a payment.
		return payout.units > 0n ? [{ name, payout, revenue: parseDecimal(revenue) }] : [];
	});
	const exceeded = maxPayout && judgeTotal(payments, maxPayout);
	if (exceeded || !refusePayoutAboveRevenue) return exceeded;
	const withoutRevenue = payments.filter(({ revenue }) => !revenue);
	return withoutRevenue.length > 0
		? refuseUnknown(withoutRevenue, 'Revenue', 'refusePayoutAboveRevenue')
		: judgeRevenue(payments);
}

/**
 * Judges all writes of a run by its limits.
 * @param items of which nothing was sent yet, with their conversions found
 * @returns the limit that they exceed together, if any
 */
export function findExceededLimit<Values>(
	items: Array<ValidItem<Values, unknown>>,
	{ plan, adviseOn }: WritePlanner<Values>,
): LimitExceeded | undefined {
	const all = items.flatMap(({ limits }) => limits ?? []);
	if (all.length === 0) return undefined;
	const limits = all.reduce(toStrictest);
	const writes = plan(items.map(({ values }) => values));
	const { maxWrites = Infinity, maxPayout, refusePayoutAboveRevenue } = limits;
	if (writes.length > maxWrites) {
		return new LimitExceeded(
			`${countItems(writes.length)} would be sent, above the limit of ${maxWrites}`,
			`Check where they come from. If they are right, raise ${getLabel('maxWrites')} under Options.`,
		);
	}
	return maxPayout || refusePayoutAboveRevenue
		? judgePayments(writes, limits, adviseOn)
		: undefined;
}
