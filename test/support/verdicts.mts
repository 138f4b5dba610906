import type { Check, Result } from '../../nodes/cake/account/findings';
import { DEFAULT_LIST } from '../../sandbox/protocol/listForm.mts';
import type { Sandbox, SandboxOptions } from '../../sandbox/server.mts';
import type { NodeRun } from '../../harness/engine/engine.mts';

/** The result of each check, by its name. */
export function readVerdicts({ items }: NodeRun): Record<string, unknown> {
	return Object.fromEntries(items.map(({ json }) => [String(json.check), json.result]));
}

/** Prints the share of checks that stayed undecided: a check that never decides is never wrong. */
export function printUndecided(undecided: number, all: number): void {
	const share = Math.round((100 * undecided) / all);
	process.stdout.write(`Check Account left ${share} % of ${all} checks undecided\n`);
}

const toResult = (isYes: boolean): Result => (isYes ? 'yes' : 'no');

/**
 * What is true of a sandbox's account, from its options and its conversions alone.
 * @returns for each check the only result that it may have besides `undecided`; `undecided` if none
 */
export function getTruth(
	options: SandboxOptions,
	{ account }: Pick<Sandbox, 'account'>,
): Record<Check, Result> {
	const list = { ...DEFAULT_LIST, ...options.list };
	const rows = [...account.conversions.values()];
	const isHonored = (name: (typeof list.ignoredFilters)[number]) =>
		toResult(!list.ignoredFilters.includes(name));
	const isListed = options.directory?.access ?? 'served';
	const hasSpacedDates = options.quirks?.some(({ kind }) => kind === 'spacedDates') ?? false;
	const { extraMembers: extra } = list;
	const names = toResult(isListed === 'served');
	return {
		keyAccepted: 'yes',
		conversionsListed: toResult(list.access === 'served'),
		endDateCounted:
			isHonored('dates') === 'no' ? 'undecided' : toResult(options.endDateInclusive ?? true),
		offerFilter: isHonored('offer_id'),
		affiliateFilter: isHonored('affiliate_id'),
		advertiserFilter: isHonored('advertiser_id'),
		statusFilter: isHonored('conversion_status'),
		pagesOf500: toResult((options.maxRowsPerPage ?? 500) >= 500),
		totalNamed: toResult(['number', 'text'].includes(options.total ?? 'number')),
		uniqueIdInRows: toResult(extra.includes('unique_id') && rows.some((row) => row.uniqueId)),
		orderIdInRows: toResult(list.hasOrderIds && rows.some((row) => row.orderId)),
		adv1InRows: toResult(extra.includes('adv1') && rows.some((row) => row.adv)),
		otherStatuses: toResult(
			list.ownStatus !== undefined && rows.some(({ conversionId }) => conversionId % 10 === 0),
		),
		offersListed: names,
		affiliatesListed: names,
		advertisersListed: names,
		// The sandbox is on this machine.
		monthInAMinute: 'yes',
		datesNameZone: toResult(!hasSpacedDates),
	};
}
