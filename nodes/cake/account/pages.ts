import { MAX_CONCURRENT_PAGES } from '../paging/parallelPages';
import { MAX_PAGE_SIZE } from '../paging/readAllPages';
import type { AccountReader, Page } from './accountReader';
import { decide, leaveOpen, type Finding } from './findings';
import { hasRow, readMore, type Sample } from './sample';

/**
 * Whether a page has 500 rows if the account has 500 or more. A shorter page proves a smaller maximum only if
 * a row beyond it was there before and after the page was read again: others may record meanwhile.
 */
export async function checkPageSize(reader: AccountReader, sample: Sample): Promise<Finding> {
	const check = 'pagesOf500';
	const size = sample.rows.length;
	if (size === 0) return leaveOpen(check, 'noConversions');
	if (size === MAX_PAGE_SIZE) return decide(check, true, { rows: size });
	if (size > MAX_PAGE_SIZE) return leaveOpen(check, 'unclear', { rows: size });
	// From the last row on: it comes again, and so shows that CAKE counts rows as expected.
	const next = await readMore(reader, sample, size);
	const known = new Set(sample.rows.map(({ id }) => id));
	const beyond = next.conversions.map(({ id }) => id).filter((id) => !known.has(id));
	if (beyond.length === 0) {
		sample.isWhole = next.conversions.length <= 1;
		return leaveOpen(check, sample.isWhole ? 'fewConversions' : 'unclear', { rows: size });
	}
	const again = await readMore(reader, sample, 1);
	const rows = again.conversions.length;
	const after = await readMore(reader, sample, Math.max(1, rows));
	const isProven = beyond.some((id) => !hasRow(again, id) && hasRow(after, id));
	const evidence = { rows };
	return isProven && rows < MAX_PAGE_SIZE
		? decide(check, false, evidence)
		: leaveOpen(check, 'unclear');
}

/** Whether the rows of a reply are too many or too few for the total beside them. */
function isContradiction({ startAtRow, conversions, total }: Page): boolean {
	if (total === undefined) return false;
	const rows = conversions.length;
	// Allows for an account that counts rows from 0.
	return rows > 0 ? startAtRow + rows - 1 > total : startAtRow + 1 < total;
}

/** Whether the total that CAKE names is one to rely on: the same in each reply, and where the list ends. */
export async function checkTotal(reader: AccountReader, sample: Sample): Promise<Finding> {
	const check = 'totalNamed';
	const { rows, pages } = sample;
	const [first] = pages;
	if (!first || rows.length === 0) return leaveOpen(check, 'noConversions');
	const { total } = first;
	// A number of the rows in each reply would look the same.
	if (total === 1) return leaveOpen(check, 'fewConversions');
	if (total === undefined) return { ...decide(check, false), reason: 'noTotal' };
	const isBeyond = total > rows.length;
	const probe =
		isBeyond || pages.length < 2
			? await readMore(reader, sample, isBeyond ? Math.max(1, total - 2) : rows.length)
			: undefined;
	if (pages.some((page) => page.total === undefined)) {
		return { ...decide(check, false), reason: 'mixed' };
	}
	const contradiction = pages.find(isContradiction);
	if (contradiction) {
		// CAKE may count before it lists, and somebody may record in between: only twice is proof.
		const again = await readMore(reader, sample, contradiction.startAtRow);
		const evidence = {
			total: again.total ?? 0,
			rows: again.startAtRow + again.conversions.length - 1,
		};
		return isContradiction(again)
			? { ...decide(check, false, evidence), reason: 'wrongTotal' }
			: leaveOpen(check, 'unclear');
	}
	const isStable = pages.every((page) => page.total === total);
	const last = probe && probe.startAtRow + probe.conversions.length - 1;
	const isEnd = isBeyond ? last === total || last === total - 1 : total === rows.length;
	return isStable && isEnd && !(sample.isWhole && isBeyond)
		? decide(check, true, { total })
		: leaveOpen(check, 'unclear', { total });
}

const MINUTE_MS = 60_000;

/**
 * What a month of this account costs to read.
 * @param month the sample of a month
 * @param sample what the account is judged by; the same, or a year with more rows
 * @param total the finding about the total: a wrong one counts nothing
 */
export function estimateMonth(month: Sample, sample: Sample, total: Finding): Finding {
	const check = 'monthInAMinute';
	const [page] = month.pages;
	const rows = month.rows.length;
	if (!page) return leaveOpen(check, 'noConversions');
	const seconds = toSeconds(page.ms);
	const isWhole =
		rows === 0 || sample.isWhole || (rows < sample.rows.length && rows < MAX_PAGE_SIZE);
	const named = total.result === 'no' ? undefined : page.total;
	const count = isWhole ? rows : named;
	if (count === undefined) return leaveOpen(check, 'noTotal', { rows, seconds });
	const requests = count <= rows ? 1 : 1 + Math.ceil((count - rows) / Math.max(1, rows - 1));
	const ms = requests * page.ms;
	const evidence = {
		rows,
		seconds,
		month_rows: count,
		month_requests: requests,
		month_seconds: toSeconds(ms),
	};
	if (ms <= MINUTE_MS) return decide(check, true, evidence);
	// Several pages at once are faster, but by how much depends on CAKE.
	return ms / MAX_CONCURRENT_PAGES > MINUTE_MS
		? decide(check, false, evidence)
		: leaveOpen(check, 'unclear', evidence);
}

function toSeconds(ms: number): number {
	return Math.round(ms) / 1000;
}
