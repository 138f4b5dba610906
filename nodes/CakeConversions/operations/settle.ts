import { DateTime } from 'luxon';

import { belongsToAnother, conversionIdOf, isOfAnother, sameText } from '../../cake/conversions';
import type { Outcome } from '../../cake/dispatch';
import { CakeError } from '../../cake/errors';
import { findRow, readAround, rowsOf } from '../../cake/lookUp';
import type { Line } from '../../cake/retry';
import type { ConversionRow, ConversionToRecord } from '../../cake/types';
import { isKnownAlready } from './known';
import { isUnclear, type Rows, type ValidItem } from './operation';

type Recording = ValidItem<ConversionToRecord>;

function idsOf(rows: ConversionRow[]): number[] {
	return rows.flatMap((row) => conversionIdOf(row) ?? []);
}

const failed = (error: CakeError): Outcome<Rows> => ({ status: 'failed', error });
const known = (row: ConversionRow): Outcome<Rows> => ({
	status: 'done',
	value: [{ ...row, already_recorded: true }],
});

/**
 * What is known of the sales of a run while its open ends are settled: whose row is whose, so that no
 * row stands for two sales.
 */
class Ledger {
	private readonly taken = new Set<number>();

	private readonly byUniqueId = new Map<string, ConversionRow>();

	constructor(recordings: Recording[]) {
		for (const recording of recordings) {
			if (recording.outcome.status !== 'done' || isKnownAlready(recording)) continue;
			const [row] = recording.outcome.value;
			if (row) this.claim(row, recording.values);
		}
	}

	claim(row: ConversionRow, { uniqueId }: ConversionToRecord): void {
		for (const id of idsOf([row])) this.taken.add(id);
		if (uniqueId !== undefined) this.byUniqueId.set(uniqueId.toLowerCase(), row);
	}

	/** Sets aside what may be the row of a sale that CAKE knew: it proves nothing for another. */
	reserve(rows: ConversionRow[]): void {
		for (const id of idsOf(rows)) this.taken.add(id);
	}

	/** The row that a unique ID is known to stand for. */
	of({ uniqueId }: ConversionToRecord): ConversionRow | undefined {
		return uniqueId === undefined ? undefined : this.byUniqueId.get(uniqueId.toLowerCase());
	}

	free(rows: ConversionRow[]): ConversionRow[] {
		return rows.filter((row) => !this.taken.has(conversionIdOf(row) ?? 0));
	}
}

/**
 * Looks up what the replies left open, in one read for each offer: recordings that got no clear
 * answer, or the rows of those that CAKE had already. Never sends a recording again.
 */
export async function settleRecordings(
	recordings: Recording[],
	which: 'unclear' | 'known',
	line: Line,
): Promise<void> {
	const open = recordings.filter(which === 'known' ? isKnownAlready : isUnclear);
	if (open.length === 0) return;

	const ledger = new Ledger(recordings);
	// A sale this run itself recorded needs no look at the list.
	const unanswered = open.map(({ values }) => values).filter((values) => !ledger.of(values));
	const lists = await readAround(line, unanswered, DateTime.now());
	const listFor = ({ offerId }: ConversionToRecord) => lists.get(offerId) ?? [];
	if (which === 'unclear') {
		for (const { values } of recordings.filter(isKnownAlready)) {
			ledger.reserve(rowsOf(listFor(values), values));
		}
	}
	const settle = which === 'known' ? settleKnown : settleUnclear;
	for (const recording of open) {
		recording.outcome = settle(recording, listFor(recording.values), ledger);
	}
}

/**
 * The row CAKE has for a known unique ID: what this run recorded under it, else the only row of the
 * list it can be; else what was sent stands for it. One of another sale is a refusal.
 */
function settleKnown(
	{ values, outcome }: Recording,
	rows: ConversionRow[],
	ledger: Ledger,
): Outcome<Rows> {
	const row =
		ledger.of(values) ?? rows.find(({ unique_id: id }) => id && sameText(id, values.uniqueId));
	if (row) return isOfAnother(row, values) ? failed(belongsToAnother(row)) : known(row);
	const [candidate, ...others] = ledger.free(rowsOf(rows, values));
	if (!candidate || others.length > 0) return outcome;
	ledger.claim(candidate, values);
	return known(candidate);
}

/**
 * Stored, if the list holds the row and no other item has it. Without an order ID nothing tells two
 * sales of one click apart, so nothing is proven.
 */
function settleUnclear(
	{ values, outcome }: Recording,
	rows: ConversionRow[],
	ledger: Ledger,
): Outcome<Rows> {
	const row = values.orderId === undefined ? undefined : findRow(rows, values);
	if (row && ledger.free([row]).length > 0) {
		ledger.claim(row, values);
		return { status: 'done', value: [row] };
	}
	const { clickId, offerId } = values;
	const conversionIds = idsOf(ledger.free(rowsOf(rows, { clickId, offerId })));
	const error = outcome.status === 'failed' ? (outcome.error as CakeError) : undefined;
	const found =
		conversionIds.length > 0 && `CAKE's list holds for this click: ${conversionIds.join(', ')}.`;
	const seen = [error?.seen, found].filter(Boolean).join(' ');
	return failed(new CakeError('unknownOutcome', { seen, conversionIds }));
}
