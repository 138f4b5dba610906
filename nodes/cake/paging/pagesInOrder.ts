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
 * Reads page after page from the one given. Ends at CAKE's total, without a total at an empty page.
 * @param seen the IDs of this pass; gets those read here
 * @returns whether the end was reached and every seam held
 */
export async function readInOrder(
	reader: PageReader,
	plan: PassPlan,
	first: ReadPage,
	seen: Set<number>,
): Promise<boolean> {
	let before = first;
	let seamsHold = true;
	let stalePages = 0;
	for (;;) {
		const total = plan.hasTotal ? before.total : undefined;
		if (before.size === 0 || seen.size >= plan.limit) return seamsHold;
		if (total !== undefined && isLast(before, total, plan)) return seamsHold;
		if (stalePages >= MAX_STALE_PAGES || reader.isExhausted) return false;

		const start = before.start + Math.max(1, before.size - 1);
		const rowLimit = getRowLimit(plan, plan.limit - seen.size + 1);
		let page = await reader.read(start, rowLimit);
		const seam = await reader.closeSeam(before, page);
		seamsHold &&= seam.holds;
		const known = seen.size;
		for (const { ids } of [page, ...seam.extra]) for (const id of ids) seen.add(id);
		stalePages = seen.size > known ? 0 : stalePages + 1;

		// Goes on from where the seam held, but never back to a row that was a start already.
		const closing = seam.extra.at(-1);
		if (closing && getLastRow(closing) > start) page = closing;
		else if (closing) seamsHold = false;
		before = page;
	}
}
