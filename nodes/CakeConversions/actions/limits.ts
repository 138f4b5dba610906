import type { INodeProperties } from 'n8n-workflow';

import { compareDecimals, parseDecimal, type Decimal } from '../../cake/decimals';
import { InvalidValue, toAmount, toBoolean, toWholeNumber } from '../../cake/values';
import { readFields, type Fields } from '../../shared/fields';

const displayOptions = { show: { '/operation': ['record', 'update'] } };
const SCOPE =
	'It applies each time the node runs: inside Loop Over Items to each batch, as a tool to each call.';

/** The members of 'Options' that stop a run before its first write. */
export const limitFields: INodeProperties[] = [
	{
		displayName: 'Stop If More Than',
		name: 'maxWrites',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 100,
		displayOptions,
		description: `How many conversions may be recorded or changed at once. If there are more, nothing is sent. ${SCOPE}`,
	},
	{
		displayName: 'Stop If Payout Above',
		name: 'maxPayout',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 2 },
		// Stops everything that pays until the user enters an amount.
		default: 0,
		displayOptions,
		description: `How much may be paid in total, counting what is recorded or approved. If it is more, or a payout is not known, nothing is sent. Negative payouts do not make room for others. ${SCOPE}`,
	},
	{
		displayName: 'Stop If Payout Above Revenue',
		name: 'refusePayoutAboveRevenue',
		type: 'boolean',
		// On, because users add this option to turn it on.
		default: true,
		displayOptions,
		description:
			'Whether to send nothing when an item would pay the affiliate more than the advertiser is charged, or when one of the two is not known',
	},
];

export interface Limits {
	maxWrites?: number | undefined;
	maxPayout?: Decimal | undefined;
	refusePayoutAboveRevenue?: boolean | undefined;
}

function toMaxPayout(value: unknown): Decimal | undefined {
	// Writes a number that came out of a calculation without its rounding error.
	const amount = parseDecimal(toAmount(value));
	if (amount && amount.units >= 0n) return amount;
	throw new InvalidValue('is below 0', value, 'An amount of 0 or more.');
}

/** @returns undefined if the user added no limit. @throws InvalidField */
export function readLimits(item: Fields): Limits | undefined {
	const options = item.members('options');
	const read = <T>(name: keyof Limits, convert: (value: unknown) => T) => {
		if (options.isLeftToAgent(name)) {
			const accepted = 'Enter it yourself: a limit that the agent chooses is no limit.';
			throw options.toRefusal(
				name,
				new InvalidValue('is left to the AI agent', undefined, accepted),
			);
		}
		return options.requiredIfAdded(name, convert);
	};
	const limits = readFields<Limits>({
		maxWrites: () => read('maxWrites', (value) => toWholeNumber(value, 0)),
		maxPayout: () => read('maxPayout', toMaxPayout),
		refusePayoutAboveRevenue: () => read('refusePayoutAboveRevenue', toBoolean),
	});
	return Object.values(limits).some((limit) => limit !== undefined) ? limits : undefined;
}

/** If an expression gave items different limits, the run obeys the strictest. */
export function toStrictest(one: Limits, other: Limits): Limits {
	const [first, second] = [one.maxPayout, other.maxPayout];
	const isFirst = first && (!second || compareDecimals(first, second) <= 0);
	return {
		maxWrites: Math.min(one.maxWrites ?? Infinity, other.maxWrites ?? Infinity),
		maxPayout: isFirst ? first : second,
		refusePayoutAboveRevenue: one.refusePayoutAboveRevenue || other.refusePayoutAboveRevenue,
	};
}
