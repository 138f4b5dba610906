import { toMillis } from '../cake/conversions/matchRecorded';
import type { Conversion } from '../cake/types';
import type { SeenList, Snapshot } from './snapshot';
import type { PollWindow } from './window';

/** What a poll read of one watched list. */
export interface ReadList {
	conversions: Conversion[];
	/** False when the read may lack conversions. */
	isComplete: boolean;
	/** The total that CAKE gave. Absent when it gave none. */
	reported?: number | undefined;
	/** Some statuses that CAKE is not known to have. Conversions with them are left out. */
	unknownStatuses?: string[];
}

/** A list at least this long is doubted when it loses over half of its conversions at once. */
const LONG_LIST = 10;

/** A list at least this long is doubted when it loses all of its conversions at once. */
const SHORT_LIST = 3;

/** How long a loss is doubted. If it lasts longer, it is believed. */
const DOUBT_MS = 3_600_000;

/** After a first poll that could not read everything, up to this many more only remember. */
const POLLS_TO_LEARN = 3;

/**
 * Compares what a poll read with memory. A conversion is new when memory lacks its ID. Memory drops
 * some IDs. If such a conversion returns, it is new again:
 * - A status drops an ID that moved to another. So the status announced last is the status read last.
 * - A status drops an ID that two complete reads in a row lack. A read that suddenly lacks most of the
 *   list proves nothing for an hour: a replica of CAKE's database that lags behind answers like that.
 * - The list of all drops an ID that is too old: two complete reads lack it, each the first after the
 *   window moved, and moves are a day apart. So no conversion is announced as new twice.
 * @returns `fresh`: the new conversions, oldest first; `next`: what to remember from now on
 */
export function findChanges(
	window: PollWindow,
	lists: Record<string, ReadList>,
): { fresh: Conversion[]; next: Omit<Snapshot, 'counter'> } {
	const reads = Object.entries(lists).map(([name, list]) => ({
		...list,
		name,
		ids: new Set(list.conversions.map(({ id }) => id)),
	}));
	const fresh: Conversion[] = [];
	const next: Snapshot['lists'] = {};
	for (const { name, conversions, ids, isComplete } of reads) {
		const remembered = window.memory?.lists[name];
		const isLearning = remembered === undefined || remembered.pollsToLearn !== undefined;
		if (!isLearning) {
			for (const one of conversions) {
				if (!remembered.seenIds.has(one.id)) fresh.push(addPreviousStatus(one, window, name));
			}
		}
		const otherLists = reads.filter((other) => other.name !== name).map((other) => other.ids);
		const staying = dropMoved(remembered ?? EMPTY_LIST, otherLists);
		next[name] = {
			...updateList(staying, ids, isComplete, window),
			...(isLearning && !isComplete && keepLearning(remembered)),
		};
	}
	const isComplete = reads.every((read) => read.isComplete);
	return { fresh: oldestFirst(fresh), next: { ...window.advance(isComplete), lists: next } };
}

/**
 * Adds to a row in which other watched status the trigger last saw the conversion, null if it cannot
 * tell. With one watched status there is nothing to tell.
 */
export function addPreviousStatus(
	{ id, row }: Conversion,
	{ settings, memory }: Pick<PollWindow, 'settings' | 'memory'>,
	list?: string,
): Conversion {
	if (settings.statuses.length < 2) return { id, row };
	const candidates = settings.statuses.filter((name) => {
		const { seenIds, missingIds, doubtedSince } = memory?.lists[name] ?? EMPTY_LIST;
		return name !== list && !doubtedSince && seenIds.has(id) && !missingIds.has(id);
	});
	const previous = candidates.length === 1 ? candidates[0] : null;
	return { id, row: { ...row, previous_status: previous ?? null } };
}

const EMPTY_LIST: SeenList = { seenIds: new Set(), missingIds: new Set() };

/** The first read may have lacked old conversions. The next poll must not announce them as new. */
function keepLearning(remembered: SeenList | undefined): Pick<SeenList, 'pollsToLearn'> {
	const left = (remembered?.pollsToLearn ?? POLLS_TO_LEARN + 1) - 1;
	return left > 0 ? { pollsToLearn: left } : {};
}

/** Drops IDs that another list has. `updateList` adds back the ones that this list has as well. */
function dropMoved(remembered: SeenList, otherLists: Array<Set<number>>): SeenList {
	if (otherLists.length === 0) return remembered;
	const hasMoved = (id: number) => otherLists.some((ids) => ids.has(id));
	return { ...remembered, seenIds: new Set([...remembered.seenIds].filter((id) => !hasMoved(id))) };
}

/** @param present the IDs that the poll read */
function updateList(
	remembered: SeenList,
	present: Set<number>,
	isComplete: boolean,
	{ settings, memory, now }: PollWindow,
): SeenList {
	// Conversions leave the list of all only when they grow too old: when the window moves.
	const isListOfAll = settings.event === 'new';
	const doubtedSince =
		!isListOfAll && isMostlyGone(remembered, present)
			? (remembered.doubtedSince ?? (isComplete ? now : undefined))
			: undefined;
	// A clock that is set back makes the difference negative. The doubt must not last forever then.
	const isBelieved = doubtedSince === undefined || Math.abs(now - doubtedSince) >= DOUBT_MS;
	const provesAbsence = isComplete && isBelieved && (!isListOfAll || memory?.isNarrower === true);
	const seenIds = new Set(present);
	const missingIds = new Set<number>();
	for (const id of remembered.seenIds) {
		if (present.has(id)) continue;
		const isGone = provesAbsence && remembered.missingIds.has(id);
		if (isGone) continue;
		seenIds.add(id);
		if (provesAbsence || remembered.missingIds.has(id)) missingIds.add(id);
	}
	return { seenIds, missingIds, ...(doubtedSince !== undefined && { doubtedSince }) };
}

/** Missing IDs do not count: an earlier read lacked them and was believed. */
function isMostlyGone(
	{ seenIds, missingIds, doubtedSince }: SeenList,
	present: Set<number>,
): boolean {
	const expected = [...seenIds].filter((id) => !missingIds.has(id));
	const gone = expected.filter((id) => !present.has(id)).length;
	// New conversions make the list longer. That must not end the doubt.
	if (doubtedSince !== undefined || gone === expected.length) return gone >= SHORT_LIST;
	return expected.length >= LONG_LIST && gone * 2 > expected.length;
}

/** Sorts by date, then by ID. By ID alone when a date is missing or unreadable. */
export function oldestFirst(conversions: Conversion[]): Conversion[] {
	const keyed = conversions.map((conversion) => ({
		conversion,
		at: toMillis(conversion.row.conversion_date),
	}));
	const isDated = keyed.every(({ at }) => !Number.isNaN(at));
	keyed.sort(
		(left, right) => (isDated ? left.at - right.at : 0) || left.conversion.id - right.conversion.id,
	);
	return keyed.map(({ conversion }) => conversion);
}
