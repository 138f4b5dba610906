import type { CakeClient } from '../cake/transport/client';
import { sameText } from '../cake/conversions/endpoints';
import { asError, CakeError, NotSent } from '../cake/errors';
import { readConversions } from '../cake/conversions/readConversions';
import { RateLimiter } from '../cake/transport/rateLimiter';
import { MAX_PAGE_SIZE } from '../cake/paging/readAllPages';
import type { RequestContext } from '../cake/transport/retry';
import { Semaphore } from '../cake/transport/semaphore';
import {
	CONVERSION_STATUSES,
	type Conversion,
	type ConversionFilters,
	type ConversionStatus,
	type DateRange,
} from '../cake/types';
import type { PollBudget } from './budget';
import type { ReadList } from './diff';
import type { PollWindow } from './window';

/** Retries of one request. Few are enough, since the next poll asks again. */
export const RETRIES = 1;

/** Requests in flight at once, for all lists together. */
const MAX_CONCURRENT = 8;

/** How many unknown statuses the log names, and how many characters of each. */
const MAX_STATUSES = 3;
const MAX_STATUS_LENGTH = 40;

/** The name of the only list that 'New Conversion' reads. */
const ALL = 'all';
type ListName = ConversionStatus | typeof ALL;

/**
 * Reads the days of a window: one list for each watched status, or one list of all conversions.
 * Each row counts by its own status, since CAKE may ignore the filter or change a row meanwhile.
 * @throws CakeError when a list could not be read, or not in time
 */
export async function readLists(
	client: CakeClient,
	{ settings, range }: PollWindow,
	{ totalMs, remainingMs, timeout }: PollBudget,
): Promise<Record<string, ReadList>> {
	const failed = new AbortController();
	let failure: CakeError | undefined;
	const requests: RequestContext = {
		client,
		semaphore: new Semaphore(MAX_CONCURRENT),
		rateLimiter: new RateLimiter(),
		retries: RETRIES,
		stop: AbortSignal.any([failed.signal, timeout]),
		// One list that cannot be read ends the poll. The others then send nothing more.
		onFailure(error) {
			failure ??= error;
			failed.abort();
		},
		remainingMs,
	};
	let pages = 0;
	const names: ListName[] = settings.event === 'new' ? [ALL] : settings.statuses;
	const read = async (name: ListName): Promise<[string, ReadList]> => [
		name,
		await readList(requests, range, settings.filters, name, () => pages++),
	];
	try {
		return Object.fromEntries(await Promise.all(names.map(read)));
	} catch (error) {
		const cause = failure ?? asError(error);
		throw isOutOfTime(cause) ? createTimeoutError(totalMs, pages) : cause;
	}
}

async function readList(
	requests: RequestContext,
	range: DateRange,
	filters: ConversionFilters,
	name: ListName,
	onPage: () => void,
): Promise<ReadList> {
	const conversionStatus = name === ALL ? undefined : name;
	const result = await readConversions(
		requests,
		{ range, filters: { ...filters, conversionStatus } },
		{ startAtRow: 1, pageSize: MAX_PAGE_SIZE },
		{ enforcedFilters: filters, onPage },
	);
	if (name === ALL) return result;
	const isOfList = ({ row }: Conversion) => sameText(row.conversion_status, name);
	const unknownStatuses = listUnknownStatuses(result.conversions);
	return { ...result, conversions: result.conversions.filter(isOfList), unknownStatuses };
}

/** Statuses that CAKE is not known to have: the first few, shortened, for the log. */
function listUnknownStatuses(conversions: Conversion[]): string[] {
	const unknown = conversions
		.map(({ row }) => row.conversion_status)
		.filter((status) => !CONVERSION_STATUSES.some((one) => sameText(status, one)))
		.map((status) => String(status ?? '').slice(0, MAX_STATUS_LENGTH));
	return [...new Set(unknown)].slice(0, MAX_STATUSES);
}

/** Whether the poll has no time left. A deadline with an HTTP status is a gateway's, not the poll's. */
function isOutOfTime(error: Error): boolean {
	if (error instanceof NotSent) return true;
	return (
		error instanceof CakeError &&
		error.facts.isDeadline === true &&
		error.facts.httpStatus === undefined
	);
}

function createTimeoutError(budgetMs: number, pages: number): CakeError {
	const seconds = `${budgetMs / 1000} s`;
	if (pages === 0)
		return new CakeError('unavailable', { detail: `No full reply within ${seconds}.` });
	return new CakeError('unavailable', {
		case: 'pollTooLong',
		detail: `${pages} pages were read in ${seconds}, and there are more. The next poll starts over.`,
	});
}
