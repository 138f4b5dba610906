import { LoopBreaks } from '../loopBreaks';
import {
	getLastRow,
	getRowLimit,
	isOverlapping,
	type FetchedPage,
	type PageReader,
	type PassPlan,
	type ReadPage,
} from './pageReader';

/** Pages in flight at once. The limits on all requests of the execution apply too. */
export const MAX_CONCURRENT_PAGES = 8;

interface RowSpan {
	start: number;
	rowLimit: number;
}

/** Fetches pages, several at once, until one has no new ID. Returns them in the order of requests. */
async function fetchPages(
	reader: PageReader,
	requests: Generator<RowSpan>,
	hasNewIds: (page: ReadPage) => boolean,
): Promise<FetchedPage[]> {
	const fetched: FetchedPage[] = [];
	let count = 0;
	// The workers share one generator. Leaving the loop ends it for all, also when a page fails.
	const work = async (): Promise<void> => {
		for (const request of requests) {
			const index = count++;
			const one = await reader.fetch(request.start, request.rowLimit);
			fetched[index] = one;
			if (!hasNewIds(one.page)) return;
		}
	};
	const workers = Array.from({ length: MAX_CONCURRENT_PAGES }, work);
	try {
		await Promise.all(workers);
	} finally {
		// After a failure the other pages are awaited too: no request may outlive its execution.
		await Promise.allSettled(workers);
	}
	return fetched;
}

/** Plans the pages after the first. If all have its size, each starts at the last row of the one before. */
function* planRequests(reader: PageReader, plan: PassPlan, first: ReadPage): Generator<RowSpan> {
	const step = first.size - 1;
	const end = Math.min(first.total ?? 0, first.start + plan.limit - 1);
	if (step < 1) return;
	for (let start = getLastRow(first); start < end && !reader.isExhausted; start += step) {
		yield { start, rowLimit: getRowLimit(plan, first.start + plan.limit - start) };
	}
}

/**
 * Reads the pages after the first in parallel, up to CAKE's total or the limit.
 * @param passIds the IDs of this pass; this function adds the IDs before the first open seam
 * @returns the last page before the first open seam, or the last page. The pass goes on from it in order.
 */
export async function readInParallel(
	reader: PageReader,
	plan: PassPlan,
	first: ReadPage,
	passIds: Set<number>,
): Promise<ReadPage> {
	const fetchedIds = new Set(first.ids);
	const hasNewIds = (page: ReadPage): boolean => {
		const sizeBefore = fetchedIds.size;
		for (const id of page.ids) fetchedIds.add(id);
		return fetchedIds.size > sizeBefore;
	};
	const fetched = await fetchPages(reader, planRequests(reader, plan, first), hasNewIds);

	let before = first;
	let isUnbroken = true;
	const breaks = new LoopBreaks();
	for (const one of fetched) {
		await breaks.takeIfDue();
		const page = reader.add(one);
		if (!isUnbroken) continue;
		const { isClosed, extra } = await reader.closeSeam(before, page);
		const bridge = extra.at(-1);
		isUnbroken = isClosed && (!bridge || isOverlapping(bridge, page));
		if (!isUnbroken) continue;
		for (const { ids } of [page, ...extra]) for (const id of ids) passIds.add(id);
		before = page;
	}
	return before;
}
