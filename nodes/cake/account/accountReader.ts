import { listConversions } from '../conversions/endpoints';
import { listEntries, type Directory, type DirectoryPage } from '../directory/endpoints';
import { asError, CakeError, NotSent } from '../errors';
import { MAX_PAGE_SIZE } from '../paging/readAllPages';
import type { CakeCall } from '../transport/call';
import { RateLimiter } from '../transport/rateLimiter';
import { sendWithRetries, type RequestContext } from '../transport/retry';
import { Semaphore } from '../transport/semaphore';
import { readClock, startTimeLimit } from '../transport/timeLimit';
import type { ConversionFilters, ConversionPage, DateRange } from '../types';
import { leaveOpen, type Check, type Finding } from './findings';

/** All tries count. */
const MAX_REQUESTS = 25;

/** Nobody waits longer for a diagnosis. */
const MAX_MS = 300_000;

/** More tries for one check would leave too few requests for the others. */
const MAX_RETRIES = 2;

/** After this many requests in a row without a proper answer, nothing more is asked. */
const MAX_OUTAGES = 2;

/** One reply about conversions. */
export interface Page extends ConversionPage {
	/** Counted from 1. */
	startAtRow: number;
	/** Milliseconds until the last byte of the reply. */
	ms: number;
}

/** Whether CAKE answered, and said no. */
export function isRefusal(error: unknown): error is CakeError {
	return error instanceof CakeError && ['refused', 'unauthorized'].includes(error.kind);
}

/** Reads an account for its check: one request at a time, and few of them. It cannot write. */
export class AccountReader {
	/** Requests sent so far, all tries counted. */
	requests = 0;

	private lastMs = 0;

	private outages = 0;

	/** The failure after which every other request would fail, too. */
	private endedBy: CakeError | undefined;

	private readonly context: RequestContext;

	/** @param work the session of the run; a failure of a request is an answer, so it ends no run */
	constructor(
		private readonly work: Pick<RequestContext, 'client' | 'retries' | 'stop' | 'remainingMs'>,
	) {
		const { remainingMs, timeout } = startTimeLimit(MAX_MS);
		const { client, retries, stop } = work;
		this.context = {
			client: {
				account: client.account,
				send: async (call, timeoutMs) =>
					await this.count(async () => await client.send(call, timeoutMs)),
			},
			semaphore: new Semaphore(1),
			rateLimiter: new RateLimiter(),
			retries: Math.min(retries, MAX_RETRIES),
			remainingMs: () => Math.min(work.remainingMs(), remainingMs()),
			stop: stop ? AbortSignal.any([stop, timeout]) : timeout,
		};
	}

	/** A page of conversions, whether or not its rows fit the filters. @throws CakeError, NotSent */
	async readPage(range: DateRange, filters: ConversionFilters = {}, startAtRow = 1): Promise<Page> {
		const page = await this.send(listConversions(range, filters, startAtRow, MAX_PAGE_SIZE, {}));
		return { ...page, startAtRow, ms: this.lastMs };
	}

	/** The first page of a list of names. @throws CakeError, NotSent */
	async readNames(directory: Directory): Promise<DirectoryPage> {
		return await this.send(listEntries(directory, {}));
	}

	/**
	 * Asks what decides one check. If a request fails, or none may be sent any more, it stays open.
	 * @throws NotSent when a person stopped the run
	 */
	async attempt(check: Check, ask: () => Promise<Finding>): Promise<Finding> {
		try {
			return await ask();
		} catch (error) {
			if (error instanceof NotSent && !this.work.stop?.aborted) return leaveOpen(check, 'notAsked');
			if (!(error instanceof CakeError)) throw asError(error);
			return { ...leaveOpen(check, 'failed'), detail: this.quote(error) };
		}
	}

	/** What CAKE answered, without the host: findings are shown to others, such as CAKE's support. */
	quote({ facts: { detail = '', httpStatus } }: CakeError): string {
		// The page of an address that does not exist has many words for that.
		if (httpStatus === 404) return 'There is nothing at this address (HTTP 404).';
		const { host } = new URL(this.work.client.account.baseUrl);
		return detail.replaceAll(host, '*****');
	}

	private async count<T>(send: () => Promise<T>): Promise<T> {
		if (this.requests >= MAX_REQUESTS) throw new NotSent();
		this.requests++;
		const start = readClock();
		try {
			return await send();
		} finally {
			this.lastMs = readClock() - start;
		}
	}

	private async send<T>(call: CakeCall<T>): Promise<T> {
		if (this.endedBy) throw this.endedBy;
		try {
			const answer = await sendWithRetries(this.context, call);
			this.outages = 0;
			return answer;
		} catch (error) {
			if (error instanceof CakeError) this.onFailure(error);
			throw asError(error);
		}
	}

	private onFailure(error: CakeError): void {
		this.outages = error.kind === 'unavailable' ? this.outages + 1 : 0;
		// A user of CAKE's may read one list and not another: that ends nothing.
		const isOver = error.isFatalForRun && error.kind !== 'unauthorized';
		if (isOver || this.outages >= MAX_OUTAGES) this.endedBy = error;
	}
}
