import type { NodeExecutionHint } from 'n8n-workflow';

import type { ListResult } from '../../../cake/conversions/readConversions';
import { getGroupMember, type Grouping, type GroupTotals } from '../../../cake/conversions/totals';
import type { Selection } from '../../../cake/types';
import { getFilterLabel } from '../../../shared/filters';
import { toHint, toWarning } from '../hints';
import { describeEmptyList, describeIncompleteList, describeSlowRead } from '../selection';
import { getGroupLabel } from './groupBy';

function sum(groups: GroupTotals[], member: 'conversions' | 'rejected' | 'withoutAmount'): number {
	return groups.reduce((count, one) => count + one[member], 0);
}

/** A hint for each grouping that some rows have no value for. */
function describeMissingValues(
	groups: GroupTotals[],
	groupings: Grouping[],
	count: number,
): NodeExecutionHint[] {
	return groupings.flatMap((grouping) => {
		const member = getGroupMember(grouping);
		const nameless = groups.filter(({ values }) => values[member] === null);
		const missing = sum(nameless, 'conversions');
		if (missing === 0) return [];
		const label = getGroupLabel(grouping);
		const remedy =
			grouping === 'advertiser' ? ` For the total of one, use the filter '${label}'.` : '';
		const message = `CAKE's list does not show '${label}' for ${missing} of ${count} conversions. They are in the total whose ${member} is empty.${remedy}`;
		return [toHint(message)];
	});
}

/** A hint when rejected conversions are in a sum with others. */
function describeRejected(groups: GroupTotals[], count: number): NodeExecutionHint[] {
	const mixed = groups.filter((one) => one.rejected < one.conversions);
	const rejected = sum(mixed, 'rejected');
	if (rejected === 0) return [];
	const filter = getFilterLabel('conversionStatus');
	const message = `The sums include rejected conversions: ${rejected} of ${count}. To see them apart, choose '${getGroupLabel('status')}' under 'Group By', or use the filter '${filter}'.`;
	return [toHint(message)];
}

/** Hints about what totals do not show by themselves, the most important first. */
export function describeTotals(
	list: ListResult,
	groups: GroupTotals[],
	{ groupings, ...selection }: Selection & { groupings: Grouping[] },
): NodeExecutionHint[] {
	const count = list.conversions.length;
	if (count === 0 && list.isComplete) return [describeEmptyList(selection)];
	const withoutAmount = sum(groups, 'withoutAmount');
	const missingAmounts = `CAKE's list has no readable payout or revenue for ${withoutAmount} of ${count} conversions. They are counted, but the sums lack these amounts: look them up in CAKE.`;
	return [
		...describeIncompleteList(list),
		...(withoutAmount > 0 ? [toWarning(missingAmounts)] : []),
		...describeMissingValues(groups, groupings, count),
		...describeRejected(groups, count),
		...describeSlowRead(list),
	];
}
