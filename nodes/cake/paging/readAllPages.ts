import { getLastRow, getRowLimit, PageReader, type FetchPage, type PassPlan } from './pageReader';
import { readInOrder } from './pagesInOrder';
import { readInParallel } from './parallelPages';
import type { Conversion } from '../types';

export { MAX_PAGE_SIZE, type FetchPage } from './pageReader';

/** The last of these passes reads in order only. */
const MAX_PASSES = 3;

export interface ReadPlan {
	/** The first row wanted, counted from 1. */
	startAtRow: number;
	/** Rows per request, 1 to 500. */
	pageSize: number;
	/** At most this many rows; all of them if absent. */
	limit?: number | undefined;
}

export interface ReadResult {
	conversions: Conversion[];
	/** False if rows may be missing: no pass was complete. */
	isComplete: boolean;
	/** The rows CAKE reported from `startAtRow` on; absent if it named no total. */
	reported?: number | undefined;
}

/**
 * Reads all rows of a list that CAKE pages by offset. The order of the rows is not documented, and
 * other people write during the read.
 *
 * Reads the first page alone, and the others in parallel if CAKE names a total. Neighboring pages share
 * one row. If two do not, rows have moved and some may lie between. Then it reads the seam of the two
 * again from further back. It merges rows by conversion ID.
 *
 * A pass is complete if it closed every seam, and the read has no fewer IDs than the pass's first total
 * promised. Without a total the pass must end at an empty page or the limit. An incomplete pass is
 * repeated, up to MAX_PASSES, unless the read has used up its requests.
 * @throws what `fetchPage` throws
 */
export async function readAllPages(fetchPage: FetchPage, plan: ReadPlan): Promise<ReadResult> {
	const reader = new PageReader(fetchPage);
	const limit = plan.limit ?? Number.POSITIVE_INFINITY;
	let reported: number | undefined;
	let isComplete = false;
	for (let round = 1; round <= MAX_PASSES && !isComplete && !reader.isExhausted; round++) {
		const pass = await readPass(reader, { ...plan, limit }, round === MAX_PASSES);
		reported = pass.promised;
		isComplete = pass.isGapless && reader.union.size >= Math.min(reported ?? 0, limit);
	}
	const conversions = [...reader.union.values()];
	if (conversions.length > limit) conversions.length = limit;
	return { conversions, isComplete, reported };
}

async function readPass(
	reader: PageReader,
	{ startAtRow, pageSize, limit }: ReadPlan & { limit: number },
	isLastPass: boolean,
): Promise<{ isGapless: boolean; promised?: number | undefined }> {
	const plan: PassPlan = { pageSize, limit, hasTotal: false, fullSize: pageSize };
	const first = await reader.read(startAtRow, getRowLimit(plan, limit));
	const total = first.total ?? 0;
	// A total smaller than the rows that came with it is wrong.
	plan.hasTotal = first.total !== undefined && (first.size === 0 || total >= getLastRow(first));
	if (first.size < total) plan.fullSize = Math.max(1, first.size);
	if (plan.hasTotal) reader.allow(total / Math.max(1, first.size - 1));

	const passIds = new Set(first.ids);
	const isParallel = plan.hasTotal && !isLastPass;
	const last = isParallel ? await readInParallel(reader, plan, first, passIds) : first;
	const isGapless = await readInOrder(reader, plan, last, passIds);
	const promised = plan.hasTotal ? Math.max(0, total - startAtRow + 1) : undefined;
	return { isGapless, promised };
}
