import { toMillis } from '../cake/conversions/matchRecorded';
import type { Conversion } from '../cake/types';
import type { SeenList, Snapshot } from './snapshot';
import type { PollWindow } from './window';

/** What a poll read of one watched list. */
export interface ReadList {
	conversions: Conversion[];
	/** False when conversions may be missingIds. */
	isComplete: boolean;
	/** How many CAKE said there are; absent when it did not say. */
	reported?: number | undefined;
	/** Of conversions that were left out since their status is none that CAKE is known to have. */
	unknownStatuses?: string[];
}

/** From this length on a list that loses most of its conversions at once is doubted. */
const LONG_LIST = 10;

/** From this length on a list that becomes empty is doubted. */
const SHORT_LIST = 3;

/** How long a doubted loss must last to be believed. */
const DOUBT_MS = 3_600_000;

/** How many more polls only remember when the first one could not read everything. */
const POLLS_TO_LEARN = 3;

/**
 * Compares what was read with what is remembered. New are the conversions that memory lacks. One that
 * is forgotten is new again when it comes back; it is forgotten
 * - in the list of a status, when only the list of another status has it: so what is announced last of
 *   a conversion is the status it was last seen in;
 * - in the list of a status, when two complete reads in a row lack it. Absence is not proved by a read
 *   that may lack rows, nor, for an hour, by one that suddenly has far less than the one before: a
 *   replica of CAKE's database that lags behind answers like that;
 * - in the list of all, when two complete reads lack it that followed a move of the window, which are a
 *   day apart: it has grown too old. Nothing becomes a new conversion twice.
 * @returns the new conversions, oldest first, and what to remember from now on
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
		const known = window.memory?.lists[name];
		const isLearning = known === undefined || known.pollsToLearn !== undefined;
		if (!isLearning) {
			for (const one of conversions) if (!known.seenIds.has(one.id)) fresh.push(one);
		}
		const elsewhere = reads.filter((other) => other.name !== name).map((other) => other.ids);
		const staying = withoutMoved(known ?? NOTHING, elsewhere);
		next[name] = {
			...remember(staying, ids, isComplete, window),
			...(isLearning && !isComplete && learnOn(known)),
		};
	}
	const isComplete = reads.every((read) => read.isComplete);
	return { fresh: oldestFirst(fresh), next: { ...window.advance(isComplete), lists: next } };
}

const NOTHING: SeenList = { seenIds: new Set(), missingIds: new Set() };

/** What a first read lacked was there already, and is not to be announced by the next. */
function learnOn(known: SeenList | undefined): Pick<SeenList, 'pollsToLearn'> {
	const left = (known?.pollsToLearn ?? POLLS_TO_LEARN + 1) - 1;
	return left > 0 ? { pollsToLearn: left } : {};
}

/** Without those that another list has: whoever is in both is remembered anyway. */
function withoutMoved(known: SeenList, elsewhere: Array<Set<number>>): SeenList {
	if (elsewhere.length === 0) return known;
	const hasMoved = (id: number) => elsewhere.some((ids) => ids.has(id));
	return { ...known, seenIds: new Set([...known.seenIds].filter((id) => !hasMoved(id))) };
}

function remember(
	known: SeenList,
	present: Set<number>,
	isComplete: boolean,
	{ settings, memory, now }: PollWindow,
): SeenList {
	// Only its age takes a conversion out of the list of all, and it ages when the window moves.
	const isListOfAll = settings.event === 'new';
	const doubtedSince =
		!isListOfAll && isMostlyGone(known, present)
			? (known.doubtedSince ?? (isComplete ? now : undefined))
			: undefined;
	// Either way: a clock that is set back must not make it doubted for ever.
	const isBelieved = doubtedSince === undefined || Math.abs(now - doubtedSince) >= DOUBT_MS;
	const provesAbsence = isComplete && isBelieved && (!isListOfAll || memory?.isNarrower === true);
	const seenIds = new Set(present);
	const missingIds = new Set<number>();
	for (const id of known.seenIds) {
		if (present.has(id)) continue;
		const isGone = provesAbsence && known.missingIds.has(id);
		if (isGone) continue;
		seenIds.add(id);
		if (provesAbsence || known.missingIds.has(id)) missingIds.add(id);
	}
	return { seenIds, missingIds, ...(doubtedSince !== undefined && { doubtedSince }) };
}

/** Those that the last read lacked already do not count: they were not doubted then. */
function isMostlyGone(
	{ seenIds, missingIds, doubtedSince }: SeenList,
	present: Set<number>,
): boolean {
	const expected = [...seenIds].filter((id) => !missingIds.has(id));
	const gone = expected.filter((id) => !present.has(id)).length;
	// What comes meanwhile does not end the doubt.
	if (doubtedSince !== undefined || gone === expected.length) return gone >= SHORT_LIST;
	return expected.length >= LONG_LIST && gone * 2 > expected.length;
}

/** By date where every conversion has one that can be read, then by ID. */
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
