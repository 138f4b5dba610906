import type { IDataObject } from 'n8n-workflow';

import {
	hasInexactReference,
	REFERENCE_MEMBERS,
	type FoundConversions,
} from '../../../cake/conversions/findByReference';
import { Totals, type GroupTotals } from '../../../cake/conversions/totals';
import { readDay } from '../../../cake/dates';
import { groupBy } from '../../../cake/groupBy';
import type { Conversion, ConversionStatus, DateRange } from '../../../cake/types';
import { isEmpty } from '../../../cake/values';
import { REFERENCE_LABELS } from '../../../shared/failureTexts';
import type { ValidItem } from '../operation';
import type { Line } from './lines';
import type { Settings } from './settings';
import { judgeLines, toRow, type Result } from './verdicts';

/** The amounts of some conversions, for each currency that their rows name. */
export type Amounts = GroupTotals[];

/** What came out of a comparison. It holds no row of CAKE's that does not come out. */
export interface Reconciliation {
	/** How many lines have each result. */
	results: Map<Result, number>;
	/** Lines with one conversion. */
	matched: number;
	changes: Map<ConversionStatus, Amounts>;
	/** The output for the conversions that no line names. */
	missing: IDataObject[];
	missingAmounts: Amounts;
	/** Conversions that no line names, and whose day CAKE does not show in a form that can be read. */
	undated: number;
	/** Conversions of the range that no line can name, since their ID is no exact value in CAKE's list. */
	inexact: number;
	/** Conversions whose ID differs from that of a line only in case. */
	near: number;
	/** Whether any line has the ID of a conversion. */
	isAnyFound: boolean;
	/** Conversions that were read. */
	read: number;
}

function sumAmounts(conversions: Conversion[]): Amounts {
	const totals = new Totals([]);
	return totals.sum(conversions.map((one) => ({ id: one.id, row: totals.reduceRow(one) })));
}

/** Whether a conversion is of these days, as CAKE writes its date. Undefined if that cannot be read. */
function isOfDays({ row }: Conversion, { startDate, endDate }: DateRange): boolean | undefined {
	const day = readDay(row.conversion_date);
	return day === undefined ? undefined : day >= startDate && day <= endDate;
}

/** Whether to keep the row of a conversion that no line names: its day may be one of the range. */
export function mayBeMissing(conversion: Conversion, { includeMissing, dateRange }: Settings) {
	return includeMissing && isOfDays(conversion, dateRange) !== false;
}

function explainMissing({ row }: Conversion, { matchBy }: Settings): string {
	const label = `'${REFERENCE_LABELS[matchBy]}'`;
	return isEmpty(row[REFERENCE_MEMBERS[matchBy]])
		? `CAKE has no ${label} for it, so no line can name it.`
		: `No line of the list has its ${label}.`;
}

/** What the list says about a conversion by naming it in no line. */
function classifyUnnamed(conversion: Conversion, { dateRange, matchBy }: Settings) {
	const isInRange = isOfDays(conversion, dateRange);
	if (isInRange === false) return 'outside';
	if (hasInexactReference(conversion, matchBy)) return 'inexact';
	return isInRange ? 'missing' : 'undated';
}

/** Equal texts become one: most items have one of a few reasons. */
function createTextPool(): (text: string) => string {
	const texts = new Map<string, string>();
	return (text) => texts.get(text) ?? texts.set(text, text).get(text) ?? text;
}

/**
 * Compares all lines with the conversions that were found. Sets `row` of each line.
 * @param isWhole whether every line was read and has an ID: any other may mean any conversion
 */
export function reconcileLines(
	items: Array<Pick<ValidItem<Line, unknown>, 'index' | 'json' | 'values'>>,
	found: FoundConversions,
	settings: Settings,
	isWhole: boolean,
): Reconciliation {
	const numbered = items.map(({ index, values }) => ({ number: index + 1, line: values }));
	const { verdicts, named, near } = judgeLines(numbered, found, settings);
	const share = createTextPool();
	const results = new Map<Result, number>();
	const changes: Array<{ conversion: Conversion; newStatus: ConversionStatus }> = [];
	let matched = 0;
	for (const { json, values } of items) {
		const verdict = verdicts.get(values);
		if (!verdict) throw new Error('The line was not compared');
		const { result, conversion, newStatus } = verdict;
		values.row = toRow({ ...verdict, reason: share(verdict.reason) }, json);
		results.set(result, (results.get(result) ?? 0) + 1);
		if (conversion) matched++;
		if (conversion && newStatus) changes.push({ conversion, newStatus });
	}
	const isListed = settings.includeMissing && isWhole;
	// Of the others only the ID was kept.
	const unnamed = found.list.conversions.filter(
		({ id, row }) => isListed && 'conversion_id' in row && !named.has(id) && !near.has(id),
	);
	const groups = groupBy(unnamed, (one) => classifyUnnamed(one, settings));
	const missing = groups.get('missing') ?? [];
	return {
		results,
		matched,
		changes: new Map(
			[...groupBy(changes, ({ newStatus }) => newStatus)].map(([status, group]) => [
				status,
				sumAmounts(group.map(({ conversion }) => conversion)),
			]),
		),
		missing: missing.map((conversion) => {
			const reason = share(explainMissing(conversion, settings));
			return toRow({ result: 'notInList', reason, conversion });
		}),
		missingAmounts: sumAmounts(missing),
		undated: groups.get('undated')?.length ?? 0,
		inexact: groups.get('inexact')?.length ?? 0,
		near: near.size,
		isAnyFound: named.size > 0,
		read: found.list.conversions.length,
	};
}
