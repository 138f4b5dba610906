import { groupBy } from '../../../cake/groupBy';
import { mayMatch } from '../../../cake/conversions/matchRecorded';
import { isSameReference, toClickKey } from '../../../cake/conversions/sameReference';
import { isUnclear } from '../operation';
import {
	getAlreadyRecorded,
	getOrderKey,
	getRecorded,
	isPlausible,
	markAlreadyRecorded,
	setUnclear,
	type Recording,
} from './recordings';

/** Whether CAKE may have stored one item before another. Only items with the same key are sent in order. */
function mayPrecede(one: Recording, other: Recording): boolean {
	const isInOrder = getOrderKey(one.values) === getOrderKey(other.values);
	return !isInOrder || one.index < other.index;
}

/**
 * Makes a plausible recording unclear if its conversion may be another item's. That item has the
 * conversion, got it as a reply too, or is unclear and may have stored it first.
 */
export function doubtPlausible(recordings: Recording[]): void {
	const ownedIds = new Set<number>();
	for (const recording of recordings) {
		const own = isPlausible(recording) ? undefined : getRecorded(recording);
		if (!own) continue;
		if (ownedIds.has(own.id)) markAlreadyRecorded(recording);
		else ownedIds.add(own.id);
	}
	const plausible = recordings.filter(isPlausible);
	const twins = groupBy(plausible, (one) => getRecorded(one)?.id);
	const alreadyRecorded = groupBy(recordings, (one) => getAlreadyRecorded(one)?.id);
	const unclear = groupBy(recordings.filter(isUnclear), ({ values }) => toClickKey(values.clickId));
	for (const recording of plausible) {
		const own = getRecorded(recording);
		if (!own) continue;
		const rivals = unclear.get(toClickKey(recording.values.clickId)) ?? [];
		const mayHaveStored = (rival: Recording) =>
			mayPrecede(rival, recording) && mayMatch(own, rival.values);
		const isOtherSale = ({ values }: Recording) =>
			!isSameReference(values.uniqueId, recording.values.uniqueId);
		const isTaken =
			ownedIds.has(own.id) ||
			alreadyRecorded.get(own.id)?.some(isOtherSale) === true ||
			rivals.some(mayHaveStored) ||
			twins.get(own.id)?.some((twin) => twin !== recording && mayPrecede(twin, recording)) === true;
		if (!isTaken) {
			ownedIds.add(own.id);
			continue;
		}
		setUnclear(recording, [own]);
		// Items with the same Unique ID took their conversion from this one. They become unclear too.
		for (const one of alreadyRecorded.get(own.id)?.filter(isPlausible) ?? [])
			setUnclear(one, [own]);
	}
}
