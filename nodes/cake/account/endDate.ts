import { addDays, readDay } from '../dates';
import { groupBy } from '../groupBy';
import { readGroupValue } from '../conversions/totals';
import type { Conversion, ConversionFilters } from '../types';
import { parseId } from '../values';
import type { AccountReader, Page } from './accountReader';
import { decide, leaveOpen, type Finding } from './findings';
import { hasRow, type Sample } from './sample';

/** Days on which no account has conversions. The future ones are counted from the end of the sample. */
const PAST = { startDate: '2000-01-01', endDate: '2000-01-02' };
const DAYS_AHEAD = 30;

type PageSource = Pick<AccountReader, 'readPage'>;

/** Conversions of one day, and the filters that list little besides them. */
interface Group {
	day: string;
	rows: Conversion[];
	filters: ConversionFilters;
}

/** The largest group of conversions of one day, offer and affiliate. Days before the last ones come first. */
function findGroup({ rows, range }: Sample): Group | undefined {
	const dated = rows.flatMap((one) => {
		const day = readDay(one.row.conversion_date);
		return day === undefined ? [] : [{ day, one }];
	});
	const settled = dated.filter(({ day }) => day < addDays(range.endDate, -4));
	const candidates = settled.length > 0 ? settled : dated;
	const groups = groupBy(candidates, ({ day, one: { row } }) =>
		JSON.stringify([day, readGroupValue('offer', row), readGroupValue('affiliate', row)]),
	);
	const [largest] = [...groups.values()].sort((one, other) => other.length - one.length);
	if (!largest?.[0]) return undefined;
	const { day, one } = largest[0];
	const filters = {
		offerId: parseId(readGroupValue('offer', one.row)),
		affiliateId: parseId(readGroupValue('affiliate', one.row)),
	};
	return { day, rows: largest.map((entry) => entry.one), filters };
}

const TIME = /[T ]\d{1,2}:(\d{2})(?::(\d{2}))?/;

/**
 * Whether the moment of a conversion is midnight in no time zone, since all of them differ by quarters
 * of an hour. A list up to midnight, where a last day begins, would show a conversion of midnight.
 */
function isWithinDay({ row }: Conversion): boolean {
	const [, minutes, seconds = '0'] = TIME.exec(String(row.conversion_date)) ?? [];
	return minutes !== undefined && (Number(minutes) % 15 !== 0 || Number(seconds) !== 0);
}

/** Whether CAKE lists nothing for days without conversions. Otherwise it ignores a date. */
async function areDatesHonored(reader: PageSource, { range }: Sample): Promise<boolean> {
	const future = addDays(range.endDate, DAYS_AHEAD);
	for (const days of [PAST, { startDate: future, endDate: addDays(future, 1) }]) {
		const { conversions } = await reader.readPage(days);
		if (conversions.length > 0) return false;
	}
	return true;
}

/** Three lists of two days each, of which the middle one shares a day with each of the others. */
interface Lists {
	others: [Page, Page];
	middle: Page;
}

/** The middle list is read last: its conversions were there before and after the others were read. */
async function readAround(
	reader: PageSource,
	day: string,
	filters: ConversionFilters,
): Promise<Lists> {
	const readFrom = async (days: number) => {
		const startDate = addDays(day, days);
		return await reader.readPage({ startDate, endDate: addDays(startDate, 1) }, filters);
	};
	return { others: [await readFrom(-1), await readFrom(1)], middle: await readFrom(0) };
}

/** As `readAround`, on the account's own day of the conversions: their dates may be of another zone. */
async function readGroup(reader: PageSource, { day, rows, filters }: Group): Promise<Lists> {
	const lists = await readAround(reader, day, filters);
	const hasAny = (page: Page) => rows.some(({ id }) => hasRow(page, id));
	const [before, after] = lists.others;
	if (hasAny(lists.middle) || !(hasAny(before) || hasAny(after))) return lists;
	return await readAround(reader, addDays(day, hasAny(before) ? -1 : 1), filters);
}

/**
 * Whether a list includes the conversions of its end date. The middle one of three lists shares its first
 * day with the end of the one, and its end with the first day of the other. If the end date counts, each
 * conversion of the middle list is in one of the others, too. If not, in none of them. That holds in any
 * time zone.
 */
export async function checkEndDate(reader: PageSource, sample: Sample): Promise<Finding> {
	const check = 'endDateCounted';
	if (sample.rows.length === 0) return leaveOpen(check, 'noConversions');
	const group = findGroup(sample);
	if (!group) return leaveOpen(check, 'notShown');
	const { others, middle } = await readGroup(reader, group);
	const isShared = ({ id }: Conversion) => others.some((page) => hasRow(page, id));
	const shared = middle.conversions.filter((one) => isShared(one) && isWithinDay(one));
	const alone = group.rows.filter((one) => hasRow(middle, one.id) && !isShared(one));
	const evidence = { conversions: middle.conversions.length, in_both: shared.length };
	if (shared.length > 0) {
		if (!(await areDatesHonored(reader, sample))) return leaveOpen(check, 'datesIgnored');
		return alone.length === 0 ? decide(check, true, evidence) : leaveOpen(check, 'unclear');
	}
	// A page that is shorter than one that CAKE gave before is the whole list.
	const areWhole = others.every(({ conversions }) => conversions.length < sample.rows.length);
	return alone.length > 0 && areWhole
		? decide(check, false, evidence)
		: leaveOpen(check, 'unclear', evidence);
}
