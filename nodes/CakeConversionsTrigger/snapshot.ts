import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../cake/values';

/** What one watched list (a status, or all conversions) had when it was last read. */
export interface SeenList {
	/** Conversions that were announced, or were there from the start. */
	seenIds: Set<number>;
	/** Seen IDs that the last complete read lacked. Lacked again by the next, they are dropped. */
	missingIds: Set<number>;
	/** Since when most of the list is gone, while that is so, epoch milliseconds. */
	doubtedSince?: number;
	/** How many more polls only remember, while none has read the whole list. */
	pollsToLearn?: number;
}

/** What the trigger remembers between two polls. */
export interface Snapshot {
	/** What was watched; memory of anything else is of no use. */
	scope: string;
	/** Raised with every change, so that a poll sees that another one finished meanwhile. */
	counter: number;
	/** The first day to read, `YYYY-MM-DD`. */
	from: string;
	/** Whether no poll has read all of the window since it grew narrower: what is gone may be too old. */
	isNarrower?: true;
	/** The day of the poll that wrote this, UTC. */
	polledOn: string;
	lists: Record<string, SeenList>;
}

/** Of the stored form. */
const VERSION = 1;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Stored memory that cannot be used. The message completes "The memory of this trigger …". */
export class UnusableSnapshot extends Error {}

const unknownForm = () => new UnusableSnapshot('is not in a form it knows');

/** For the last digit of a number, from 0 to 9. It ends the number, so no separator has to. */
const LAST_DIGITS = 'abcdefghij';
const CODE_OF_0 = 48;
const CODE_OF_A = 97;

/**
 * Writes conversion IDs as short text: the lowest, then how many numbers lie between each and the next.
 * All in decimal, with a letter for the last digit: 7, 8 and 1009 are `ha100a`.
 * @param ids positive safe integers, in any order, repeated or not
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
	if (/[^\da-j]|\d$/.test(text)) throw unknownForm();
	const ids: number[] = [];
	let next = 0;
	let between = 0;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		const isLastDigit = code >= CODE_OF_A;
		between = between * 10 + (code - (isLastDigit ? CODE_OF_A : CODE_OF_0));
		if (!isLastDigit) continue;
		const id = next + between;
		if (!Number.isSafeInteger(id)) throw unknownForm();
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

/** The form that n8n keeps in its database: plain JSON, in ASCII. */
export function toStored(snapshot: Snapshot): IDataObject {
	const lists: Stored['lists'] = {};
	for (const [name, { seenIds, missingIds, ...rest }] of Object.entries(snapshot.lists)) {
		lists[name] = { ...rest, seenIds: encodeIds(seenIds), missingIds: encodeIds(missingIds) };
	}
	return { version: VERSION, ...snapshot, lists };
}

/**
 * Reads what `toStored` made.
 * @returns undefined where nothing was stored yet
 * @throws UnusableSnapshot when something else wrote it
 */
export function fromStored(value: unknown): Snapshot | undefined {
	if (value === undefined || value === null) return undefined;
	if (isObject(value) && typeof value.version === 'number' && value.version > VERSION) {
		throw new UnusableSnapshot('was written by a newer version of this node');
	}
	if (!isStored(value)) throw unknownForm();
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

/** Whether two stored forms remember the same, whatever their counters. */
export function isSameMemory(stored: unknown, other: IDataObject): boolean {
	const toText = (value: unknown) =>
		JSON.stringify(isObject(value) ? { ...value, counter: 0 } : value);
	return toText(stored) === toText(other);
}

/** The counter of stored memory, whatever else is wrong with it: tells whether another poll wrote. */
export function getCounter(value: unknown): number | undefined {
	return isObject(value) && typeof value.counter === 'number' ? value.counter : undefined;
}

/** The counter to write next. Begins anew after one that no longer counts. */
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
