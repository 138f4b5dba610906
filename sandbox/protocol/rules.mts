import { isCalendarDate, parseInstant } from '../account/calendar.mts';
import { STATUSES } from '../account/model.mts';
import type { Endpoint } from './options.mts';
import type { RefusalReason } from './requestLog.mts';

const MAX_TEXT = 1000;
/** CAKE's keys have at most 50 characters (documentation of the older API). */
const MAX_KEY = 50;
/** `row_limit` is at most 500 (specification). */
const MAX_ROWS = 500;

/** Gives the reason to refuse a value, or undefined. */
type Check = (value: unknown) => RefusalReason | undefined;

interface Rule {
	required: boolean;
	check: Check;
}

const length = (text: string) => [...text].length;

const text: Check = (value) => {
	if (typeof value !== 'string') return 'mistyped';
	return length(value) > MAX_TEXT ? 'tooLong' : undefined;
};

const key: Check = (value) => {
	if (typeof value !== 'string') return 'mistyped';
	return length(value) > MAX_KEY ? 'tooLong' : undefined;
};

/** A whole number in digits: no sign, leading zero, decimal point or exponent. */
const integerText: Check = (value) => {
	if (typeof value !== 'string' || !/^(0|[1-9]\d*)$/.test(value)) return 'mistyped';
	return idNumber(Number(value));
};

const idNumber: Check = (value) => {
	if (typeof value !== 'number' || !Number.isInteger(value)) return 'mistyped';
	return value < 1 || value > Number.MAX_SAFE_INTEGER ? 'outOfRange' : undefined;
};

/** Like `integerText`, but the first row may be 0 (articles on CAKE's lists). */
const rowText: Check = (value) => (value === '0' ? undefined : integerText(value));

const rowLimit: Check = (value) =>
	integerText(value) ?? (Number(value) > MAX_ROWS ? 'outOfRange' : undefined);

const decimal: Check = (value) =>
	typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? undefined : 'mistyped';

const date: Check = (value) =>
	typeof value === 'string' && isCalendarDate(value) ? undefined : 'mistyped';

const instant: Check = (value) =>
	typeof value === 'string' && parseInstant(value) !== undefined ? undefined : 'mistyped';

const status: Check = (value) => (STATUSES.some((name) => name === value) ? undefined : 'mistyped');

const required = (check: Check): Rule => ({ required: true, check });
const optional = (check: Check): Rule => ({ required: false, check });

const PAGING = { start_at_row: optional(rowText), row_limit: optional(rowLimit) };

/**
 * Exactly the parameters of the specification. Of the lists, those that both of CAKE's articles name
 * and the sandbox obeys: an offer has no filter by name.
 */
export const RULES: Record<Endpoint, Readonly<Record<string, Rule>>> = {
	record: {
		api_key: required(key),
		click_id: required(text),
		offer_id: required(integerText),
		payout: optional(decimal),
		revenue: optional(decimal),
		conversion_date: optional(instant),
		unique_id: optional(text),
		order_id: optional(text),
		adv1: optional(text),
		adv2: optional(text),
		adv3: optional(text),
		adv4: optional(text),
		adv5: optional(text),
	},
	query: {
		api_key: required(key),
		start_date: required(date),
		end_date: required(date),
		offer_id: optional(integerText),
		affiliate_id: optional(integerText),
		advertiser_id: optional(integerText),
		conversion_status: optional(status),
		start_at_row: optional(integerText),
		row_limit: optional(rowLimit),
	},
	update: {
		api_key: required(key),
		conversion_id: required(idNumber),
		status: required(status),
		note: optional(text),
	},
	offers: { api_key: required(key), offer_id: optional(integerText), ...PAGING },
	affiliates: {
		api_key: required(key),
		affiliate_id: optional(integerText),
		affiliate_name: optional(text),
		...PAGING,
	},
	advertisers: {
		api_key: required(key),
		advertiser_id: optional(integerText),
		advertiser_name: optional(text),
		...PAGING,
	},
};
