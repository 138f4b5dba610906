import { groupBy } from '../../../cake/groupBy';
import { mayMatch } from '../../../cake/conversions/matchRecorded';
import { isSameReference, toClickKey } from '../../../cake/conversions/sameReference';
import { isUnclear } from '../operation';
import {
	getEarlier,
	getOrderKey,
	getOwn,
	isPlausible,
	setAlreadyRecorded,
	setUnclear,
	type Recording,
} from './recordings';

/** Whether an item may have been sent before another one was answered. */
function mayPrecede(earlier: Recording, later: Recording): boolean {
	const isInTurn = getOrderKey(earlier.values) === getOrderKey(later.values);
	return !isInTurn || earlier.index < later.index;
}

/**
 * Takes back what an answer only made plausible: a conversion that another item has, that another
 * answer named too, or that an item without a clear answer may have stored before.
 */
export function doubtPlausible(recordings: Recording[]): void {
	const owners = new Set<number>();
	for (const recording of recordings) {
		const own = isPlausible(recording) ? undefined : getOwn(recording);
		if (!own) continue;
		if (owners.has(own.id)) setAlreadyRecorded(recording);
		else owners.add(own.id);
	}
	const plausible = recordings.filter(isPlausible);
	const twins = groupBy(plausible, (one) => getOwn(one)?.id);
	const earlier = groupBy(recordings, (one) => getEarlier(one)?.id);
	const unclear = groupBy(recordings.filter(isUnclear), ({ values }) => toClickKey(values.clickId));
	for (const recording of plausible) {
		const own = getOwn(recording);
		if (!own) continue;
		const rivals = unclear.get(toClickKey(recording.values.clickId)) ?? [];
		const mayHave = (rival: Recording) =>
			mayPrecede(rival, recording) && mayMatch(own, rival.values);
		const isOtherSale = ({ values }: Recording) =>
			!isSameReference(values.uniqueId, recording.values.uniqueId);
		const isTaken =
			owners.has(own.id) ||
			earlier.get(own.id)?.some(isOtherSale) === true ||
			rivals.some(mayHave) ||
			twins.get(own.id)?.some((twin) => twin !== recording && mayPrecede(twin, recording)) === true;
		if (!isTaken) {
			owners.add(own.id);
			continue;
		}
		setUnclear(recording, [own]);
		// What went by that answer falls with it.
		for (const one of earlier.get(own.id)?.filter(isPlausible) ?? []) setUnclear(one, [own]);
	}
}
