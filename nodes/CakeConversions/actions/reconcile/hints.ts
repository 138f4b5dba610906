import type { DateTime } from 'luxon';
import type { NodeExecutionHint } from 'n8n-workflow';

import { widenRange } from '../../../cake/dates';
import { formatDecimal } from '../../../cake/decimals';
import { groupBy } from '../../../cake/groupBy';
import { REFERENCE_LABELS } from '../../../shared/failureTexts';
import { describeSelection } from '../../../shared/filters';
import { describeSearches, searchDaysField } from '../findBy';
import { toHint, toWarning } from '../hints';
import { isUnclear, type Line } from './lines';
import type { Amounts, Reconciliation } from './reconciliation';
import type { Settings } from './settings';

/** The most words that a hint about unclear decisions names. */
const MAX_WORDS = 5;

const DAY_MS = 86_400_000;

const VERBS = { approved: 'approve', pending: 'set to pending', rejected: 'reject' };

interface Run {
	/** Lines that came in. */
	total: number;
	/** Those of them that could not be read. */
	refused: number;
	/** Those that were read, but have no ID. */
	unidentified: number;
	settings: Settings;
	now: DateTime;
}

const toWarnings = (messages: Array<string | false | undefined>) =>
	messages.flatMap((message) => (message ? [toWarning(message)] : []));

const formatCount = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `payout 5, revenue 12`, for each currency that CAKE's rows name. */
function describeAmounts(amounts: Amounts): string {
	const texts = amounts.map(({ values, payout, revenue, withoutAmount }) => {
		const currency = values.currency ?? values.currency_id;
		const name = currency === undefined ? '' : ` in currency ${currency}`;
		const lacking = withoutAmount === 0 ? '' : `, without the amounts of ${withoutAmount}`;
		return `payout ${formatDecimal(payout)}, revenue ${formatDecimal(revenue)}${name}${lacking}`;
	});
	return texts.join('; ');
}

const countAmounts = (amounts: Amounts) =>
	amounts.reduce((count, { conversions }) => count + conversions, 0);

/** Conversions, and what they are worth. */
const describeMoney = (amounts: Amounts) =>
	`${countAmounts(amounts)} (${describeAmounts(amounts)})`;

function describeTotals(
	{ results, matched, changes, missing, missingAmounts }: Reconciliation,
	{ total }: Run,
): NodeExecutionHint {
	const toChange = results.get('change') ?? 0;
	const money = [...changes].map(
		([status, amounts]) => `${VERBS[status]} ${describeMoney(amounts)}`,
	);
	const others = [...results].filter(([result]) => !['change', 'unchanged'].includes(result));
	const parts = [
		`${formatCount(total, 'line')}: ${matched} matched, ${toChange} to change.`,
		money.length > 0 && `To do: ${money.join(', ')}.`,
		others.length > 0 &&
			`Left alone: ${others.map(([name, count]) => `${count} ${name}`).join(', ')}.`,
		missing.length > 0 && `Missing from the list: ${describeMoney(missingAmounts)}.`,
	];
	return toHint(parts.filter(Boolean).join(' '));
}

/** Why no conversion is called missing from the list. Undefined if any may be. */
function explainIncompleteList({ refused, unidentified, settings }: Run): string | undefined {
	if (!settings.includeMissing || refused + unidentified === 0) return undefined;
	const verb = unidentified === 1 ? 'has' : 'have';
	const parts = [
		refused > 0 && `${refused} could not be read`,
		unidentified > 0 && `${unidentified} ${verb} no '${REFERENCE_LABELS[settings.matchBy]}'`,
	];
	return `Conversions missing from the list are not shown, since some lines may mean any of them: ${parts.filter(Boolean).join(', ')}. Correct the list, and run the node again.`;
}

/** What to do about conversions that a line has in another case. */
function describeNear(near: number, label: string): string | undefined {
	if (near === 0) return undefined;
	const [verb, rest] =
		near === 1
			? ['differs', 'It was not compared, and is not shown']
			: ['differ', 'They were not compared, and are not shown'];
	return `${formatCount(near, 'conversion')} ${verb} from a line in upper and lower case alone. ${rest} as missing from the list. Write ${label} in the list as CAKE has it.`;
}

/** A hint when Update would not look back far enough to find what is to be changed. */
function describeSearchDays(
	{ changes }: Reconciliation,
	{ settings: { dateRange }, now }: Run,
): NodeExecutionHint[] {
	const days = Math.floor((now.toMillis() - Date.parse(widenRange(dateRange).startDate)) / DAY_MS);
	if (changes.size === 0 || days <= Number(searchDaysField.default)) return [];
	const message = `Some of these conversions may be ${days} days old. In the Update Conversion that follows, set '${searchDaysField.displayName}' under Options to ${days} at least.`;
	return [toHint(message)];
}

/** Hints about the whole comparison, the totals first. */
export function describeReconciliation(result: Reconciliation, run: Run): NodeExecutionHint[] {
	const { matchBy, dateRange, filters } = run.settings;
	const selection = { range: widenRange(dateRange), filters };
	const label = `'${REFERENCE_LABELS[matchBy]}'`;
	const warnings = [
		!result.isAnyFound &&
			`None of the lines was found among ${formatCount(result.read, 'conversion')} ${describeSelection(selection)}. Check ${label}, 'Date Range' and 'Filters'.`,
		describeNear(result.near, label),
		explainIncompleteList(run),
		result.undated > 0 &&
			`CAKE shows no readable date for ${formatCount(result.undated, 'conversion')} that no line names, so they are not shown as missing from the list.`,
		result.inexact > 0 &&
			`CAKE shows no exact ${label} for ${formatCount(result.inexact, 'conversion')}, such as a number with lost digits. No line can match them, so they are not shown as missing from the list. Compare them by hand.`,
	];
	return [
		describeTotals(result, run),
		...describeSearches([{ by: matchBy, filters }]),
		...toWarnings(warnings),
		...describeSearchDays(result, run),
	];
}

/** Warnings about decisions and amounts that could not be used. */
export function describeLines(lines: Line[]): NodeExecutionHint[] {
	const decisions = lines.flatMap(({ decision }) => (isUnclear(decision) ? [decision] : []));
	const amounts = lines.flatMap(({ amount }) => (isUnclear(amount) ? [amount] : []));
	const words = [...groupBy(decisions, ({ shown }) => shown)]
		.map(([shown, group]) => ({ shown, count: group.length }))
		.sort((one, other) => other.count - one.count);
	const named = words.slice(0, MAX_WORDS).map(({ shown, count }) => `${shown} (${count})`);
	const more = words.length > MAX_WORDS ? `, and ${words.length - MAX_WORDS} more` : '';
	const warnings = [
		decisions.length > 0 &&
			`The decision of ${formatCount(decisions.length, 'line')} is unclear: ${named.join(', ')}${more}. Add each word to 'Approved Words', 'Pending Words' or 'Rejected Words' under Options, or correct the list.`,
		amounts.length > 0 &&
			`The amount of ${formatCount(amounts.length, 'line')} could not be compared, so no change is proposed for them. The first: ${amounts[0]?.why}`,
	];
	return toWarnings(warnings);
}
