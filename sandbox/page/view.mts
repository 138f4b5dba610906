import type { Account } from '../account/account.mts';
import type { Click, Conversion } from '../account/model.mts';
import { parseQuery } from '../protocol/request.mts';

const ROWS_PER_PAGE = 25;
const MAX_SEARCH = 100;
const MAX_CLICKS = 40;
const MAX_REFUSED_CLICKS = 4;

/** Which conversions the page shows. `page` counts from 1. */
export interface View {
	search: string;
	page: number;
}

/** The conversions of a view, the one that was recorded last first. */
export interface Listed {
	rows: Conversion[];
	/** How many the search has found, on all pages. */
	total: number;
	/** The number of pages, at least 1. */
	pages: number;
	/** The page that is shown: the last one if the view's page is beyond it. */
	page: number;
}

/** Reads a view from the query of a URL. */
export function readView(query: string): View {
	const values = toFields(query);
	const page = Number(values.page ?? 1);
	return {
		search: (values.search ?? '').trim().slice(0, MAX_SEARCH),
		page: Number.isSafeInteger(page) && page > 0 ? page : 1,
	};
}

/** Writes a view as the query of a URL. The opposite of `readView`. */
export function toQuery({ search, page }: View): string {
	const values = new URLSearchParams();
	if (search !== '') values.set('search', search);
	if (page > 1) values.set('page', String(page));
	return values.size > 0 ? `?${values.toString()}` : '';
}

/** Reads a query or the body of a form. Leaves out what is empty or cannot be decoded. */
export function toFields(encoded: string): Record<string, string | undefined> {
	const fields: Record<string, string | undefined> = {};
	for (const { name, value } of parseQuery(encoded)) {
		if (typeof value === 'string' && value.trim() !== '') fields[name] = value.trim();
	}
	return fields;
}

/** Lists the conversions that have the search text in one of their IDs. */
export function listConversions(account: Account, { search, page: wanted }: View): Listed {
	const term = search.toLowerCase();
	const found = [...account.conversions.values()].filter((row) =>
		[row.conversionId, row.clickId, row.orderId, row.uniqueId].some((id) =>
			String(id ?? '')
				.toLowerCase()
				.includes(term),
		),
	);
	found.reverse();
	const pages = Math.max(1, Math.ceil(found.length / ROWS_PER_PAGE));
	const page = Math.min(wanted, pages);
	const from = (page - 1) * ROWS_PER_PAGE;
	return { rows: found.slice(from, from + ROWS_PER_PAGE), total: found.length, pages, page };
}

/** Clicks to record with: those without a conversion first. And some that CAKE refuses. */
export function listClicks(account: Account): { accepted: Click[]; refused: Click[] } {
	const now = account.now();
	const used = new Set([...account.conversions.values()].map(({ clickId }) => clickId));
	const clicks = [...account.clicks.values()];
	const isAccepted = ({ active, expiresAt }: Click) => active && expiresAt > now;
	const open = clicks.filter(isAccepted);
	const unused = open.filter(({ clickId }) => !used.has(clickId));
	const reused = open.filter(({ clickId }) => used.has(clickId));
	return {
		accepted: [...unused, ...reused].slice(0, MAX_CLICKS),
		refused: clicks.filter((click) => !isAccepted(click)).slice(0, MAX_REFUSED_CLICKS),
	};
}
