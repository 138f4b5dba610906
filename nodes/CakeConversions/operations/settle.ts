import { DateTime } from 'luxon';

import { belongsToAnother, isOfAnother, sameText } from '../../cake/conversions';
import type { Outcome } from '../../cake/dispatch';
import { CakeError } from '../../cake/errors';
import { findMatching, readAround, selectMatching } from '../../cake/lookUp';
import type { Line } from '../../cake/retry';
import type { Conversion, ConversionToRecord, Recorded } from '../../cake/types';
import { isUnclear, type ValidItem } from './operation';

type Recording = ValidItem<ConversionToRecord, Recorded>;

const failed = (error: CakeError): Outcome<Recorded> => ({ status: 'failed', error });
const stored = (conversion: Conversion, isAlreadyRecorded: boolean): Outcome<Recorded> => ({
	status: 'done',
	value: { conversion, isAlreadyRecorded },
});

/** Whether CAKE had the sale when the request came. */
function isKnownAlready({ outcome }: Recording): boolean {
	return outcome.status === 'done' && outcome.value.isAlreadyRecorded;
}

/**
 * What is known of the sales of a run while its open ends are settled: whose conversion is whose, so
 * that none stands for two sales.
 */
class Ledger {
	private readonly taken = new Set<number>();

	private readonly byUniqueId = new Map<string, Conversion>();

	constructor(recordings: Recording[]) {
		for (const { outcome, values } of recordings) {
			if (outcome.status !== 'done' || outcome.value.isAlreadyRecorded) continue;
			if (outcome.value.conversion) this.claim(outcome.value.conversion, values);
		}
	}

	claim(conversion: Conversion, { uniqueId }: ConversionToRecord): void {
		this.taken.add(conversion.id);
		if (uniqueId !== undefined) this.byUniqueId.set(uniqueId.toLowerCase(), conversion);
	}

	/** Sets aside what may be the conversion of a sale that CAKE knew: it proves nothing for another. */
	reserve(conversions: Conversion[]): void {
		for (const { id } of conversions) this.taken.add(id);
	}

	/** The conversion that a unique ID is known to stand for. */
	find({ uniqueId }: ConversionToRecord): Conversion | undefined {
		return uniqueId === undefined ? undefined : this.byUniqueId.get(uniqueId.toLowerCase());
	}

	free(conversions: Conversion[]): Conversion[] {
		return conversions.filter(({ id }) => !this.taken.has(id));
	}
}

/**
 * Looks up what the replies left open, in one read for each offer: recordings that got no clear
 * answer, or the conversions of those that CAKE had already. Never sends a recording again.
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
	const unanswered = open.map(({ values }) => values).filter((values) => !ledger.find(values));
	const lists = await readAround(line, unanswered, DateTime.now());
	const listFor = ({ offerId }: ConversionToRecord) => lists.get(offerId) ?? [];
	if (which === 'unclear') {
		for (const { values } of recordings.filter(isKnownAlready)) {
			ledger.reserve(selectMatching(listFor(values), values));
		}
	}
	const settle = which === 'known' ? settleKnown : settleUnclear;
	for (const recording of open) {
		recording.outcome = settle(recording, listFor(recording.values), ledger);
	}
}

/**
 * The conversion CAKE has for a known unique ID: what this run recorded under it, else the only one of
 * the list it can be; else what was sent stands for it. One of another sale is a refusal.
 */
function settleKnown(
	{ values, outcome }: Recording,
	conversions: Conversion[],
	ledger: Ledger,
): Recording['outcome'] {
	const conversion =
		ledger.find(values) ??
		conversions.find(({ row: { unique_id: id } }) => id && sameText(id, values.uniqueId));
	if (conversion) {
		return isOfAnother(conversion, values)
			? failed(belongsToAnother(conversion))
			: stored(conversion, true);
	}
	const [candidate, ...others] = ledger.free(selectMatching(conversions, values));
	if (!candidate || others.length > 0) return outcome;
	ledger.claim(candidate, values);
	return stored(candidate, true);
}

/**
 * Stored, if the list holds the conversion and no other item has it. Without an order ID nothing tells
 * two sales of one click apart, so nothing is proven.
 */
function settleUnclear(
	{ values, outcome }: Recording,
	conversions: Conversion[],
	ledger: Ledger,
): Recording['outcome'] {
	const match = values.orderId === undefined ? undefined : findMatching(conversions, values);
	if (match && ledger.free([match]).length > 0) {
		ledger.claim(match, values);
		return stored(match, false);
	}
	const { clickId, offerId } = values;
	const candidates = ledger.free(selectMatching(conversions, { clickId, offerId }));
	const error = outcome.status === 'failed' ? (outcome.error as CakeError) : undefined;
	const ids = candidates.map(({ id }) => id).join(', ');
	const detail = [error?.facts.detail, ids && `CAKE's list holds for this click: ${ids}.`];
	return failed(
		new CakeError('unknownOutcome', {
			request: error?.facts.request,
			detail: detail.filter(Boolean).join(' '),
			conversions: candidates,
		}),
	);
}
