import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../cake/values';

/** What the trigger remembers of one watched list: of a status, or of all conversions. */
export interface SeenList {
	/** IDs of conversions that were announced, or were there from the start. */
	seenIds: Set<number>;
	/** Seen IDs that the last complete read lacked. Lacked again by the next, they are dropped. */
	missingIds: Set<number>;
	/** When a read first lacked most of the list, epoch milliseconds. Absent when none is doubted. */
	doubtedSince?: number;
	/** At most this many more polls only remember, since none has read the whole list yet. */
	pollsToLearn?: number;
}

/** What the trigger remembers between two polls. */
export interface Snapshot {
	/** The scope in the settings of the poll that wrote this. */
	scope: string;
	/** Every change raises it, so that a poll notices when another one finished meanwhile. */
	counter: number;
	/** The first day that the next poll reads, `YYYY-MM-DD`. */
	from: string;
	/** Set from a narrowing of the window until a complete read: missing IDs may be too old. */
	isNarrower?: true;
	/** The day of the poll that wrote this, UTC. A clock that is set back does not lower it. */
	polledOn: string;
	lists: Record<string, SeenList>;
}

/** The version of the stored form. */
const VERSION = 1;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Stored memory that cannot be used. The message completes "The memory of this trigger …". */
export class UnusableSnapshot extends Error {}

const createFormError = () => new UnusableSnapshot('is not in a form it knows');

/** Letters for the last digit of a number, 0 to 9. The letter ends it, so no separator is needed. */
const LAST_DIGITS = 'abcdefghij';
const CODE_OF_0 = 48;
const CODE_OF_A = 97;

/**
 * Writes IDs as short text: the lowest ID, then how many numbers lie between each ID and the next.
 * Each number is decimal, with a letter as its last digit: 7, 8 and 1009 are `ha100a`.
 * @param ids positive safe integers, in any order; an ID may repeat
 */
export function encodeIds(ids: Iterable<number>): string {
	let text = '';
	let next = 0;
	for (const id of Float64Array.from(ids).sort()) {
		const between = id - next;
		if (between < 0) continue;
		text += `${Math.floor(between / 10) || ''}${LAST_DIGITS.charAt(between % 10)}`;
		next = id + 1;
	}
	return text;
}

/**
 * Reads what `encodeIds` wrote.
 * @returns the IDs, ascending
 * @throws UnusableSnapshot
 */
export function decodeIds(text: string): number[] {
	if (/[^\da-j]|\d$/.test(text)) throw createFormError();
	const ids: number[] = [];
	let next = 0;
	let between = 0;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		const isLastDigit = code >= CODE_OF_A;
		between = between * 10 + (code - (isLastDigit ? CODE_OF_A : CODE_OF_0));
		if (!isLastDigit) continue;
		const id = next + between;
		if (!Number.isSafeInteger(id)) throw createFormError();
		ids.push(id);
		next = id + 1;
		between = 0;
	}
	return ids;
}

type StoredList = Omit<SeenList, 'seenIds' | 'missingIds'> & {
	seenIds: string;
	missingIds: string;
};

type Stored = Omit<Snapshot, 'lists'> & { lists: Record<string, StoredList> };

/** Makes the form that n8n keeps in its database: plain JSON, in ASCII. */
export function toStored(snapshot: Snapshot): IDataObject {
	const lists: Stored['lists'] = {};
	for (const [name, { seenIds, missingIds, ...rest }] of Object.entries(snapshot.lists)) {
		lists[name] = { ...rest, seenIds: encodeIds(seenIds), missingIds: encodeIds(missingIds) };
	}
	return { version: VERSION, ...snapshot, lists };
}

/**
 * Reads what `toStored` made.
 * @returns undefined when nothing is stored yet
 * @throws UnusableSnapshot when the value has another form or a newer version
 */
export function fromStored(value: unknown): Snapshot | undefined {
	if (value === undefined || value === null) return undefined;
	if (isObject(value) && typeof value.version === 'number' && value.version > VERSION) {
		throw new UnusableSnapshot('was written by a newer version of this node');
	}
	if (!isStored(value)) throw createFormError();
	const { scope, counter, from, isNarrower, polledOn } = value;
	const lists: Snapshot['lists'] = {};
	for (const [name, { seenIds, missingIds, ...rest }] of Object.entries(value.lists)) {
		lists[name] = {
			...rest,
			seenIds: new Set(decodeIds(seenIds)),
			missingIds: new Set(decodeIds(missingIds)),
		};
	}
	return { scope, counter, from, ...(isNarrower && { isNarrower }), polledOn, lists };
}

/** Whether two stored forms are equal, apart from their counters. */
export function isSameMemory(stored: unknown, other: IDataObject): boolean {
	const toText = (value: unknown) =>
		JSON.stringify(isObject(value) ? { ...value, counter: 0 } : value);
	return toText(stored) === toText(other);
}

/** The counter of stored memory, even if the rest is unreadable. It shows whether a poll wrote. */
export function getCounter(value: unknown): number | undefined {
	return isObject(value) && typeof value.counter === 'number' ? value.counter : undefined;
}

/** The counter to write next. It starts again at 1 after the largest safe integer. */
export function getNextCounter(counter: number | undefined): number {
	const next = (counter ?? 0) + 1;
	return Number.isSafeInteger(next) ? next : 1;
}

function isStored(value: unknown): value is Stored {
	if (!isObject(value)) return false;
	const { version, scope, counter, from, isNarrower, polledOn, lists } = value;
	return (
		version === VERSION &&
		typeof scope === 'string' &&
		Number.isSafeInteger(counter) &&
		[from, polledOn].every((day) => typeof day === 'string' && DAY.test(day)) &&
		(isNarrower === undefined || isNarrower === true) &&
		isObject(lists) &&
		Object.values(lists).every(isStoredList)
	);
}

function isStoredList(list: unknown): boolean {
	if (!isObject(list)) return false;
	const { seenIds, missingIds, doubtedSince = 1, pollsToLearn = 1 } = list;
	return (
		[seenIds, missingIds].every((ids) => typeof ids === 'string') &&
		[doubtedSince, pollsToLearn].every((count) => Number.isSafeInteger(count) && Number(count) > 0)
	);
}
