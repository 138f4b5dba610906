import type { IPollFunctions } from 'n8n-workflow';

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
import type { ReadList } from './diff';
import type { PollWindow } from './window';

/** Polls come once a minute at most; one that takes longer than this would meet the next. */
const LONGEST_POLL_MS = 45_000;

/** Further tries of a request: the next poll is a try too. */
const RETRIES = 1;

/** Requests under way at once, of all lists together. */
const MAX_CONCURRENT = 8;

/** Of statuses that are not CAKE's, so many are named, so much of each. */
const MAX_STATUSES = 3;
const MAX_STATUS_LENGTH = 40;

/** The name of the one list of 'New Conversion'. */
const ALL = 'all';
type ListName = ConversionStatus | typeof ALL;

/** How long a poll may take, in milliseconds. n8n limits it since 2.38 (`getPollBudgetMs`). */
function getBudgetMs(context: Partial<Pick<IPollFunctions, 'getPollBudgetMs'>>): number {
	return Math.min(LONGEST_POLL_MS, context.getPollBudgetMs?.() ?? LONGEST_POLL_MS);
}

/**
 * Reads the days of a window: a list for each watched status, or one of all conversions.
 * A row counts by its own status. So nothing false is announced should CAKE ignore the filter, or
 * change the row while it sends it.
 * @throws CakeError when a list could not be read in time
 */
export async function readLists(
	context: IPollFunctions,
	client: CakeClient,
	{ settings, range }: PollWindow,
): Promise<Record<string, ReadList>> {
	const budgetMs = getBudgetMs(context);
	const end = performance.now() + budgetMs;
	const failed = new AbortController();
	let failure: CakeError | undefined;
	const requests: RequestContext = {
		client,
		semaphore: new Semaphore(MAX_CONCURRENT),
		rateLimiter: new RateLimiter(),
		retries: RETRIES,
		stop: AbortSignal.any([failed.signal, AbortSignal.timeout(budgetMs)]),
		// One list that cannot be read ends the poll; nothing more is asked for the others.
		onFailure(error) {
			failure ??= error;
			failed.abort();
		},
		// Whole milliseconds: a timer takes no fractions.
		remainingMs: () => Math.max(1, Math.round(end - performance.now())),
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
		throw isOutOfTime(cause) ? outOfTime(budgetMs, pages) : cause;
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
	const others = result.conversions.filter((one) => !isOfList(one));
	return {
		...result,
		conversions: result.conversions.filter(isOfList),
		unknownStatuses: unknownStatuses(others),
	};
}

/** A few of the statuses that are not CAKE's, shortened, for the log. */
function unknownStatuses(conversions: Conversion[]): string[] {
	const unknown = new Set<string>();
	for (const { row } of conversions) {
		const { conversion_status: status } = row;
		if (CONVERSION_STATUSES.some((known) => sameText(status, known))) continue;
		unknown.add(String(status ?? '').slice(0, MAX_STATUS_LENGTH));
		if (unknown.size === MAX_STATUSES) break;
	}
	return [...unknown];
}

/** A request may take all that is left of the poll's time. A gateway's own deadline is not meant. */
function isOutOfTime(error: Error): boolean {
	if (error instanceof NotSent) return true;
	return (
		error instanceof CakeError &&
		error.facts.isDeadline === true &&
		error.facts.httpStatus === undefined
	);
}

function outOfTime(budgetMs: number, pages: number): CakeError {
	const seconds = `${budgetMs / 1000} s`;
	if (pages === 0)
		return new CakeError('unavailable', { detail: `No full reply within ${seconds}.` });
	return new CakeError('unavailable', {
		case: 'pollTooLong',
		detail: `${pages} pages came in ${seconds}, and there are more. The next poll begins where this one did.`,
	});
}
