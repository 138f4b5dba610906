import { asError } from '../errors';
import { sendWithRetries, type RequestContext } from '../transport/retry';
import { readClock, startTimeLimit, type MonotonicClock } from '../transport/timeLimit';
import { listEntries, type Directory, type DirectoryPage, type Entry } from './endpoints';

/** At most this many rows are read: more is no list to choose from. */
const MAX_ROWS = 2_000;

/** Names are a convenience. Nobody should wait longer for them. */
const MAX_MS = 10_000;

/** A second try is enough for what the work can do without. */
const MAX_RETRIES = 1;

/** What was read of a directory. */
export interface DirectoryList {
	entries: Entry[];
	/** False when there may be more. */
	isComplete: boolean;
}

/** The same context for requests that must be over in MAX_MS, the waits between tries included. */
export function limitTime(context: RequestContext, now = readClock): RequestContext {
	const { remainingMs, timeout } = startTimeLimit(MAX_MS, now);
	return {
		...context,
		retries: Math.min(context.retries, MAX_RETRIES),
		stop: context.stop ? AbortSignal.any([context.stop, timeout]) : timeout,
		remainingMs: () => Math.min(context.remainingMs(), remainingMs()),
	};
}

/** Keeps entries whose name contains a text, in any case, or whose ID begins with it. */
function search(entries: Entry[], text: string): Entry[] {
	const wanted = text.toLowerCase();
	return entries.filter(
		({ id, name }) => name.toLowerCase().includes(wanted) || String(id).startsWith(wanted),
	);
}

/**
 * Reads a directory, or the part of it that a search text finds.
 * @param text a part of a name, or the beginning of an ID
 * @throws CakeError if not even the first page could be read; NotSent if stopped before it
 */
export async function readDirectory(
	context: RequestContext,
	directory: Directory,
	text = '',
	now = readClock,
): Promise<DirectoryList> {
	const limited = limitTime(context, now);
	// CAKE filters by name alone.
	const name = /^\d+$/.test(text) ? undefined : text;
	const fetchPage = async (startAtRow?: number) =>
		await sendWithRetries(limited, listEntries(directory, { name, startAtRow }));
	const { entries, isComplete } = await unitePages(fetchPage, MAX_MS, now);
	return { entries: search(entries, text), isComplete };
}

/**
 * Reads pages until one brings no new ID, and unites them by ID. The row after those read is asked for
 * by their number: where the first row is 0 that is the next one, where it is 1 the last one again.
 * @param fetchPage asks for the first page without a row number
 */
export async function unitePages(
	fetchPage: (startAtRow?: number) => Promise<DirectoryPage>,
	maxMs: number,
	now: MonotonicClock,
): Promise<DirectoryList> {
	const end = now() + maxMs;
	const names = new Map<number, Entry>();
	let rows = 0;
	let isComplete = false;
	do {
		let page: DirectoryPage;
		try {
			page = await fetchPage(rows === 0 ? undefined : rows);
		} catch (error) {
			if (rows === 0) throw asError(error);
			break;
		}
		const before = names.size;
		for (const entry of page.entries) names.set(entry.id, entry);
		rows += page.rows;
		isComplete = names.size === before;
	} while (!isComplete && rows < MAX_ROWS && now() < end);
	return { entries: [...names.values()], isComplete };
}
