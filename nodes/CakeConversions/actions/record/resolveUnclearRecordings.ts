import { groupBy } from '../../../cake/groupBy';
import { readAround } from '../../../cake/conversions/readAround';
import { isSameAmount, mayMatch, toMillis } from '../../../cake/conversions/matchRecorded';
import type { RequestContext } from '../../../cake/transport/retry';
import {
	isSameClick,
	isSameReference,
	toClickKey,
	toReferenceKey,
} from '../../../cake/conversions/sameReference';
import type { Conversion, ConversionToRecord, Recorded } from '../../../cake/types';
import { doubtPlausible } from './doubtPlausible';
import { getFailure, isUnclear } from '../operation';
import {
	getRecorded,
	isBareDuplicate,
	isPlausible,
	hasUnknownConversion,
	setRefused,
	setStored,
	setUnclear,
	type Recording,
} from './recordings';

/** Decides an item when a conversion carries its Unique ID. `clickId` is that conversion's click. */
function resolveByUniqueId(
	recording: Recording,
	conversion: Conversion,
	clickId: unknown,
	isAlreadyRecorded?: boolean,
	proof?: Recorded['proof'],
): void {
	const isOfClick = (clickId ?? '') === '' || isSameClick(clickId, recording.values.clickId);
	if (isOfClick) setStored(recording, conversion, isAlreadyRecorded, proof);
	else if (isUnclear(recording)) setUnclear(recording, [conversion]);
	else setRefused(recording, conversion);
}

/** Decides the items whose Unique ID another item of this run recorded. */
function resolveByThisRun(recordings: Recording[], open: Recording[]): void {
	const byUniqueId = new Map<string, { own: Conversion; source: Recording }>();
	for (const source of recordings) {
		const own = getRecorded(source);
		const { uniqueId } = source.values;
		if (own && uniqueId !== undefined) byUniqueId.set(toReferenceKey(uniqueId), { own, source });
	}
	for (const recording of open) {
		const { uniqueId } = recording.values;
		const recorded = uniqueId === undefined ? undefined : byUniqueId.get(toReferenceKey(uniqueId));
		if (!recorded) continue;
		const { own, source } = recorded;
		// The proof is only as good as that of the other item.
		const proof = isPlausible(source) ? 'plausible' : 'proven';
		resolveByUniqueId(recording, own, source.values.clickId, true, proof);
	}
}

/** Decides the items whose Unique ID is in CAKE's list. */
function resolveByListedId(open: Recording[], findListed: FindListed): void {
	for (const recording of open) {
		const { uniqueId } = recording.values;
		if (uniqueId === undefined) continue;
		const carrier = findListed(recording).find(({ row }) =>
			isSameReference(row.unique_id, uniqueId),
		);
		if (carrier) resolveByUniqueId(recording, carrier, carrier.row.click_id);
	}
}

/** Gives the conversions in CAKE's list that share the click or the Unique ID of an item. */
type FindListed = (recording: Recording) => Conversion[];

/** Whether a row has the click and the order of a sale, and no Unique ID. */
function hasSameOrder({ row }: Conversion, { clickId, orderId }: ConversionToRecord): boolean {
	return (
		orderId !== undefined &&
		isSameClick(row.click_id, clickId) &&
		isSameReference(row.order_id, orderId) &&
		(row.unique_id ?? '') === ''
	);
}

function isSameSecond(shown: unknown, sent: string): boolean {
	return Math.floor(toMillis(shown) / 1000) === Math.floor(toMillis(sent) / 1000);
}

/** Whether the values of a row prove that it is this sale. Only for sales without a Unique ID. */
function isIdenticalSale(conversion: Conversion, sale: ConversionToRecord): boolean {
	const { row } = conversion;
	return (
		hasSameOrder(conversion, sale) &&
		sale.uniqueId === undefined &&
		sale.conversionDate !== undefined &&
		isSameSecond(row.conversion_date, sale.conversionDate) &&
		isSameAmount(row.payout, sale.payout) &&
		isSameAmount(row.revenue, sale.revenue)
	);
}

interface Named {
	conversion: Conversion;
	recording: Recording;
}

/** The conversions that replies named for items which are still unclear, by ID. */
function groupNamed(recordings: Recording[]): Map<number, Named[]> {
	const named = recordings.filter(isUnclear).flatMap((recording) => {
		const conversions = getFailure(recording)?.facts.conversions ?? [];
		return conversions.map((conversion) => ({ conversion, recording }));
	});
	return groupBy(named, ({ conversion }) => conversion.id);
}

