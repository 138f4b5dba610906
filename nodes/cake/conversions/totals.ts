import type { IDataObject } from 'n8n-workflow';

import { readDay, startOfWeek } from '../dates';
import { addDecimals, parseDecimal, ZERO, type Decimal } from '../decimals';
import type { Conversion } from '../types';
import { isEmpty, isObject, parseId, trim } from '../values';

/** What conversions can be grouped by, in the order of a form. */
export const GROUPINGS = [
	'advertiser',
	'affiliate',
	'day',
	'month',
	'offer',
	'status',
	'week',
] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Null where CAKE's row has no such value. */
type GroupValue = string | number | null;

/** A member of the totals, and how to read it from a row. */
interface GroupMember {
	member: string;
	read(row: IDataObject): GroupValue;
}

function readText(value: unknown): string | null {
	const isText = typeof value === 'string' || typeof value === 'number';
	return isText && !isEmpty(value) ? trim(String(value)) : null;
}

/** CAKE sends IDs as numbers or text. */
function readNumber(value: unknown): GroupValue {
	const text = readText(value);
	return parseId(text) ?? text;
}

const readStatus = (row: IDataObject) => readText(row.conversion_status)?.toLowerCase() ?? null;

/** The first generation of CAKE's API has `offer: { id, name }` in place of `offer_id`. */
function createIdMember(name: string): GroupMember {
	const member = `${name}_id`;
	const read = ({ [member]: id, [name]: nested }: IDataObject) =>
		readNumber(id) ?? (isObject(nested) ? readNumber(nested.id) : null);
	return { member, read };
}

function createTimeMember(member: string, toPeriod: (day: string) => string): GroupMember {
	const read = (row: IDataObject) => {
		const day = readDay(row.conversion_date);
		return day === undefined ? null : toPeriod(day);
	};
	return { member, read };
}

const GROUP_MEMBERS: Record<Grouping, GroupMember> = {
	advertiser: createIdMember('advertiser'),
	affiliate: createIdMember('affiliate'),
	day: createTimeMember('day', (day) => day),
	month: createTimeMember('month', (day) => day.slice(0, 7)),
	offer: createIdMember('offer'),
	status: { member: 'conversion_status', read: readStatus },
	week: createTimeMember('week', startOfWeek),
};

/** The value of a row that a grouping goes by; null if the row shows none. */
export function readGroupValue(grouping: Grouping, row: IDataObject): GroupValue {
	return GROUP_MEMBERS[grouping].read(row);
}

/** The member of each grouping in the totals. */
export function getGroupMember(grouping: Grouping): string {
	return GROUP_MEMBERS[grouping].member;
}

/**
 * Amounts of two currencies are never added up. The rows of CAKE's article ("Query Conversion History")
 * have no currency. Other lists of CAKE's have one of these members.
 */
const CURRENCY_MEMBERS: GroupMember[] = [
	{ member: 'currency', read: (row) => readText(row.currency)?.toUpperCase() ?? null },
	createIdMember('currency'),
];

/** Reduced rows to remember. If amounts are all different, more of them would cost memory and save none. */
const MAX_SHARED = 2_000;

/** The sums of one group. A row without an amount adds 0 to its sum. */
export interface GroupTotals {
	/** The values that the group's rows share. A currency is here only if they have one. */
	values: Record<string, GroupValue>;
	conversions: number;
	rejected: number;
	payout: Decimal;
	revenue: Decimal;
	/** Conversions whose payout or revenue is no plain number. */
	withoutAmount: number;
}

/**
 * Sums conversions by group, exactly. `reduceRow` sees each row as soon as it is read, and keeps only
 * what `sum` needs. It cannot sum by itself, because a row may be read twice.
 */
export class Totals {
	private readonly members: GroupMember[];

	/** The values of each group, by its index. */
	private readonly groups: GroupValue[][] = [];

	private readonly indexes = new Map<string, number>();

	/** Rows that came out alike lately are one object: most offers pay a fixed amount. */
	private readonly shared = new Map<string, IDataObject>();

	constructor(private readonly groupings: Grouping[]) {
		this.members = [...groupings.map((one) => GROUP_MEMBERS[one]), ...CURRENCY_MEMBERS];
	}

	reduceRow({ row }: Conversion): IDataObject {
		const { payout, revenue } = row;
		const isRejected = readStatus(row) === 'rejected';
		const reduced = { group: this.getIndex(row), isRejected, payout, revenue };
		const id = JSON.stringify(reduced);
		const same = this.shared.get(id);
		if (same) return same;
		if (this.shared.size >= MAX_SHARED) this.shared.clear();
		this.shared.set(id, reduced);
		return reduced;
	}

	/** @param conversions with rows from `reduceRow` @returns the groups by their values; empty last */
	sum(conversions: Conversion[]): GroupTotals[] {
		const totals = this.groups.map((values) => this.createTotals(values));
		for (const { row } of conversions) {
			const one = totals[Number(row.group)];
			if (one) add(one, row);
		}
		const order = this.groups.map((_, index) => index).sort((a, b) => this.compare(a, b));
		// A group is left without rows if they came again in another group.
		const filled = order.flatMap((index) => totals[index] ?? []).filter((one) => one.conversions);
		return filled.length === 0 && this.groupings.length === 0 ? [this.createTotals([])] : filled;
	}

	private getIndex(row: IDataObject): number {
		const values = this.members.map(({ read }) => read(row));
		const id = JSON.stringify(values);
		const known = this.indexes.get(id);
		if (known !== undefined) return known;
		this.indexes.set(id, this.groups.length);
		return this.groups.push(values) - 1;
	}

	private createTotals(groupValues: GroupValue[]): GroupTotals {
		const values: Record<string, GroupValue> = {};
		this.members.forEach(({ member }, position) => {
			const value = groupValues[position] ?? null;
			if (value !== null || position < this.groupings.length) values[member] = value;
		});
		const sums = { payout: ZERO, revenue: ZERO };
		return { values, conversions: 0, rejected: 0, ...sums, withoutAmount: 0 };
	}

	private compare(left: number, right: number): number {
		const [one = [], other = []] = [this.groups[left], this.groups[right]];
		const orders = one.map((value, position) => compareValues(value, other[position] ?? null));
		return orders.find((order) => order !== 0) ?? 0;
	}
}

function add(totals: GroupTotals, row: IDataObject): void {
	const [payout, revenue] = [parseDecimal(row.payout), parseDecimal(row.revenue)];
	totals.conversions++;
	if (row.isRejected === true) totals.rejected++;
	if (!payout || !revenue) totals.withoutAmount++;
	if (payout) totals.payout = addDecimals(totals.payout, payout);
	if (revenue) totals.revenue = addDecimals(totals.revenue, revenue);
}

/** Numbers by size, then texts by letter, then null. */
function compareValues(left: GroupValue, right: GroupValue): number {
	if (left === right) return 0;
	if (typeof left === 'number' && typeof right === 'number') return left - right;
	if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : 1;
	const rank = (value: GroupValue) => ['number', 'string', 'object'].indexOf(typeof value);
	return rank(left) - rank(right);
}
