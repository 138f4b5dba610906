import type { IDataObject } from 'n8n-workflow';

import { asError, CakeError, NotSent } from '../errors';
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

	/** Why names of a directory may be missing: the first failure of each. */
	readonly failures = new Map<Directory, string>();

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
		await this.note(directory, async () => {
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
		table.wholeList ??= this.note(directory, async () => {
			const context = this.createContext(directory);
			const { entries, isComplete } = await readDirectory(context, directory);
			for (const { id, name } of entries) table.names.set(id, name);
			if (!isComplete && [...table.wanted].some((id) => !table.names.has(id))) {
				this.failures.set(directory, 'The list could not be read to its end.');
			}
		});
		await table.wholeList;
	}

	private createContext(directory: Directory): RequestContext {
		const { client, retries, stop, remainingMs } = this.work;
		const { signal } = this.tables[directory].failed;
		return {
			...{ client, retries, remainingMs },
			semaphore: this.semaphore,
			rateLimiter: this.rateLimiter,
			stop: stop ? AbortSignal.any([stop, signal]) : signal,
		};
	}

	/** Runs a read, unless one of the same directory has failed. Notes its failure. */
	private async note(directory: Directory, read: () => Promise<void>): Promise<void> {
		if (this.failures.has(directory)) return;
		try {
			await read();
		} catch (error) {
			if (this.failures.has(directory)) return;
			this.failures.set(directory, describeFailure(asError(error)));
			this.tables[directory].failed.abort();
		}
	}
}

function describeFailure(error: Error): string {
	if (error instanceof NotSent) return 'There was no time left to ask.';
	return (error instanceof CakeError && error.facts.detail) || 'CAKE did not say why.';
}
