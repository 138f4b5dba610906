import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import { decodeIds, encodeIds } from './idCodec';

/** What one watched list (a status, or all conversions) had when it was last read. */
export interface SeenList {
	/** Conversions that were announced, or were there from the start. */
	seen: Set<number>;
	/** Those of them that a read lacked which proves something: a second one makes them forgotten. */
	missing: Set<number>;
	/** Since when most of the list is gone, while that is so, epoch milliseconds. */
	doubtedSince?: number;
	/** So many polls more only remember: none has read the list to its end yet. */
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

/** Of the stored form. A later format raises it and goes on reading the earlier ones. */
const VERSION = 1;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Stored memory that cannot be used. The message completes "The memory of this trigger …". */
export class UnusableSnapshot extends Error {}

const damaged = () => new UnusableSnapshot('is damaged');

/** Plain JSON; `check` is equal where the same is remembered. */
export type StoredSnapshot = IDataObject & { check: string };

type StoredList = Omit<SeenList, 'seen' | 'missing'> & { seen: string; missing: string };

type Stored = Omit<Snapshot, 'lists'> & { version: number; lists: Record<string, StoredList> };

/**
 * Guards what is remembered: one changed character in the IDs decodes to other IDs, and their
 * conversions would be announced. Equal memory has an equal checksum, whatever its counter.
 */
function checksumOf(stored: Stored): string {
	const { version, scope, from, isNarrower = false, polledOn, lists } = stored;
	const parts = Object.keys(lists)
		.sort()
		.map((name) => {
			const { seen, missing, doubtedSince = 0, pollsToLearn = 0 } = lists[name];
			return [name, seen, missing, doubtedSince, pollsToLearn];
		});
	const text = JSON.stringify([version, scope, from, isNarrower, polledOn, parts]);
	return createHash('sha256').update(text).digest('base64').slice(0, 16);
}

/** The form n8n keeps in its database: plain JSON, IDs as short text. */
export function toStored(snapshot: Snapshot): StoredSnapshot {
	const lists: Stored['lists'] = {};
	for (const [name, { seen, missing, ...rest }] of Object.entries(snapshot.lists)) {
		lists[name] = { ...rest, seen: encodeIds(seen), missing: encodeIds(missing) };
	}
	const stored: Stored = { version: VERSION, ...snapshot, lists };
	return { ...stored, check: checksumOf(stored) };
}

/**
 * Reads what `toStored` made.
 * @returns undefined where nothing was stored yet
 * @throws UnusableSnapshot when it is damaged, or written by something else
 */
export function fromStored(value: unknown): Snapshot | undefined {
	if (value === undefined || value === null) return undefined;
	if (!isObject(value)) throw new UnusableSnapshot('is not in a form it knows');
	if (typeof value.version === 'number' && value.version > VERSION) {
		throw new UnusableSnapshot('was written by a newer version of this node');
	}
	if (!isStored(value)) throw new UnusableSnapshot('is not in a form it knows');
	if (value.check !== checksumOf(value)) throw damaged();
	const { scope, counter, from, isNarrower, polledOn } = value;
	const lists: Snapshot['lists'] = {};
	try {
		for (const [name, { seen, missing, ...rest }] of Object.entries(value.lists)) {
			lists[name] = {
				...rest,
				seen: new Set(decodeIds(seen)),
				missing: new Set(decodeIds(missing)),
			};
		}
	} catch {
		throw damaged();
	}
	return { scope, counter, from, ...(isNarrower && { isNarrower }), polledOn, lists };
}

/** The counter of stored memory, whatever else is wrong with it: tells whether another poll wrote. */
export function counterOf(value: unknown): number | undefined {
	return isObject(value) && typeof value.counter === 'number' ? value.counter : undefined;
}

/** The checksum of stored memory that could be read: equal where the same is remembered. */
export function checkOf(value: unknown): unknown {
	return isObject(value) ? value.check : undefined;
}

/** The counter to write next. Begins anew after one that no longer counts, which would damage all to come. */
export function counterAfter(counter: number | undefined): number {
	const next = (counter ?? 0) + 1;
	return Number.isSafeInteger(next) ? next : 1;
}

function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStored(value: IDataObject): value is Stored & StoredSnapshot {
	const { version, scope, counter, from, isNarrower, polledOn, lists, check } = value;
	return (
		version === VERSION &&
		typeof scope === 'string' &&
		Number.isSafeInteger(counter) &&
		[from, polledOn].every((day) => typeof day === 'string' && DAY.test(day)) &&
		(isNarrower === undefined || isNarrower === true) &&
		typeof check === 'string' &&
		isObject(lists) &&
		Object.values(lists).every(isStoredList)
	);
}

function isStoredList(list: unknown): boolean {
	if (!isObject(list)) return false;
	const { seen, missing, doubtedSince, pollsToLearn } = list;
	return (
		typeof seen === 'string' &&
		typeof missing === 'string' &&
		[doubtedSince, pollsToLearn].every(
			(value) => value === undefined || (Number.isSafeInteger(value) && Number(value) > 0),
		)
	);
}
