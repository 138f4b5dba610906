import { getLastRow, getRowLimit, PageReader, type FetchPage, type PassPlan } from './pageReader';
import { readInOrder } from './pagesInOrder';
import { readInParallel } from './parallelPages';
import type { Conversion } from '../types';

export { MAX_PAGE_SIZE, type FetchPage } from './pageReader';

/** Passes over all pages, at most. The last one reads in order. */
const MAX_PASSES = 3;

export interface ReadPlan {
	/** The first row wanted, counted from 1. */
	startAtRow: number;
	/** Rows a request, 1 to 500. */
	pageSize: number;
	/** At most this many rows; all of them when absent. */
	limit?: number | undefined;
}

export interface ReadResult {
	conversions: Conversion[];
	/** False when rows may be missing: no pass was complete. */
	isComplete: boolean;
	/** The rows CAKE reported from `startAtRow` on; absent if it named no total. */
	reported?: number | undefined;
}

/**
 * Reads all rows that CAKE pages by offset. Their order is not documented, and other people write
 * meanwhile.
 *
 * The first page alone, the others side by side if CAKE names a total. Neighboring pages overlap by
 * one row. Where they do not, rows moved up and some may lie between: that seam is read again from
 * further back. Rows are merged by conversion ID.
 *
 * A pass is complete when every seam holds and there are at least as many IDs as its first total
 * promised; without a total, when it ended at an empty page. An incomplete pass is repeated, unless
 * the read has sent all the requests it may send.
 * @throws what `fetchPage` throws
 */
export async function readAllPages(fetchPage: FetchPage, plan: ReadPlan): Promise<ReadResult> {
	const reader = new PageReader(fetchPage);
	const limit = plan.limit ?? Number.POSITIVE_INFINITY;
	let reported: number | undefined;
	let isComplete = false;
	for (let count = 1; count <= MAX_PASSES && !isComplete && !reader.isExhausted; count++) {
		const pass = await readOnce(reader, { ...plan, limit }, count === MAX_PASSES);
		reported = pass.promised;
		isComplete = pass.seamsHold && reader.union.size >= Math.min(reported ?? 0, limit);
	}
	const conversions = [...reader.union.values()];
	if (conversions.length > limit) conversions.length = limit;
	return { conversions, isComplete, reported };
}

async function readOnce(
	reader: PageReader,
	{ startAtRow, pageSize, limit }: ReadPlan & { limit: number },
	isInOrder: boolean,
): Promise<{ seamsHold: boolean; promised?: number | undefined }> {
	const plan: PassPlan = { pageSize, limit, hasTotal: false, fullSize: pageSize };
	const first = await reader.read(startAtRow, getRowLimit(plan, limit));
	const total = first.total ?? 0;
	// A total smaller than the rows that came with it is wrong.
	plan.hasTotal = first.total !== undefined && (first.size === 0 || total >= getLastRow(first));
	if (first.size < total) plan.fullSize = Math.max(1, first.size);
	if (plan.hasTotal) reader.allow(total / Math.max(1, first.size - 1));

	const seen = new Set(first.ids);
	const isSideBySide = plan.hasTotal && !isInOrder;
	const last = isSideBySide ? await readInParallel(reader, plan, first, seen) : first;
	const seamsHold = await readInOrder(reader, plan, last, seen);
	const promised = plan.hasTotal ? Math.max(0, total - startAtRow + 1) : undefined;
	return { seamsHold, promised };
}
