import {
	getLastRow,
	getRowLimit,
	overlaps,
	type FetchedPage,
	type PageReader,
	type PassPlan,
	type ReadPage,
} from './pageReader';

/** Pages in flight at once. The limits on all requests of the execution hold as well. */
const MAX_CONCURRENT_PAGES = 8;

interface Request {
	start: number;
	rowLimit: number;
}

/** Fetches pages, several at once, until one brings nothing new. Gives them in the order asked for. */
async function fetchPages(
	reader: PageReader,
	requests: Generator<Request>,
	isNew: (page: ReadPage) => boolean,
): Promise<FetchedPage[]> {
	const fetched: FetchedPage[] = [];
	let asked = 0;
	// The workers share one generator. Leaving the loop ends it for all, also when a page fails.
	const work = async (): Promise<void> => {
		for (const request of requests) {
			const index = asked++;
			const one = await reader.fetch(request.start, request.rowLimit);
			fetched[index] = one;
			if (!isNew(one.page)) return;
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

/** The pages after the first. Each starts at the last row of the one before, if all have the first one's size. */
function* planRequests(reader: PageReader, plan: PassPlan, first: ReadPage): Generator<Request> {
	const step = first.size - 1;
	const end = Math.min(first.total ?? 0, first.start + plan.limit - 1);
	if (step < 1) return;
	for (let start = getLastRow(first); start < end && !reader.isExhausted; start += step) {
		yield { start, rowLimit: getRowLimit(plan, first.start + plan.limit - start) };
	}
}

/**
 * Reads the pages after the first side by side, up to CAKE's total or the limit.
 * @param seen the IDs of this pass; gets those of the pages before a broken seam
 * @returns the last page before a broken seam, or the last page: the pass goes on from there in order
 */
export async function readInParallel(
	reader: PageReader,
	plan: PassPlan,
	first: ReadPage,
	seen: Set<number>,
): Promise<ReadPage> {
	const known = new Set(first.ids);
	const isNew = (page: ReadPage): boolean => {
		const before = known.size;
		for (const id of page.ids) known.add(id);
		return known.size > before;
	};
	const fetched = await fetchPages(reader, planRequests(reader, plan, first), isNew);

	let before = first;
	let isUnbroken = true;
	for (const one of fetched) {
		const page = reader.add(one);
		if (!isUnbroken) continue;
		const { holds, extra } = await reader.closeSeam(before, page);
		const bridge = extra.at(-1);
		isUnbroken = holds && (!bridge || overlaps(bridge, page));
		if (!isUnbroken) continue;
		for (const { ids } of [page, ...extra]) for (const id of ids) seen.add(id);
		before = page;
	}
	return before;
}