/**
 * Decides each of `chosen` that exactly one row fits, unless another item owns the row, got it named in
 * a reply, or is undecided and could own it too: CAKE may have stored the row of `chosen` differently.
 */
function resolveByFit(
	{ chosen, undecided }: { chosen: Recording[]; undecided: Recording[] },
	findListed: FindListed,
	owned: Set<number>,
	named: Map<number, Named[]>,
	isFit: (conversion: Conversion, sale: ConversionToRecord) => boolean,
): void {
	const rivals = groupBy(undecided, ({ values }) => toClickKey(values.clickId));
	const proven = chosen.flatMap((recording) => {
		const [fit, ...others] = findListed(recording).filter((one) => isFit(one, recording.values));
		if (!fit || others.length > 0 || owned.has(fit.id)) return [];
		const contenders = rivals.get(toClickKey(recording.values.clickId)) ?? [];
		const isOnly = contenders.every((one) => one === recording || !mayMatch(fit, one.values));
		const isNamedForOther = named.get(fit.id)?.some((one) => one.recording !== recording);
		return isOnly && !isNamedForOther ? [{ recording, fit }] : [];
	});
	for (const { recording, fit } of proven) {
		owned.add(fit.id);
		setStored(recording, fit);
	}
}

const getOwned = (recordings: Recording[]) =>
	new Set(recordings.flatMap((one) => getRecorded(one)?.id ?? []));

/** Decides open items by this run and by CAKE's list. @returns what the list has for an item */
async function resolveOpen(
	recordings: Recording[],
	isOpen: (recording: Recording) => boolean,
	context: RequestContext | undefined,
): Promise<FindListed> {
	resolveByThisRun(recordings, recordings.filter(isOpen));
	const open = recordings.filter(isOpen);
	const values = open.map((one) => one.values);
	const lists = context && (await readAround(context, values));
	const findListed: FindListed = (one) => lists?.get(one.values) ?? [];
	resolveByListedId(open, findListed);
	const owned = getOwned(recordings);
	const named = groupNamed(recordings);
	const choose = (isChosen: typeof isOpen) => {
		const undecided = open.filter(isOpen);
		return { chosen: undecided.filter(isChosen), undecided };
	};
	resolveByFit(choose(hasUnknownConversion), findListed, owned, named, hasSameOrder);
	resolveByFit(choose(isUnclear), findListed, owned, named, isIdenticalSale);
	return findListed;
}

/**
 * Decides items with an unclear reply, and items that CAKE called duplicates without naming the
 * conversion. Uses the recordings of this run and CAKE's list. Never sends a recording again.
 * @param context absent when nothing more may be sent; then the list is not read
 * @param isAllSent whether no item is left to send. Items with `hasUnknownConversion` wait for that.
 */
export async function resolveUnclearRecordings(
	recordings: Recording[],
	context: RequestContext | undefined,
	isAllSent: boolean,
): Promise<void> {
	const isOpen = (one: Recording) =>
		isUnclear(one) || isBareDuplicate(one) || (isAllSent && hasUnknownConversion(one));
	const isAnyOpen = recordings.some(isOpen);
	const findListed = isAnyOpen ? await resolveOpen(recordings, isOpen, context) : () => [];
	doubtPlausible(recordings);
	const undecided = recordings.filter(isOpen);
	if (undecided.length === 0) return;
	// Computed again: `doubtPlausible` may have freed conversions for other items.
	const certain = getOwned(recordings);
	for (const recording of undecided) nameCandidates(recording, findListed(recording), certain);
}

/** Adds to the failure of an undecided item the conversions that it may be. */
function nameCandidates(recording: Recording, listed: Conversion[], owned: Set<number>): void {
	const { values } = recording;
	const free = listed.filter(
		(one) => !owned.has(one.id) && isSameClick(one.row.click_id, values.clickId),
	);
	if (isUnclear(recording)) setUnclear(recording, free);
	const duplicate = isBareDuplicate(recording) && getFailure(recording);
	if (!duplicate) return;
	const conversions = listed.filter((one) => mayMatch(one, values));
	recording.outcome = { status: 'failed', error: duplicate.with({ conversions }) };
}
