import type { IDataObject } from 'n8n-workflow';

import { CakeError } from '../errors';
import type { CakeCall } from '../transport/call';
import { isObject, parseId, trim } from '../values';

/** What has a name in CAKE. */
export const DIRECTORIES = ['offer', 'affiliate', 'advertiser'] as const;
export type Directory = (typeof DIRECTORIES)[number];

/** CAKE's documented maximum of `row_limit` for affiliates. It allows more for advertisers. */
const MAX_PAGE_SIZE = 500;

/** A name and the ID that it stands for. */
export interface Entry {
	id: number;
	name: string;
	/** Of an offer, where CAKE's list shows it. */
	advertiserId?: number | undefined;
}

export interface DirectoryPage {
	entries: Entry[];
	/** Rows in the reply, also those without an ID or a name. */
	rows: number;
}

/** Which rows to ask for: all from a row on, or those of one ID. */
export interface DirectoryFilter {
	id?: number | undefined;
	/** A part of the name. CAKE has no such filter for offers. */
	name?: string | undefined;
	/** Absent for the first page: CAKE's articles disagree on whether the first row is 0 or 1. */
	startAtRow?: number | undefined;
}

/** The object with the list. CAKE's articles wrap it in up to two others. */
function findList(reply: IDataObject, name: string): unknown {
	const { response } = reply;
	const parts = [reply, response, isObject(response) && response.data];
	return parts.filter(isObject).find((part) => part[name] !== undefined)?.[name];
}

/** Undefined for a row without a positive ID or a name. The row may be wrapped in another object. */
function parseEntry(row: unknown, directory: Directory): Entry | undefined {
	if (!isObject(row)) return undefined;
	const inner = row[directory];
	const members = isObject(inner) ? inner : row;
	const { [`${directory}_id`]: givenId, [`${directory}_name`]: givenName } = members;
	const id = parseId(givenId);
	const name = typeof givenName === 'string' ? trim(givenName) : '';
	if (id === undefined || !name) return undefined;
	const advertiserId = directory === 'offer' ? parseId(members.advertiser_id) : undefined;
	return { id, name, ...(advertiserId !== undefined && { advertiserId }) };
}

/**
 * One page of CAKE's list of offers, affiliates or advertisers, from the sister endpoints of
 * "Query Conversion History". For names only: nothing about money may rest on them.
 */
export function listEntries(
	directory: Directory,
	{ id, name, startAtRow }: DirectoryFilter,
): CakeCall<DirectoryPage> {
	const list = `${directory}s`;
	return {
		kind: 'query',
		method: 'GET',
		path: `/api/2/${list}.json`,
		parameters: {
			...(id !== undefined && { [`${directory}_id`]: id }),
			...(name && directory !== 'offer' && { [`${directory}_name`]: name }),
			...(startAtRow !== undefined && { start_at_row: startAtRow }),
			row_limit: MAX_PAGE_SIZE,
		},
		read(reply) {
			const found = findList(reply, list);
			const rows: unknown = isObject(found) ? [found] : found;
			// Another try would get the same reply, so this is no `unavailable`.
			if (!Array.isArray(rows)) {
				throw new CakeError('refused', { detail: `The reply has no list of ${list}.` });
			}
			const entries = rows.flatMap((row: unknown) => parseEntry(row, directory) ?? []);
			return { entries, rows: rows.length };
		},
	};
}
