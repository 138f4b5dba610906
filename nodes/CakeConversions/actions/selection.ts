import type { INodeProperties, NodeExecutionHint } from 'n8n-workflow';

import type { ListResult } from '../../cake/conversions/readConversions';
import { MAX_PAGE_SIZE } from '../../cake/paging/readAllPages';
import type { Selection } from '../../cake/types';
import type { Fields } from '../../shared/fields';
import { describeSelection, filterFields, readFilters } from '../../shared/filters';
import { readDateRange } from './dateRange';
import { toHint, toWarning } from './hints';
import type { RunSettings } from './operation';

/** A list that takes this many requests gets a hint about how to make it faster. */
const MANY_PAGES = 20;

/** The filters of the operations that read all of CAKE's list. Their days are in dateRange.ts. */
export const filtersField: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	options: filterFields,
};

export const pageSizeField: INodeProperties = {
	displayName: 'Page Size',
	name: 'pageSize',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MAX_PAGE_SIZE },
	default: MAX_PAGE_SIZE,
	displayOptions: { show: { '/operation': ['query', 'totals'] } },
	description: 'How many conversions to ask for in one request. CAKE gives 500 at most.',
};

/** The readers of a selection, for `readFields`. */
export function createSelectionReaders(item: Fields, { timezone, now }: RunSettings) {
	return {
		range: () => readDateRange(item, timezone, now),
		filters: () => readFilters(item.members('filters')),
	};
}

/** A warning when rows may be missing. */
export function describeIncompleteList({
	isComplete,
	reported,
	conversions,
}: ListResult): NodeExecutionHint[] {
	if (isComplete) return [];
	const message = `CAKE reported ${reported ?? 'an unknown number of'} conversions, and ${conversions.length} were read. Either the list changed while it was read and some are missing, or CAKE's total is wrong. Run it again, or ask for fewer days. Check Account shows whether the total is right.`;
	return [toWarning(message)];
}

/** Names the days and filters of an empty list: n8n itself only says that there is no output. */
export function describeEmptyList(selection: Selection, startAtRow = 1): NodeExecutionHint {
	const message = `CAKE has no conversions ${describeSelection(selection)}`;
	if (startAtRow > 1) return toHint(`${message}, from row ${startAtRow} on.`);
	// CAKE's article ("Query Conversion History") does not say whether the end date counts. If it does
	// not, 'Today' is always empty.
	return toHint(
		`${message}. If you expect some on ${selection.range.endDate}, choose 'Custom' with an 'End Date' a day later: some accounts leave the end date out. Check Account shows whether yours does.`,
	);
}

/**
 * A hint when a list took many requests.
 * @param searched the days and filters, if the list was read to find conversions in it
 */
export function describeSlowRead(
	{ conversions, pages }: ListResult,
	searched?: Selection,
): NodeExecutionHint[] {
	if (pages < MANY_PAGES) return [];
	const where = searched ? ` ${describeSelection(searched)}` : '';
	const advice = searched ? "A filter or fewer 'Search Days'" : 'Fewer days or a filter';
	return [
		toHint(
			`${conversions.length} conversions${where} were read in ${pages} requests. ${advice} make it faster.`,
		),
	];
}

/** A hint when several items have the same values, and so read the same list. */
export function describeRepeatedReads([first, ...others]: unknown[]): NodeExecutionHint[] {
	const wanted = JSON.stringify(first);
	if (others.length === 0 || others.some((one) => JSON.stringify(one) !== wanted)) return [];
	const message = `The same conversions were read ${others.length + 1} times, once for each item that came in. Turn on 'Execute Once' in the settings of this node to read them once.`;
	return [toHint(message)];
}
