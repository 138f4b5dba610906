import { addDays, readDay } from '../dates';
import { groupBy } from '../groupBy';
import { readGroupValue } from '../conversions/totals';
import type { Conversion, ConversionFilters } from '../types';
import { parseId } from '../values';
import type { AccountReader } from './accountReader';
import { decide, leaveOpen, type Finding } from './findings';
import { hasRow, type Sample } from './sample';

/** Days on which no account has conversions. The future ones are counted from the end of the sample. */
const PAST = { startDate: '2000-01-01', endDate: '2000-01-02' };
const DAYS_AHEAD = 30;

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
async function areDatesHonored(reader: AccountReader, { range }: Sample): Promise<boolean> {
	const future = addDays(range.endDate, DAYS_AHEAD);
	for (const days of [PAST, { startDate: future, endDate: addDays(future, 1) }]) {
		const { conversions } = await reader.readPage(days);
		if (conversions.length > 0) return false;
	}
	return true;
}

/**
 * Whether a list includes the conversions of its end date. Three lists of two days each overlap in one
 * day: the days before a day D and D, D and the next, the next and the one after. If the end date counts,
 * each conversion of the middle list is in one of the others, too. If not, in none of them. That holds in
 * any time zone. The middle list is read last: its conversions were there before and after the others.
 */
export async function checkEndDate(reader: AccountReader, sample: Sample): Promise<Finding> {
	const check = 'endDateCounted';
	if (sample.rows.length === 0) return leaveOpen(check, 'noConversions');
	const group = findGroup(sample);
	if (!group) return leaveOpen(check, 'notShown');
	const { day, rows, filters } = group;
	const readFrom = async (days: number) => {
		const startDate = addDays(day, days);
		return await reader.readPage({ startDate, endDate: addDays(startDate, 1) }, filters);
	};
	const others = [await readFrom(-1), await readFrom(1)];
	const middle = await readFrom(0);
	const isShared = ({ id }: Conversion) => others.some((page) => hasRow(page, id));
	const shared = middle.conversions.filter((one) => isShared(one) && isWithinDay(one));
	const alone = rows.filter((one) => hasRow(middle, one.id) && !isShared(one));
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
