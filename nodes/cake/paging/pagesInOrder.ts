import {
	getLastRow,
	getRowLimit,
	isLast,
	type PageReader,
	type PassPlan,
	type ReadPage,
} from './pageReader';

/** A pass gives up after this many pages in a row without a new row. */
const MAX_STALE_PAGES = 2;

/**
 * Reads page after page, from `first` on. Ends at the limit, at CAKE's total, or at an empty page.
 * @param passIds the IDs of this pass; this function adds to them
 * @returns whether it reached one of these ends and closed every seam
 */
export async function readInOrder(
	reader: PageReader,
	plan: PassPlan,
	first: ReadPage,
	passIds: Set<number>,
): Promise<boolean> {
	let before = first;
	let isGapless = true;
	let stalePages = 0;
	for (;;) {
		const total = plan.hasTotal ? before.total : undefined;
		if (before.size === 0 || passIds.size >= plan.limit) return isGapless;
		if (total !== undefined && isLast(before, total, plan)) return isGapless;
		if (stalePages >= MAX_STALE_PAGES || reader.isExhausted) return false;

		const start = before.start + Math.max(1, before.size - 1);
		const rowLimit = getRowLimit(plan, plan.limit - passIds.size + 1);
		let page = await reader.read(start, rowLimit);
		const seam = await reader.closeSeam(before, page);
		isGapless &&= seam.isClosed;
		const sizeBefore = passIds.size;
		for (const { ids } of [page, ...seam.extra]) for (const id of ids) passIds.add(id);
		stalePages = passIds.size > sizeBefore ? 0 : stalePages + 1;

		// Goes on from the last page read for the seam. Each start must be later, so that the loop ends.
		const closing = seam.extra.at(-1);
		if (closing && getLastRow(closing) > start) page = closing;
		else if (closing) isGapless = false;
		before = page;
	}
}
