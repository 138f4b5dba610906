import type { Conversion, ConversionPage } from './types';

/** CAKE's maximum for `row_limit`. */
export const MAX_PAGE_SIZE = 500;

/** How far back a seam is read again, in rows, before half the page before is. */
const WIDER_OVERLAP = 25;

/** Ten million rows. A server that has more than that, or makes rows up as it is asked, is not read on. */
export const MAX_PAGES = 20_000;

export type FetchPage = (startAtRow: number, rowLimit: number) => Promise<ConversionPage>;

/** What both ways of reading are asked for. */
export interface PassPlan {
	/** Rows a request, 1 to 500. */
	pageSize: number;
	/** At most this many rows; Infinity for all. */
	limit: number;
	/** Whether CAKE's totals can be believed. */
	trustsTotal: boolean;
	/** What CAKE gives at most in a page, where that is less than asked for. */
	fullSize: number;
}

/**
 * Whether a page ends the list, going by the total. A full page at the end may hide that the total is
 * too small.
 */
export function isLast(page: ReadPage, total: number, plan: PassPlan): boolean {
	return lastRowOf(page) >= total && page.size < Math.min(page.asked, plan.fullSize);
}

/** The rows to ask for. Never a single one: one row cannot overlap with the next page. */
export function rowLimitFor(plan: PassPlan, wanted: number): number {
	return Math.max(2, Math.min(plan.pageSize, wanted));
}

/** A page as it was read. Its rows are in the union; what is kept tells how pages fit together. */
export interface ReadPage {
	/** The row it starts at, counted from 1. */
	start: number;
	size: number;
	/** How many rows were asked for. */
	asked: number;
	/** What CAKE said matches in all. */
	total?: number;
	ids: number[];
	/** Milliseconds from asking to having it. */
	tookMs: number;
}

/** A page whose conversions are not in the union yet. */
export interface FetchedPage {
	page: ReadPage;
	conversions: Conversion[];
}

/** The row a page ends with, counted from 1. */
export function lastRowOf(page: ReadPage): number {
	return page.start + page.size - 1;
}

/**
 * Whether a page shares a row with the one before it. Even past the last row a page begins with the
 * row the one before ended with: an empty one tells that rows moved up. A page of one row cannot
 * overlap with the next.
 */
export function overlaps(before: ReadPage, page: ReadPage): boolean {
	if (before.size < 2) return true;
	const known = new Set(before.ids);
	return page.ids.some((id) => known.has(id));
}

/** Reads pages into a union of rows by conversion ID, the version read last of each. */
export class PageReader {
	readonly union = new Map<number, Conversion>();

	constructor(private readonly fetchPage: FetchPage) {}

	/** Fetches a page without looking at its rows. */
	async fetch(start: number, rowLimit: number): Promise<FetchedPage> {
		const began = Date.now();
		const { conversions, total } = await this.fetchPage(start, rowLimit);
		const tookMs = Date.now() - began;
		const ids = conversions.map(({ id }) => id);
		const size = conversions.length;
		return { page: { start, size, asked: rowLimit, total, ids, tookMs }, conversions };
	}

	/** Takes the rows of a page into the union. */
	add({ page, conversions }: FetchedPage): ReadPage {
		for (const conversion of conversions) this.union.set(conversion.id, conversion);
		return page;
	}

	/** Fetches a page and takes its rows. */
	async read(start: number, rowLimit: number): Promise<ReadPage> {
		return this.add(await this.fetch(start, rowLimit));
	}

	/**
	 * Makes sure that nothing lies between two pages: while they share no row, reads the seam again
	 * from further back.
	 * @param rowLimit of `page`
	 * @returns the pages read on the way, the last of which shares a row with `before` when `holds`
	 */
	async closeSeam(
		before: ReadPage,
		page: ReadPage,
		rowLimit: number,
	): Promise<{ holds: boolean; extra: ReadPage[] }> {
		const extra: ReadPage[] = [];
		if (overlaps(before, page)) return { holds: true, extra };
		for (const width of [WIDER_OVERLAP, Math.floor(before.size / 2)]) {
			const end = Math.min(page.start, lastRowOf(before) + 1);
			const from = Math.max(before.start, end - width);
			const again = await this.read(from, Math.min(MAX_PAGE_SIZE, rowLimit + page.start - from));
			extra.push(again);
			if (overlaps(before, again)) return { holds: true, extra };
		}
		return { holds: false, extra };
	}
}
