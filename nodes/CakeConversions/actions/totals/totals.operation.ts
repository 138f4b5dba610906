import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { readConversions } from '../../../cake/conversions/readConversions';
import { Totals, type Grouping, type GroupTotals } from '../../../cake/conversions/totals';
import { subtractDecimals, toNumberOrText } from '../../../cake/decimals';
import type { Selection } from '../../../cake/types';
import { readFields, type Fields } from '../../../shared/fields';
import type { Operation, RunSettings } from '../operation';
import { createSelectionReaders, describeRepeatedReads, filtersField } from '../selection';
import { groupByField, toGroupings } from './groupBy';
import { describeTotals } from './hints';

export const totalsFields: INodeProperties[] = [
	groupByField,
	{ ...filtersField, displayOptions: { show: { operation: ['totals'] } } },
];

interface Report extends Selection {
	groupings: Grouping[];
	pageSize: number;
}

interface ReportResult {
	groups: GroupTotals[];
	/** False if rows may be missing in the sums. */
	isComplete: boolean;
}

function validate(item: Fields, settings: RunSettings): Report {
	return readFields<Report>({
		...createSelectionReaders(item, settings),
		groupings: () => item.optional('groupBy', toGroupings) ?? [],
		pageSize: () => item.members('options').wholeNumber('pageSize'),
	});
}

/** Four decimals: a hundredth of a percent. */
function roundShare(share: number): number {
	return Math.round(share * 10_000) / 10_000;
}

/** An output item. Its amounts are numbers. One that no number prints exactly is text. */
function toRow(group: GroupTotals, isComplete: boolean): IDataObject {
	const { values, conversions, rejected, payout, revenue, withoutAmount } = group;
	return {
		...values,
		conversions,
		payout: toNumberOrText(payout),
		revenue: toNumberOrText(revenue),
		margin: toNumberOrText(subtractDecimals(revenue, payout)),
		rejected,
		rejected_share: conversions > 0 ? roundShare(rejected / conversions) : 0,
		...(withoutAmount > 0 && { without_amount: withoutAmount }),
		...(!isComplete && { incomplete: true }),
	};
}

/** Get Totals: reads CAKE's list as Query does, and gives one output item for each group. */
export const totals: Operation<Report, ReportResult> = {
	isWrite: false,
	validate,
	describeItems: describeRepeatedReads,
	async perform({ range, filters, groupings, pageSize }, session) {
		const sums = new Totals(groupings);
		const list = await readConversions(
			session,
			{ range, filters },
			{ startAtRow: 1, pageSize },
			{ reduceRow: (conversion) => sums.reduceRow(conversion) },
		);
		const groups = sums.sum(list.conversions);
		const hints = describeTotals(list, groups, { range, filters, groupings });
		for (const hint of hints) session.hint(hint);
		return { groups, isComplete: list.isComplete };
	},
	toRows: ({ groups, isComplete }) => groups.map((group) => toRow(group, isComplete)),
};
