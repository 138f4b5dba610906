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
	getOwn,
	isBareDuplicate,
	isPlausible,
	isUnnamed,
	setRefused,
	setStored,
	setUnclear,
	type Recording,
} from './recordings';

/** Settles an item whose Unique ID a conversion of this click is known to carry. */
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

/** Settles the items whose Unique ID another item of this run has recorded. */
function resolveByThisRun(recordings: Recording[], open: Recording[]): void {
	const byUniqueId = new Map<string, { own: Conversion; source: Recording }>();
	for (const source of recordings) {
		const own = getOwn(source);
		const { uniqueId } = source.values;
		if (own && uniqueId !== undefined) byUniqueId.set(toReferenceKey(uniqueId), { own, source });
	}
	for (const recording of open) {
		const { uniqueId } = recording.values;
		const known = uniqueId === undefined ? undefined : byUniqueId.get(toReferenceKey(uniqueId));
		if (!known) continue;
		const { own, source } = known;
		// No better proved than the answer it goes by.
		const proof = isPlausible(source) ? 'plausible' : 'proven';
		resolveByUniqueId(recording, own, source.values.clickId, true, proof);
	}
}

/** Settles the items whose Unique ID a row of CAKE's list carries. */
function resolveByCarriedId(open: Recording[], found: Found): void {
	for (const recording of open) {
		const { uniqueId } = recording.values;
		if (uniqueId === undefined) continue;
		const carrier = found(recording).find(({ row }) => isSameReference(row.unique_id, uniqueId));
		if (carrier) resolveByUniqueId(recording, carrier, carrier.row.click_id);
	}
}

/** The conversions that CAKE's list holds for an item. */
type Found = (recording: Recording) => Conversion[];

/** Whether the list shows the very click and order of a sale, and no Unique ID to tell it by. */
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

/** Whether a row that nothing but its values tells apart can only be this sale. */
function isVerySale(conversion: Conversion, sale: ConversionToRecord): boolean {
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

/**
 * Settles items by the only row that fits, where no other item owns it. Rivals are the items in `open`
 * alone: CAKE said that it has an unnamed one, and that outweighs an unclear item.
 */
function resolveByFit(
	open: Recording[],
	found: Found,
	owned: Set<number>,
	fits: (conversion: Conversion, sale: ConversionToRecord) => boolean,
): void {
	const rivals = groupBy(open, ({ values }) => toClickKey(values.clickId));
	const proven = open.flatMap((recording) => {
		const [fit, ...others] = found(recording).filter((one) => fits(one, recording.values));
		if (!fit || others.length > 0 || owned.has(fit.id)) return [];
		const contenders = rivals.get(toClickKey(recording.values.clickId)) ?? [];
		const isOnly = contenders.every((one) => one === recording || !mayMatch(fit, one.values));
		return isOnly ? [{ recording, fit }] : [];
	});
	for (const { recording, fit } of proven) {
		owned.add(fit.id);
		setStored(recording, fit);
	}
}

/**
 * Decides what the replies left open, from what this run recorded and from CAKE's list: items without
 * a clear answer, and those of which CAKE said that it has them. Never sends a recording again.
 * @param line absent when nothing more may be sent: then nothing is read
 * @param isLast whether all is sent; what CAKE had already is looked for once, at the end
 */
export async function resolveUnclearRecordings(
	recordings: Recording[],
	context: RequestContext | undefined,
	isLast: boolean,
): Promise<void> {
	const isOpen = (one: Recording) =>
		isUnclear(one) || isBareDuplicate(one) || (isLast && isUnnamed(one));
	const select = () => recordings.filter(isOpen);
	resolveByThisRun(recordings, select());
	const open = select();
	const values = open.map((one) => one.values);
	const lists = context && (await readAround(context, values));
	const found: Found = (one) => lists?.get(one.values) ?? [];
	const getOwned = () => new Set(recordings.flatMap((one) => getOwn(one)?.id ?? []));
	resolveByCarriedId(open, found);
	const owned = getOwned();
	resolveByFit(select().filter(isUnnamed), found, owned, hasSameOrder);
	resolveByFit(select().filter(isUnclear), found, owned, isVerySale);
	doubtPlausible(recordings);
	// Only now: what has come into doubt may be another item's.
	const certain = getOwned();
	for (const recording of select()) nameCandidates(recording, found(recording), certain);
}

/** Names the conversions an undecided item may be. */
function nameCandidates(recording: Recording, found: Conversion[], owned: Set<number>): void {
	const { values } = recording;
	const free = found.filter(
		(one) => !owned.has(one.id) && isSameClick(one.row.click_id, values.clickId),
	);
	if (isUnclear(recording)) setUnclear(recording, free);
	const duplicate = isBareDuplicate(recording) && getFailure(recording);
	if (!duplicate) return;
	const conversions = found.filter((one) => mayMatch(one, values));
	recording.outcome = { status: 'failed', error: duplicate.with({ conversions }) };
}
