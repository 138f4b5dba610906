import type { IDataObject } from 'n8n-workflow';

import { asError, NotSent } from '../errors';
import { RateLimiter } from '../transport/rateLimiter';
import { sendWithRetries, type RequestContext } from '../transport/retry';
import { Semaphore } from '../transport/semaphore';
import { parseId } from '../values';
import { DIRECTORIES, listEntries, type Directory } from './endpoints';
import { limitTime, readDirectory } from './readDirectory';

/** Up to this many IDs are asked for one by one. For more, the whole list is read. */
const MAX_SINGLE_IDS = 10;

/** Requests in flight at once, besides those of the work. */
const MAX_CONCURRENT = 4;

/** The names of one directory. */
interface NameTable {
	names: Map<number, string>;
	/** IDs that were asked for. */
	wanted: Set<number>;
	/** The read of the whole list, once it has begun. */
	wholeList?: Promise<void>;
	/** What CAKE answered to the first request that failed. */
	failure?: string;
	/** Aborted by the first failure: the other requests would fail, too. */
	failed: AbortController;
}

const createTable = (): NameTable => ({
	names: new Map(),
	wanted: new Set(),
	failed: new AbortController(),
});

/**
 * Looks up the names of the offers, affiliates and advertisers in CAKE's rows, each once a run. It has
 * its own permits and its own pace, so that no request of the work waits for it. It never rejects.
 */
export class NameLookup {
	private readonly tables: Record<Directory, NameTable> = {
		offer: createTable(),
		affiliate: createTable(),
		advertiser: createTable(),
	};

	private readonly reads: Array<Promise<void>> = [];

	private readonly semaphore = new Semaphore(MAX_CONCURRENT);

	private readonly rateLimiter = new RateLimiter();

	/** @param work the requests of the run */
	constructor(
		private readonly work: Pick<RequestContext, 'client' | 'retries' | 'stop' | 'remainingMs'>,
	) {}

	/** Begins to look up the names for some rows. */
	want(rows: IDataObject[]): void {
		for (const directory of DIRECTORIES) {
			const { wanted } = this.tables[directory];
			const added = new Set<number>();
			for (const row of rows) {
				const id = parseId(row[`${directory}_id`]);
				if (id !== undefined && !wanted.has(id)) added.add(id);
			}
			for (const id of added) wanted.add(id);
			if (wanted.size > MAX_SINGLE_IDS) {
				if (added.size > 0) this.reads.push(this.readList(directory));
				continue;
			}
			for (const id of added) this.reads.push(this.readOne(directory, id));
		}
	}

	/** Waits until everything that was begun has ended. */
	async settle(): Promise<void> {
		await Promise.all(this.reads);
	}

	/** Why names are missing, for each directory that lacks some because a request failed. */
	listFailures(): Map<Directory, string> {
		const failures = new Map<Directory, string>();
		for (const directory of DIRECTORIES) {
			const { failure, wanted, names } = this.tables[directory];
			const isLacking = [...wanted].some((id) => !names.has(id));
			if (failure !== undefined && isLacking) failures.set(directory, failure);
		}
		return failures;
	}

	/** The row with the names that are known. A name that CAKE sent itself stays. */
	addTo(row: IDataObject): IDataObject {
		const named = { ...row };
		for (const directory of DIRECTORIES) {
			const id = parseId(row[`${directory}_id`]);
			const name = id === undefined ? undefined : this.tables[directory].names.get(id);
			if (name !== undefined) named[`${directory}_name`] ??= name;
		}
		return named;
	}

	private async readOne(directory: Directory, id: number): Promise<void> {
		const { names } = this.tables[directory];
		await this.attempt(directory, async () => {
			const call = listEntries(directory, { id });
			const context = limitTime(this.createContext(directory));
			const { entries } = await sendWithRetries(context, call);
			for (const entry of entries) names.set(entry.id, entry.name);
			// CAKE ignored the ID, and listed others.
			if (entries.length > 0 && !names.has(id)) await this.readList(directory);
		});
	}

	/** Reads a whole list, once. */
	private async readList(directory: Directory): Promise<void> {
		const table = this.tables[directory];
		table.wholeList ??= this.attempt(directory, async () => {
			const context = this.createContext(directory);
			const { entries, isComplete } = await readDirectory(context, directory);
			for (const { id, name } of entries) table.names.set(id, name);
			if (!isComplete) table.failure ??= 'The list could not be read completely.';
		});
		await table.wholeList;
	}

	private createContext(directory: Directory): RequestContext {
		const { client, retries, stop, remainingMs } = this.work;
		const table = this.tables[directory];
		const { signal } = table.failed;
		return {
			...{ client, retries, remainingMs },
			semaphore: this.semaphore,
			rateLimiter: this.rateLimiter,
			stop: stop ? AbortSignal.any([stop, signal]) : signal,
			onFailure: ({ facts }) => {
				table.failure ??= facts.detail ?? 'CAKE did not say why.';
				table.failed.abort();
			},
		};
	}

	/** Runs a read of a directory. What could not be read is missing, no more. */
	private async attempt(directory: Directory, read: () => Promise<void>): Promise<void> {
		try {
			await read();
		} catch (error) {
			const isUnsent = error instanceof NotSent;
			this.tables[directory].failure ??= isUnsent
				? 'There was no time left to ask.'
				: asError(error).message;
		}
	}
}
