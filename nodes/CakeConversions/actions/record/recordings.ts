import { CakeError } from '../../../cake/errors';
import type { Conversion, ConversionToRecord, Recorded } from '../../../cake/types';
import { getFailure, isUnclear, type ValidItem } from '../operation';

/** An item of Record, what its outcome shows, and how what is found out later changes it. */
export type Recording = ValidItem<ConversionToRecord, Recorded>;

/** What an item is known to have recorded itself. */
export function getOwn({ outcome }: Recording): Conversion | undefined {
	if (outcome.status !== 'done' || outcome.value.isAlreadyRecorded) return undefined;
	return outcome.value.conversion;
}

/** What CAKE is known to have had already for an item. */
export function getEarlier({ outcome }: Recording): Conversion | undefined {
	if (outcome.status !== 'done' || !outcome.value.isAlreadyRecorded) return undefined;
	return outcome.value.conversion;
}

/** Whether nothing but the absence of another owner shows that a conversion is an item's. */
export function isPlausible({ outcome }: Recording): boolean {
	return outcome.status === 'done' && outcome.value.proof === 'plausible';
}

/** CAKE said that it has the Unique ID, and not of which conversion. */
export function isUnnamed({ outcome }: Recording): boolean {
	return outcome.status === 'done' && outcome.value.isAlreadyRecorded && !outcome.value.conversion;
}

/** CAKE said "duplicate", and not of what. */
export function isBareDuplicate(recording: Recording): boolean {
	return getFailure(recording)?.facts.case === 'bareDuplicate';
}

export function setStored(
	recording: Recording,
	conversion: Conversion,
	isAlreadyRecorded = !isUnclear(recording),
	proof: Recorded['proof'] = 'proven',
): void {
	const value: Recorded = { conversion, proof, isAlreadyRecorded };
	recording.outcome = { status: 'done', value };
}

/** An earlier item of this run recorded the same Unique ID, and CAKE answered with its conversion. */
export function setAlreadyRecorded({ outcome }: Recording): void {
	if (outcome.status === 'done') outcome.value.isAlreadyRecorded = true;
}

/** Makes an item unclear, or an unclear one name the conversions that it may be. */
export function setUnclear(recording: Recording, conversions: Conversion[]): void {
	const facts = getFailure(recording)?.facts ?? {};
	const named = new Map([...(facts.conversions ?? []), ...conversions].map((one) => [one.id, one]));
	const error = new CakeError('unknownOutcome', { ...facts, conversions: [...named.values()] });
	recording.outcome = { status: 'failed', error };
}

/** CAKE has the Unique ID for the sale of another click: this one was not stored. */
export function setRefused(recording: Recording, conversion: Conversion): void {
	const error = new CakeError('refused', {
		case: 'uniqueIdOfAnotherSale',
		request: 'recordWithUniqueId',
		conversions: [conversion],
	});
	recording.outcome = { status: 'failed', error };
}

/** Items with the same key are sent in input order, one at a time; CAKE may compare in any case. */
export function getOrderKey({ uniqueId, clickId, offerId }: ConversionToRecord): string {
	const key = uniqueId === undefined ? `click ${offerId} ${clickId}` : `unique ${uniqueId}`;
	return key.toLowerCase();
}
