import { addDays, widenEnd } from '../dates';
import { asError, CakeError } from '../errors';
import { MAX_PAGE_SIZE } from '../paging/readAllPages';
import type { Conversion, DateRange } from '../types';
import type { AccountReader, Page } from './accountReader';

const DAYS_OF_MONTH = 30;
const DAYS_OF_YEAR = 365;

/** The conversions that an account is judged by: the first page of a month, or of a year if it has more. */
export interface Sample {
	range: DateRange;
	rows: Conversion[];
	/** Every reply about this range without a filter, the first one first. */
	pages: Page[];
	/** Whether these are all conversions of the range. */
	isWhole: boolean;
}

/** The last days, wide enough for every time zone that CAKE may use. @param today `YYYY-MM-DD` */
function getLastDays(today: string, days: number): DateRange {
	return { startDate: addDays(today, -days), endDate: widenEnd(today) };
}

function createSample(range: DateRange, page: Page): Sample {
	return { range, rows: page.conversions, pages: [page], isWhole: false };
}

/** @throws CakeError, NotSent */
export async function readMonth(reader: AccountReader, today: string): Promise<Sample> {
	const range = getLastDays(today, DAYS_OF_MONTH);
	return createSample(range, await reader.readPage(range));
}

/** Reads a year if the month does not fill a page. @throws NotSent */
export async function widenSample(
	reader: AccountReader,
	month: Sample,
	today: string,
): Promise<Sample> {
	if (month.rows.length >= MAX_PAGE_SIZE) return month;
	const range = getLastDays(today, DAYS_OF_YEAR);
	try {
		const year = createSample(range, await reader.readPage(range));
		return year.rows.length > month.rows.length ? year : month;
	} catch (error) {
		if (error instanceof CakeError) return month;
		throw asError(error);
	}
}

/** Reads another page of the sample's range and keeps the reply. @throws CakeError, NotSent */
export async function readMore(
	reader: AccountReader,
	{ range, pages }: Sample,
	startAtRow: number,
): Promise<Page> {
	const page = await reader.readPage(range, {}, startAtRow);
	pages.push(page);
	return page;
}

/** Whether a page has a conversion. */
export function hasRow({ conversions }: Page, id: number): boolean {
	return conversions.some((one) => one.id === id);
}
