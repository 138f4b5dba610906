import type { Conversion, ConversionPage } from '../types';

/** CAKE's maximum for `row_limit`. */
export const MAX_PAGE_SIZE = 500;

/** The first try to close a seam goes back this many rows, the second half a page. */
const WIDER_OVERLAP = 25;

/** Ten million rows in pages of 500. A read trusts no total beyond that. */
const MAX_PAGES = 20_000;

/** Requests a read may send beyond the pages its totals need: a server could invent rows forever. */
const MAX_REQUESTS_BEYOND_TOTAL = 1_000;

export type FetchPage = (startAtRow: number, rowLimit: number) => Promise<ConversionPage>;

/** The plan of one pass over the pages. Its parallel part and its part in order share it. */
export interface PassPlan {
	/** Rows per request, 1 to 500. */
	pageSize: number;
	/** At most this many rows; Infinity for all. */
	limit: number;
	/** CAKE named a total, and the first page does not go beyond it. */
	hasTotal: boolean;
	/** Rows in a full page. A server may give fewer than asked for. */
	fullSize: number;
}

/** A page without its rows. The IDs show whether it overlaps with another page. */
export interface ReadPage {
	/** The row it starts at, counted from 1. */
	start: number;
	size: number;
	/** Rows asked for. */
	asked: number;
	/** All rows that match, if CAKE named a total. */
	total?: number | undefined;
	ids: number[];
}

/** Counted from 1. */
export function getLastRow(page: ReadPage): number {
	return page.start + page.size - 1;
}

/** Whether a page ends the list. After a full page there may be more rows than CAKE's total says. */
export function isLast(page: ReadPage, total: number, plan: PassPlan): boolean {
	return getLastRow(page) >= total && page.size < Math.min(page.asked, plan.fullSize);
}

/** The number of rows to ask for. At least 2: a single row cannot overlap with the next page. */
export function getRowLimit(plan: PassPlan, wanted: number): number {
	return Math.max(2, Math.min(plan.pageSize, wanted));
}

/**
 * Whether no row can lie between two pages: the second has the last row of the first, or the first has
 * the first row of the second. Other common rows may have moved and prove nothing. An empty second page
 * fails: rows before it went away. A first page of one row passes, since the second starts after it.
 */
export function isOverlapping(before: ReadPage, page: ReadPage): boolean {
	if (before.size < 2) return true;
	const last = before.ids.at(-1);
	const [first] = page.ids;
	return page.ids.some((id) => id === last) || before.ids.some((id) => id === first);
}

/** Where two neighboring pages meet. */
interface Seam {
	/** No row can lie between the pages. */
	isClosed: boolean;
	/** Pages read to close it. If it is closed, the last of them overlaps with the page before it. */
	extra: ReadPage[];
}

export interface FetchedPage {
	page: ReadPage;
	conversions: Conversion[];
}

/** Reads pages and merges their rows by conversion ID. Of a row read twice, the later one stays. */
export class PageReader {
	readonly union = new Map<number, Conversion>();

	private requestsLeft = MAX_REQUESTS_BEYOND_TOTAL;

	constructor(private readonly fetchPage: FetchPage) {}

	/** Whether the read has used up the requests it may send. */
	get isExhausted(): boolean {
		return this.requestsLeft <= 0;
	}

	/** Allows the requests of one pass: each page once in parallel and once in order. */
	allow(pages: number): void {
		this.requestsLeft += 2 * Math.min(MAX_PAGES, pages);
	}

	/** Fetches a page without merging its rows. */
	async fetch(start: number, rowLimit: number): Promise<FetchedPage> {
		this.requestsLeft--;
		const { conversions, total } = await this.fetchPage(start, rowLimit);
		const ids = conversions.map(({ id }) => id);
		return { page: { start, size: ids.length, asked: rowLimit, total, ids }, conversions };
	}

	/** Merges the rows of a page. */
	add({ page, conversions }: FetchedPage): ReadPage {
		for (const conversion of conversions) this.union.set(conversion.id, conversion);
		return page;
	}

	/** Fetches a page and merges its rows. */
	async read(start: number, rowLimit: number): Promise<ReadPage> {
		return this.add(await this.fetch(start, rowLimit));
	}

	/** If two pages do not overlap, reads their seam again from further back. */
	async closeSeam(before: ReadPage, page: ReadPage): Promise<Seam> {
		const extra: ReadPage[] = [];
		if (isOverlapping(before, page)) return { isClosed: true, extra };
		for (const width of [WIDER_OVERLAP, Math.floor(before.size / 2)]) {
			const end = Math.min(page.start, getLastRow(before) + 1);
			const from = Math.max(before.start, end - width);
			const again = await this.read(from, Math.min(MAX_PAGE_SIZE, page.asked + page.start - from));
			extra.push(again);
			if (isOverlapping(before, again)) return { isClosed: true, extra };
		}
		return { isClosed: false, extra };
	}
}
