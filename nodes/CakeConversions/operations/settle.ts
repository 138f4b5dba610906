import { DateTime } from 'luxon';

import { conversionIdOf } from '../../cake/conversions';
import type { Outcome } from '../../cake/dispatch';
import { CakeError } from '../../cake/errors';
import { findRow, readAround, rowsOf } from '../../cake/lookUp';
import type { Line } from '../../cake/retry';
import type { ConversionRow, ConversionToRecord } from '../../cake/types';
import type { Rows, SentItem } from './operation';

type Recording = SentItem<ConversionToRecord>;

function isUnclear({ outcome }: Recording): boolean {
	return (
		outcome.status === 'failed' &&
		outcome.error instanceof CakeError &&
		outcome.error.kind === 'unknownOutcome'
	);
}

function isKnownAlready({ outcome }: Recording): boolean {
	return outcome.status === 'done' && outcome.value[0]?.already_recorded === true;
}

function idsOf(rows: ConversionRow[]): number[] {
	return rows.flatMap((row) => conversionIdOf(row) ?? []);
}

/**
 * Looks up what the replies left open, in one read for each offer: recordings that got no clear
 * answer, and the rows of those that CAKE had already. Never sends a recording again.
 * @returns an outcome for each recording, in order
 */
export async function settleRecordings(
	recordings: Recording[],
	line: Line,
): Promise<Array<Outcome<Rows>>> {
	const open = recordings.filter((recording) => isUnclear(recording) || isKnownAlready(recording));
	if (open.length === 0) return recordings.map(({ outcome }) => outcome);

	const lists = await readAround(
		line,
		open.map(({ values }) => values),
		DateTime.now(),
	);
	const taken = new Set(
		recordings.flatMap((recording) =>
			recording.outcome.status === 'done' && !isKnownAlready(recording)
				? idsOf(recording.outcome.value)
				: [],
		),
	);
	return recordings.map((recording) => {
		const rows = lists.get(recording.values.offerId) ?? [];
		if (isKnownAlready(recording)) return settleKnown(recording, rows);
		if (isUnclear(recording)) return settleUnclear(recording, rows, taken);
		return recording.outcome;
	});
}

/** The row CAKE has, where only one can be meant; else what was sent stands for it. */
function settleKnown({ values, outcome }: Recording, rows: ConversionRow[]): Outcome<Rows> {
	const row = findRow(rows, values);
	return row ? { status: 'done', value: [{ ...row, already_recorded: true }] } : outcome;
}

/**
 * Stored, if the list holds the row and no other item has it. Without an order ID nothing tells two
 * sales of one click apart, so nothing is proven.
 */
function settleUnclear(
	{ values, outcome }: Recording,
	rows: ConversionRow[],
	taken: Set<number>,
): Outcome<Rows> {
	const row = values.orderId === undefined ? undefined : findRow(rows, values);
	const id = row && conversionIdOf(row);
	if (row && id !== undefined && !taken.has(id)) {
		taken.add(id);
		return { status: 'done', value: [row] };
	}
	const ofClick = rowsOf(rows, { clickId: values.clickId, offerId: values.offerId });
	const conversionIds = idsOf(ofClick).filter((other) => !taken.has(other));
	const error = outcome.status === 'failed' ? (outcome.error as CakeError) : undefined;
	return {
		status: 'failed',
		error: new CakeError('unknownOutcome', { seen: error?.seen, conversionIds }),
	};
}
