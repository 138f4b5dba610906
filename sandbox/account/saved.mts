import { type Click, type Conversion, type Offer, type ShownTexts, STATUSES } from './model.mts';

/** An account as data. Its form is that of the file's version: see file.mts. */
export interface SavedAccount {
	timeZone: string;
	lastConversionId: number;
	lastOfferId: number;
	offers: Offer[];
	affiliates: Array<[id: number, name: string]>;
	advertisers: Array<[id: number, name: string]>;
	clicks: Click[];
	conversions: Conversion[];
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) => Number.isFinite(value);
/** An ID or an instant. */
const isInteger: Check = (value) => Number.isSafeInteger(value);
const isTextOrNumber: Check = (value) => isText(value) || isNumber(value);
const isStatus: Check = (value) => STATUSES.some((status) => status === value);
const isNewStatus: Check = (value) => value === 'approved' || value === 'pending';

const optional =
	(isValid: Check): Check =>
	(value) =>
		value === undefined || isValid(value);

const checkList =
	(isValid: Check): Check =>
	(value) =>
		Array.isArray(value) && value.every(isValid);

const isName: Check = (value) =>
	Array.isArray(value) && value.length === 2 && isInteger(value[0]) && isText(value[1]);

const isTexts: Check = (value) => isObject(value) && Object.values(value).every(isText);

/** Checks an object. Names each member of T, so that no new one is forgotten. */
const checkObject =
	<T,>(members: Record<keyof T, Check>): Check =>
	(value) =>
		isObject(value) &&
		Object.entries<Check>(members).every(([name, isValid]) => isValid(value[name]));

const isOffer = checkObject<Offer>({
	offerId: isInteger,
	name: isText,
	advertiserId: isInteger,
	active: isFlag,
	payout: isNumber,
	revenue: isNumber,
	newStatus: isNewStatus,
});

const isClick = checkObject<Click>({
	clickId: isText,
	offerId: isInteger,
	affiliateId: isInteger,
	active: isFlag,
	expiresAt: isInteger,
});

const isShown = checkObject<ShownTexts>({
	clickId: optional(isTextOrNumber),
	orderId: optional(isTextOrNumber),
	uniqueId: optional(isTextOrNumber),
});

const isConversion = checkObject<Conversion>({
	conversionId: isInteger,
	clickId: isText,
	offerId: isInteger,
	affiliateId: isInteger,
	advertiserId: isInteger,
	payout: isNumber,
	revenue: isNumber,
	at: isInteger,
	status: isStatus,
	orderId: optional(isText),
	uniqueId: optional(isText),
	adv: optional(isTexts),
	notes: checkList(isText),
	shown: optional(isShown),
});

const hasForm = checkObject<SavedAccount>({
	timeZone: isTimeZone,
	lastConversionId: isInteger,
	lastOfferId: isInteger,
	offers: checkList(isOffer),
	affiliates: checkList(isName),
	advertisers: checkList(isName),
	clicks: checkList(isClick),
	conversions: checkList(isConversion),
});

/** Whether a value is a complete account, in which no conversion is there twice. */
export function isSavedAccount(value: unknown): value is SavedAccount {
	if (!hasForm(value)) return false;
	const { conversions } = value as SavedAccount;
	return new Set(conversions.map(({ conversionId }) => conversionId)).size === conversions.length;
}

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTimeZone(value: unknown): boolean {
	if (typeof value !== 'string') return false;
	try {
		new Intl.DateTimeFormat('en', { timeZone: value });
		return true;
	} catch {
		return false;
	}
}
