import { sameText } from '../conversions/endpoints';
import { readGroupValue, type Grouping } from '../conversions/totals';
import type { Entry } from '../directory/endpoints';
import { groupBy } from '../groupBy';
import { CONVERSION_STATUSES, type Conversion, type ConversionFilters } from '../types';
import { parseId } from '../values';
import type { AccountReader } from './accountReader';
import { decide, leaveOpen, type Check, type Finding } from './findings';
import { hasRow, type Sample } from './sample';

interface FilterCheck {
	check: Check;
	grouping: Grouping;
	/** The filter for a value of a row; undefined if CAKE has none for it. */
	toFilters(value: unknown): ConversionFilters | undefined;
}

function createIdCheck(
	check: Check,
	grouping: Grouping,
	name: 'advertiserId' | 'affiliateId' | 'offerId',
): FilterCheck {
	const toFilters = (value: unknown) => {
		const id = parseId(value);
		return id === undefined ? undefined : { [name]: id };
	};
	return { check, grouping, toFilters };
}

const ADVERTISER = createIdCheck('advertiserFilter', 'advertiser', 'advertiserId');

/** The filters whose value each row shows. */
const SHOWN: FilterCheck[] = [
	createIdCheck('offerFilter', 'offer', 'offerId'),
	createIdCheck('affiliateFilter', 'affiliate', 'affiliateId'),
	{
		check: 'statusFilter',
		grouping: 'status',
		toFilters(value) {
			const conversionStatus = CONVERSION_STATUSES.find((status) => status === value);
			return conversionStatus && { conversionStatus };
		},
	},
];

/**
 * Asks for a value that at most half of the rows have. An account that ignores the filter would show
 * others. A row with another value is a no; only rows with the value, and at least one, are a yes.
 */
async function checkShown(
	reader: AccountReader,
	{ rows, range }: Sample,
	{ check, grouping, toFilters }: FilterCheck,
): Promise<Finding> {
	if (rows.length === 0) return leaveOpen(check, 'noConversions');
	const read = ({ row }: Conversion) => readGroupValue(grouping, row);
	const groups = groupBy(
		rows.filter((one) => read(one) !== null),
		read,
	);
	if (groups.size === 0) return leaveOpen(check, 'notShown');
	if (groups.size === 1) return leaveOpen(check, 'oneValue', { rows: rows.length });
	const [wanted] = [...groups]
		.filter(([value, ones]) => toFilters(value) && ones.length * 2 <= rows.length)
		.sort(([, one], [, other]) => other.length - one.length);
	const filters = wanted && toFilters(wanted[0]);
	if (!filters) return leaveOpen(check, 'oneValue', { rows: rows.length });
	const { conversions } = await reader.readPage(range, filters);
	const values = conversions.map(read);
	const others = values.filter((value) => value !== null && !sameText(value, wanted[0]));
	const evidence = { rows: conversions.length, not_asked_for: others.length };
	if (others.length > 0) return decide(check, false, evidence);
	if (conversions.length === 0) return leaveOpen(check, 'noneListed');
	return values.includes(null) ? leaveOpen(check, 'notShown') : decide(check, true, evidence);
}

/**
 * The advertiser of a row is that of its offer in CAKE's list of offers. A conversion has one
 * advertiser: listed for two of them, the filter is ignored.
 * @param offers undefined if CAKE gave no such list
 */
async function checkHidden(
	reader: AccountReader,
	{ rows, range }: Sample,
	offers: Entry[] | undefined,
): Promise<Finding> {
	const { check } = ADVERTISER;
	const advertisers = new Map(offers?.map(({ id, advertiserId }) => [id, advertiserId]));
	const known = rows.flatMap(({ row }) => {
		const id = parseId(readGroupValue('offer', row));
		return (id !== undefined && advertisers.get(id)) || [];
	});
	const groups = [...groupBy(known, (id) => id).values()];
	const [one, other] = groups.sort((left, right) => right.length - left.length);
	if (!one?.[0]) return leaveOpen(check, 'notShown');
	if (!other?.[0]) return leaveOpen(check, 'oneValue', { rows: rows.length });
	const first = await reader.readPage(range, { advertiserId: one[0] });
	const second = await reader.readPage(range, { advertiserId: other[0] });
	const inBoth = first.conversions.filter(({ id }) => hasRow(second, id)).length;
	const evidence = {
		rows: first.conversions.length,
		rows_of_another: second.conversions.length,
		in_both: inBoth,
	};
	if (inBoth > 0) return decide(check, false, evidence);
	const isListed = first.conversions.length > 0 && second.conversions.length > 0;
	return isListed ? decide(check, true, evidence) : leaveOpen(check, 'noneListed', evidence);
}

/** @param offers CAKE's list of offers; undefined if it gave none */
export async function checkFilters(
	reader: AccountReader,
	sample: Sample,
	offers: Entry[] | undefined,
): Promise<Finding[]> {
	const isShown = sample.rows.some(({ row }) => readGroupValue('advertiser', row) !== null);
	const findings: Finding[] = [];
	for (const one of isShown ? [...SHOWN, ADVERTISER] : SHOWN) {
		findings.push(
			await reader.attempt(one.check, async () => await checkShown(reader, sample, one)),
		);
	}
	if (isShown) return findings;
	if (sample.rows.length === 0) return [...findings, leaveOpen(ADVERTISER.check, 'noConversions')];
	const ask = async () => await checkHidden(reader, sample, offers);
	return [...findings, await reader.attempt(ADVERTISER.check, ask)];
}
