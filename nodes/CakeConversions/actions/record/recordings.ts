import { CakeError } from '../../../cake/errors';
import type { Conversion, ConversionToRecord, Recorded } from '../../../cake/types';
import { getFailure, isUnclear, type ValidItem } from '../operation';

/** An item of Record. The functions below read its outcome and change it. */
export type Recording = ValidItem<ConversionToRecord, Recorded>;

/** The conversion that this item recorded. */
export function getRecorded({ outcome }: Recording): Conversion | undefined {
	if (outcome.status !== 'done' || outcome.value.isAlreadyRecorded) return undefined;
	return outcome.value.conversion;
}

/** The conversion that CAKE had already when this item was sent. */
export function getAlreadyRecorded({ outcome }: Recording): Conversion | undefined {
	if (outcome.status !== 'done' || !outcome.value.isAlreadyRecorded) return undefined;
	return outcome.value.conversion;
}

/** Whether the item's conversion may turn out to be another item's (see `Proof`). */
export function isPlausible({ outcome }: Recording): boolean {
	return outcome.status === 'done' && outcome.value.proof === 'plausible';
}

/** Whether CAKE said that it has the Unique ID, but not which conversion carries it. */
export function hasUnknownConversion({ outcome }: Recording): boolean {
	return outcome.status === 'done' && outcome.value.isAlreadyRecorded && !outcome.value.conversion;
}

/** Whether CAKE said "duplicate", but not of what. */
export function isBareDuplicate(recording: Recording): boolean {
	return getFailure(recording)?.facts.case === 'bareDuplicate';
}

/** By default an unclear item recorded the conversion itself. For any other, CAKE had it already. */
export function setStored(
	recording: Recording,
	conversion: Conversion,
	isAlreadyRecorded = !isUnclear(recording),
	proof: Recorded['proof'] = 'proven',
): void {
	const value: Recorded = { conversion, proof, isAlreadyRecorded };
	recording.outcome = { status: 'done', value };
}

/** Marks an item when an earlier one recorded its Unique ID, and CAKE answered with that conversion. */
export function markAlreadyRecorded({ outcome }: Recording): void {
	if (outcome.status === 'done') outcome.value.isAlreadyRecorded = true;
}

/** Makes an item unclear, and adds to its failure the conversions that it may be. */
export function setUnclear(recording: Recording, conversions: Conversion[]): void {
	const facts = getFailure(recording)?.facts ?? {};
	const named = new Map([...(facts.conversions ?? []), ...conversions].map((one) => [one.id, one]));
	const error = new CakeError('unknownOutcome', { ...facts, conversions: [...named.values()] });
	recording.outcome = { status: 'failed', error };
}

/** Fails an item when CAKE has its Unique ID for another click. Its own sale was not stored. */
export function setRefused(recording: Recording, conversion: Conversion): void {
	const error = new CakeError('refused', {
		case: 'uniqueIdOfAnotherSale',
		request: 'recordWithUniqueId',
		conversions: [conversion],
	});
	recording.outcome = { status: 'failed', error };
}

/** The key of `Operation.orderKey`, in lower case: CAKE may compare IDs without case. */
export function getOrderKey({ uniqueId, clickId, offerId }: ConversionToRecord): string {
	const key = uniqueId === undefined ? `click ${offerId} ${clickId}` : `unique ${uniqueId}`;
	return key.toLowerCase();
}
