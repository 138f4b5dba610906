import { lastRowOf, PageReader, rowLimitFor, type FetchPage, type PassPlan } from './pageReader';
import { readInOrder } from './pagesInOrder';
import { readSideBySide } from './pagesSideBySide';
import type { Conversion } from './types';

export { MAX_PAGE_SIZE, type FetchPage } from './pageReader';

/** A read that missed something is repeated, at most this often in all; the last time in order. */
const MAX_PASSES = 3;

export interface ReadPlan {
	/** The first row wanted, counted from 1. */
	startAtRow: number;
	/** Rows a request, 1 to 500. */
	pageSize: number;
	/** At most this many rows; all of them when absent. */
	limit?: number;
}

export interface ReadResult {
	conversions: Conversion[];
	/** False when rows may be missing: CAKE's totals or page borders did not fit, three times. */
	isComplete: boolean;
	/** How many rows CAKE said there are from `startAtRow` on; absent when it did not say. */
	reported?: number;
}

/** What one pass over the pages found out; the rows themselves go to the union. */
interface Pass {
	/** Every page shared a row with the one before it. */
	seamsHold: boolean;
	promised?: number;
}

/**
 * Reads rows that are paged by offset, in an order CAKE does not document, while other people write.
 *
 * The first page alone, the rest side by side where CAKE said how many there are. Neighbouring pages
 * overlap by one row. A page that shares none with the page before it may have skipped some (rows
 * moved up meanwhile), so that seam is read again with a wider overlap. Rows are united by conversion
 * ID. A pass is complete when every seam held and at least as many IDs were seen as the first total
 * promised; else it is repeated, three times at most. Totals that cannot be right, one page for ever,
 * fewer rows than asked and empty pages all end the read; nothing here waits for a promise CAKE does
 * not keep.
 */
export async function readAll(fetchPage: FetchPage, plan: ReadPlan): Promise<ReadResult> {
	const reader = new PageReader(fetchPage);
	const limit = plan.limit ?? Number.POSITIVE_INFINITY;
	let reported: number | undefined;
	let isComplete = false;
	for (let count = 1; count <= MAX_PASSES && !isComplete; count++) {
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
	{ startAtRow, pageSize, limit }: Required<ReadPlan>,
	isInOrder: boolean,
): Promise<Pass> {
	const plan: PassPlan = { pageSize, limit, trustsTotal: false, fullSize: pageSize };
	const first = await reader.read(startAtRow, rowLimitFor(plan, limit));
	// A total smaller than what came with it is none.
	plan.trustsTotal =
		first.total !== undefined && (first.size === 0 || first.total >= lastRowOf(first));
	if (first.size < (first.total ?? 0)) plan.fullSize = Math.max(1, first.size);
	const promised = plan.trustsTotal ? Math.max(0, (first.total ?? 0) - startAtRow + 1) : undefined;

	const seen = new Set(first.ids);
	const last =
		!isInOrder && plan.trustsTotal ? await readSideBySide(reader, plan, first, seen) : first;
	// What is left: rows that came meanwhile, what lies behind a seam that did not hold, or everything
	// where CAKE did not say how many there are.
	const seamsHold = await readInOrder(reader, plan, last, seen);
	return { seamsHold, promised };
}
