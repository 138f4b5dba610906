import type { IDataObject } from 'n8n-workflow';

import { readGroupValue } from '../conversions/totals';
import { readDay } from '../dates';
import { CONVERSION_STATUSES } from '../types';
import { isEmpty } from '../values';
import { decide, leaveOpen, type Check, type Finding } from './findings';
import type { Sample } from './sample';

/** The members that CAKE's article leaves open, and the check of each. */
const MEMBERS: Array<[check: Check, member: string]> = [
	['uniqueIdInRows', 'unique_id'],
	['orderIdInRows', 'order_id'],
	['adv1InRows', 'adv1'],
];

/** With fewer rows, none of them having a value says nothing about others. */
const ENOUGH_ROWS = 20;

function checkMember(rows: IDataObject[], check: Check, member: string): Finding {
	const filled = rows.filter((row) => !isEmpty(row[member])).length;
	const evidence = { rows: rows.length, with_value: filled };
	if (filled > 0) return decide(check, true, evidence);
	// CAKE may leave out a member that has no value. So this is about the rows that were read.
	return rows.length >= ENOUGH_ROWS
		? decide(check, false, evidence)
		: leaveOpen(check, 'fewConversions', evidence);
}

function checkStatuses(rows: IDataObject[], isWhole: boolean): Finding {
	const check = 'otherStatuses';
	const statuses = rows.map((row) => readGroupValue('status', row));
	const others = statuses.filter(
		(value) => value !== null && !CONVERSION_STATUSES.some((status) => status === value),
	);
	const evidence = { rows: rows.length, with_other_status: others.length };
	if (others.length > 0) return decide(check, true, evidence);
	if (statuses.includes(null)) return leaveOpen(check, 'notShown', evidence);
	return isWhole ? decide(check, false, evidence) : leaveOpen(check, 'partlyRead', evidence);
}

/** A time of day with `Z` or an offset behind it. */
const ZONED = /[T ]\d{1,2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$/i;

function checkDates(rows: IDataObject[]): Finding {
	const check = 'datesNameZone';
	const dates = rows.map((row) => row.conversion_date);
	const readable = dates.filter((date) => readDay(date) !== undefined);
	const zoned = readable.filter((date) => ZONED.test(String(date).trim())).length;
	const evidence = { rows: rows.length, with_zone: zoned };
	if (readable.length < rows.length) return leaveOpen(check, 'notShown', evidence);
	if (zoned > 0 && zoned < rows.length) return leaveOpen(check, 'mixed', evidence);
	return decide(check, zoned > 0, evidence);
}

/** What the rows themselves show. Needs no request. */
export function checkRows({ rows, isWhole }: Sample): Finding[] {
	const objects = rows.map(({ row }) => row);
	if (rows.length === 0) {
		const checks = [...MEMBERS.map(([check]) => check), 'otherStatuses', 'datesNameZone'] as const;
		return checks.map((check) => leaveOpen(check, 'noConversions'));
	}
	return [
		...MEMBERS.map(([check, member]) => checkMember(objects, check, member)),
		checkStatuses(objects, isWhole),
		checkDates(objects),
	];
}
