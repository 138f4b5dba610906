import type { Order } from '../account/model.mts';

/** The three endpoints of the specification. */
export type Endpoint = 'record' | 'query' | 'update';

/** Everything that can go wrong on demand; what each does stands in faults.mts. */
export const FAULT_KINDS = [
	'throttle',
	'throttleDate',
	'restricted',
	'unavailable',
	'serverError',
	'resetBefore',
	'resetAfter',
	'hang',
	'hangAfter',
	'html',
	'htmlAfter',
	'cutOff',
	'empty',
	'echo',
	'redirect',
	'wrongKey',
	'errorPage',
	'errorPageAfter',
	'requestTimeout',
	'requestTimeoutAfter',
	'warning',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Details of a fault, random or scripted. */
export interface FaultDetails {
	/**
	 * Of `throttle` and `unavailable`: the Retry-After header, seconds or any text. Of
	 * `throttleDate`: how many seconds ahead the date is. Default 1, none for `unavailable`.
	 */
	retryAfter?: number | string;
	/** Of `redirect`: where to. An origin alone gets the request's own path and query (with the key). */
	redirectTo?: string;
}

/** A fault that happens at random. */
export interface Fault extends FaultDetails {
	kind: FaultKind;
	/** Share of the requests it hits, 0 to 1. The shares of all faults add up. */
	probability: number;
	/** The endpoints it hits; default all three. */
	endpoints?: Endpoint[];
	/** It happens at most this often. */
	times?: number;
}

/** Where real trackers depart from the specification's samples; what each does stands in quirks.mts. */
export const QUIRK_KINDS = [
	'cutText',
	'escapeText',
	'composeText',
	'dropZeros',
	'asNumber',
	'latin1Text',
	'singleSpaces',
	'emptyText',
	'guidHyphens',
	'guidBraces',
	'guidCase',
	'otherOffer',
	'ownPayout',
	'ownRevenue',
	'ownDate',
	'refuseSecondSale',
	'rewordDuplicate',
	'responseEnvelope',
	'dataEnvelope',
	'conversionEnvelope',
	'nestedObjects',
	'spacedDates',
	'totalRecords',
	'rowCount',
] as const;
export type QuirkKind = (typeof QUIRK_KINDS)[number];

/** A text that a client sends and CAKE sends back. */
export type TextMember = 'click_id' | 'order_id' | 'unique_id';

/** Details of a quirk, random or scripted. */
export interface QuirkDetails {
	/** The texts that a text quirk changes. Default order and unique ID; GUID quirks change the click ID. */
	members?: TextMember[];
	/**
	 * Where a text or GUID quirk changes texts. `store` (default): in the account, so that this reply
	 * and all later ones show it. `reply`: in this reply alone.
	 */
	where?: 'store' | 'reply';
	/** For `cutText`: how many UTF-16 units are kept. Default 10. */
	maxLength?: number;
	/** For `otherOffer`: where the sale is booked. Default the account's next active offer. */
	offerId?: number;
	/** For the two that refuse: CAKE's words. Default one of wordings.mts at random. */
	message?: string;
}

/** A quirk that shows at random. Each is drawn on its own, so a request may have several. */
export interface Quirk extends QuirkDetails {
	kind: QuirkKind;
	/** Share of the requests it may change, 0 to 1. */
	probability: number;
	/** The endpoints it changes. Default all three. */
	endpoints?: Endpoint[];
}

/** How the sandbox is to behave. All are optional. */
export interface SandboxOptions {
	/** Default 0: any free port. */
	port?: number;
	/** Default 127.0.0.1. */
	host?: string;
	/** Default 'sandbox-key-0123456789'. */
	apiKey?: string;
	/** All randomness, of data and of faults, comes from it. Default 1. */
	seed?: number;
	/** Number of seeded conversions. Default 0. */
	rows?: number;
	/** The seeded conversions lie within the last so many days. Default 30. */
	days?: number;
	/** The account's clock; default the real one. */
	now?: () => Date;
	/** Zone (IANA name) of the account's days. Default UTC. */
	timeZone?: string;
	/** Whether a query's end date belongs to it. Default true; CAKE's rule is unknown. */
	endDateInclusive?: boolean;
	/** Wait (ms) before every reply. Work is done before the wait. Default 0. */
	latencyMs?: number;
	/** Order of a query's rows. Default newest first. */
	order?: Order;
	/** Rows a page has at most, whatever (up to 500) was asked for. Default 500. */
	maxRowsPerPage?: number;
	/** Form of `total_rows`. Default a number. */
	total?: 'number' | 'text' | 'absent';
	/** Reply to a `unique_id` that is known already. Default a refusal. */
	onDuplicate?: 'refuse' | 'returnExisting';
	/** HTTP status of refusals. Default 200, as CAKE's older API does it. */
	errorStatus?: 200 | 400;
	/** More requests than this in a second (token bucket of one second) get 429, Retry-After: 1. */
	ratePerSecond?: number;
	/** Faults that happen at random. */
	faults?: Fault[];
	/** Quirks that show at random. */
	quirks?: Quirk[];
	/** Probability, for each query request, that a conversion appears just before it is answered. */
	insertWhilePaging?: number;
	/** Probability, for each query request, that a row changes its status just before it is answered. */
	changeStatusWhilePaging?: number;
}

/** Options with every default filled in. */
export type Settings = Required<Omit<SandboxOptions, 'ratePerSecond'>> &
	Pick<SandboxOptions, 'ratePerSecond'>;

const DEFAULTS: Settings = {
	port: 0,
	host: '127.0.0.1',
	apiKey: 'sandbox-key-0123456789',
	seed: 1,
	rows: 0,
	days: 30,
	now: () => new Date(),
	timeZone: 'UTC',
	endDateInclusive: true,
	latencyMs: 0,
	order: 'newest',
	maxRowsPerPage: 500,
	total: 'number',
	onDuplicate: 'refuse',
	errorStatus: 200,
	faults: [],
	quirks: [],
	insertWhilePaging: 0,
	changeStatusWhilePaging: 0,
};

/** Fills in the defaults; an option given as undefined counts as not given. */
export function settle(options: SandboxOptions): Settings {
	const given = Object.entries(options).filter(([, value]) => value !== undefined);
	return { ...DEFAULTS, ...Object.fromEntries(given) };
}
