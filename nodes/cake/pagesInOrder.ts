import {
	isLast,
	lastRowOf,
	MAX_PAGES,
	rowLimitFor,
	type PageReader,
	type PassPlan,
	type ReadPage,
} from './pageReader';

/** How many pages in a row may bring nothing new before a pass gives up, where more was promised. */
const MAX_STALE_PAGES = 2;

/**
 * Reads on from a page, one after another, to the end CAKE's totals give, or else until nothing new
 * comes.
 * @param seen the IDs of this pass so far, added to
 * @returns whether every seam held
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
	for (let count = 0; count < MAX_PAGES; count++) {
		const total = plan.trustsTotal ? before.total : undefined;
		if (before.size === 0 || seen.size >= plan.limit) return seamsHold;
		if (total !== undefined && isLast(before, total, plan)) return seamsHold;
		if (stalePages > 0 && (total === undefined || stalePages >= MAX_STALE_PAGES)) return seamsHold;

		const start = before.start + Math.max(1, before.size - 1);
		const rowLimit = rowLimitFor(plan, plan.limit - seen.size + 1);
		let page = await reader.read(start, rowLimit);
		const seam = await reader.closeSeam(before, page, rowLimit);
		seamsHold &&= seam.holds;
		const known = seen.size;
		for (const { ids } of [page, ...seam.extra]) for (const id of ids) seen.add(id);
		stalePages = seen.size > known ? 0 : stalePages + 1;

		// Go on from where the seam held, but never back to a row that was a start already.
		const closing = seam.extra[seam.extra.length - 1];
		if (closing && lastRowOf(closing) > start) page = closing;
		else if (closing) seamsHold = false;
		before = page;
	}
	return false;
}
