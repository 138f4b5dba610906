import { isCalendarDate, parseInstant } from '../account/calendar.mts';
import { STATUSES } from '../account/model.mts';
import type { Endpoint } from './options.mts';
import type { RefusalReason } from './requestLog.mts';

const MAX_TEXT = 1000;
/** CAKE's keys have 50 characters at most (older API's documentation). */
const MAX_KEY = 50;
/** The specification: `row_limit` is 500 at most. */
const MAX_ROWS = 500;

/** What is wrong with a value, if anything. */
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

/** A whole number written the one plain way: no sign, no leading zero, no point, no exponent. */
const integerText: Check = (value) => {
	if (typeof value !== 'string' || !/^(0|[1-9]\d*)$/.test(value)) return 'mistyped';
	return idNumber(Number(value));
};

const idNumber: Check = (value) => {
	if (typeof value !== 'number' || !Number.isInteger(value)) return 'mistyped';
	return value < 1 || value > Number.MAX_SAFE_INTEGER ? 'outOfRange' : undefined;
};

const rowLimit: Check = (value) =>
	integerText(value) ?? (Number(value) > MAX_ROWS ? 'outOfRange' : undefined);

const decimal: Check = (value) =>
	typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? undefined : 'mistyped';

const date: Check = (value) =>
	typeof value === 'string' && isCalendarDate(value) ? undefined : 'mistyped';

const instant: Check = (value) =>
	typeof value === 'string' && parseInstant(value) !== undefined ? undefined : 'mistyped';

const status: Check = (value) =>
	STATUSES.some((known) => known === value) ? undefined : 'mistyped';

const must = (check: Check): Rule => ({ required: true, check });
const may = (check: Check): Rule => ({ required: false, check });

/** The specification's parameters, all of them and no other. */
export const RULES: Record<Endpoint, Readonly<Record<string, Rule>>> = {
	record: {
		api_key: must(key),
		click_id: must(text),
		offer_id: must(integerText),
		payout: may(decimal),
		revenue: may(decimal),
		conversion_date: may(instant),
		unique_id: may(text),
		order_id: may(text),
		adv1: may(text),
		adv2: may(text),
		adv3: may(text),
		adv4: may(text),
		adv5: may(text),
	},
	query: {
		api_key: must(key),
		start_date: must(date),
		end_date: must(date),
		offer_id: may(integerText),
		affiliate_id: may(integerText),
		advertiser_id: may(integerText),
		conversion_status: may(status),
		start_at_row: may(integerText),
		row_limit: may(rowLimit),
	},
	update: {
		api_key: must(key),
		conversion_id: must(idNumber),
		status: must(status),
		note: may(text),
	},
};
