import { conversionIdOf } from './conversions';
import type { ConversionPage, ConversionRow } from './types';

/** CAKE's maximum for `row_limit`. */
export const MAX_PAGE_SIZE = 500;

/** A read that missed something is repeated, at most this often in all. */
const MAX_PASSES = 3;

/** How many pages in a row may bring nothing new before a pass gives up, where more was promised. */
const MAX_STALE_PAGES = 2;

/** How far back a seam is read again, in rows, before half the page before is. */
const WIDER_OVERLAP = 25;

/** Ten million rows. A server that has more than that, or makes rows up as it is asked, is not read on. */
const MAX_PAGES = 20_000;

export type FetchPage = (startAtRow: number, rowLimit: number) => Promise<ConversionPage>;

export interface ReadPlan {
	/** The first row wanted, counted from 1. */
	startAtRow: number;
	/** Rows a request, 1 to 500. */
	pageSize: number;
	/** At most this many rows; all of them when absent. */
	limit?: number;
}

export interface ReadResult {
	rows: ConversionRow[];
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
 * Neighbouring pages overlap by one row. A page that shares none with the page before it may have
 * skipped some (rows moved up meanwhile), so that seam is read again with a wider overlap. Rows are
 * united by conversion ID, the newest version of each. A pass is complete when every seam held and
 * at least as many IDs were seen as the first total promised; else it is repeated, three times at
 * most. Totals that cannot be right, one page for ever, fewer rows than asked and empty pages all
 * end the read; nothing here waits for a promise CAKE does not keep.
 */
export async function readAll(fetchPage: FetchPage, plan: ReadPlan): Promise<ReadResult> {
	const union = new Map<number, ConversionRow>();
	const limit = plan.limit ?? Number.POSITIVE_INFINITY;
	let reported: number | undefined;
	let isComplete = false;
	for (let count = 0; count < MAX_PASSES && !isComplete; count++) {
		const pass = await readOnce(fetchPage, plan, union);
		reported = pass.promised;
		isComplete = pass.seamsHold && union.size >= Math.min(reported ?? 0, limit);
	}
	const rows = [...union.values()];
	if (rows.length > limit) rows.length = limit;
	return { rows, isComplete, reported };
}

async function readOnce(
	fetchPage: FetchPage,
	plan: ReadPlan,
	union: Map<number, ConversionRow>,
): Promise<Pass> {
	const limit = plan.limit ?? Number.POSITIVE_INFINITY;
	const seen = new Set<number>();
	const pass: Pass = { seamsHold: true };
	let before: PageIds | undefined;
	let start = plan.startAtRow;
	let stalePages = 0;
	let trustsTotal = true;

	for (let count = 0; count < MAX_PAGES; count++) {
		// Never a single row: one row cannot overlap with the next page.
		const rowLimit = Math.max(2, Math.min(plan.pageSize, limit - seen.size + (before ? 1 : 0)));
		const { page, ids, overlaps } = await fetchOverlapping(
			fetchPage,
			start,
			rowLimit,
			before,
			union,
		);
		pass.seamsHold &&= overlaps;
		const known = seen.size;
		for (const id of ids) seen.add(id);
		const last = page.start + page.size - 1;
		if (!before) {
			// A total smaller than what came with it is none.
			trustsTotal = page.total !== undefined && (page.size === 0 || page.total >= last);
			if (trustsTotal) pass.promised = Math.max(0, (page.total ?? 0) - plan.startAtRow + 1);
		}
		const total = trustsTotal ? page.total : undefined;

		if (page.size === 0 || seen.size >= limit) return pass;
		if (total !== undefined && last >= total) return pass;
		stalePages = seen.size > known ? 0 : stalePages + 1;
		if (stalePages > 0 && (total === undefined || stalePages >= MAX_STALE_PAGES)) return pass;

		const next = page.start + Math.max(1, page.size - 1);
		if (next <= start) pass.seamsHold = false;
		start = Math.max(next, start + 1);
		before = page;
	}
	return { ...pass, seamsHold: false };
}

interface PageIds {
	start: number;
	size: number;
	total?: number;
	ids: Set<number>;
}

/**
 * Fetches the page at `start` and, while it shares no row with the page before, again from further
 * back. Gives the last page fetched, all IDs seen on the way, and whether the seam holds.
 */
async function fetchOverlapping(
	fetchPage: FetchPage,
	start: number,
	rowLimit: number,
	before: PageIds | undefined,
	union: Map<number, ConversionRow>,
): Promise<{ page: PageIds; ids: number[]; overlaps: boolean }> {
	const ids: number[] = [];
	const fetchInto = async (from: number, count: number): Promise<PageIds> => {
		const { rows, total } = await fetchPage(from, count);
		const pageIds = new Set<number>();
		for (const row of rows) {
			const id = conversionIdOf(row) as number;
			union.set(id, row);
			pageIds.add(id);
			ids.push(id);
		}
		return { start: from, size: rows.length, total, ids: pageIds };
	};
	// Even past the last row a page begins with the row the one before ended with: an empty one tells
	// that rows moved up.
	const overlaps = (page: PageIds) =>
		!before || before.size < 2 || [...page.ids].some((id) => before.ids.has(id));

	let page = await fetchInto(start, rowLimit);
	for (const width of [WIDER_OVERLAP, Math.floor((before?.size ?? 0) / 2)]) {
		if (!before || overlaps(page)) break;
		const from = Math.max(before.start, start - width);
		page = await fetchInto(from, Math.min(MAX_PAGE_SIZE, rowLimit + start - from));
	}
	return { page, ids, overlaps: overlaps(page) };
}
