import type { Order } from '../account/model.mts';
import { DEFAULT_LIST, type ListForm } from './listForm.mts';
import type { PostbackOptions } from './postbacks.mts';

/** The three endpoints of the specification. */
export type ConversionEndpoint = 'record' | 'query' | 'update';

/** Sister endpoints that give names for IDs. */
export const DIRECTORY_ENDPOINTS = ['offers', 'affiliates', 'advertisers'] as const;
export type DirectoryEndpoint = (typeof DIRECTORY_ENDPOINTS)[number];

export type Endpoint = ConversionEndpoint | DirectoryEndpoint;

export function isDirectory(endpoint: Endpoint | 'other'): endpoint is DirectoryEndpoint {
	return DIRECTORY_ENDPOINTS.some((name) => name === endpoint);
}

/** How the lists of offers, affiliates and advertisers are served. CAKE's articles differ. */
export interface DirectoryForm {
	/** `absent`: HTTP 404. `refused`: the user of the key may not read them. Default `served`. */
	access: 'served' | 'absent' | 'refused';
	/** Names of the objects around a list, outermost first. Default none. */
	envelope: readonly string[];
	/** The lists with rows one level deeper, such as `{ offer: { … } }`. Default offers. */
	wrapped: readonly DirectoryEndpoint[];
	/** The number of the first row. Default 0. */
	firstRow: 0 | 1;
	/** The most rows a page has, even if `row_limit` is higher. Default 500. */
	maxRowsPerPage: number;
	/** Wait (ms) before a list is sent, besides `latencyMs`. Default 0. */
	latencyMs: number;
}

/** Faults the sandbox can play. faults.mts defines each. */
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
	 * `throttle` and `unavailable`: the Retry-After header (seconds or any text). `throttleDate`:
	 * seconds from now to the header's date. Default 1; for `unavailable`, no header.
	 */
	retryAfter?: number | string;
	/** `redirect`: the URL. An origin alone gets the request's path and query (with the key). */
	redirectTo?: string;
}

/** A fault that happens at random. */
export interface Fault extends FaultDetails {
	kind: FaultKind;
	/** Share of the requests it hits, 0 to 1. A request has at most one fault: the shares add up. */
	probability: number;
	/** The endpoints it hits. Default all. */
	endpoints?: Endpoint[];
	/** It happens at most this many times. Default: no limit. */
	times?: number;
}

/** Ways in which real trackers differ from the specification's samples. quirks.mts defines each. */
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

/** A text that a client sends and a reply repeats. */
export type TextMember = 'click_id' | 'order_id' | 'unique_id';

/** Details of a quirk, random or scripted. */
export interface QuirkDetails {
	/** Texts to change. Default order and unique ID. GUID quirks always change the click ID. */
	members?: TextMember[];
	/**
	 * Where a text or GUID quirk changes texts. `store` (default): in the account. This reply and all
	 * later ones show the change. `reply`: only in this reply.
	 */
	where?: 'store' | 'reply';
	/** `cutText`: how many UTF-16 units remain. Default 10. */
	maxLength?: number;
	/** `otherOffer`: the offer that gets the sale. Default the account's next active offer. */
	offerId?: number;
	/** `refuseSecondSale`, `rewordDuplicate`: CAKE's message. Default: random, from wordings.mts. */
	message?: string;
}

/** A quirk that happens at random. Each is drawn independently: a request may have several. */
export interface Quirk extends QuirkDetails {
	kind: QuirkKind;
	/** Share of the requests it may change, 0 to 1. */
	probability: number;
	/** The endpoints it changes. Default all. */
	endpoints?: Endpoint[];
}

/** Options of the sandbox. */
export interface SandboxOptions {
	/** Default 0: any free port. */
	port?: number;
	/** Default 127.0.0.1. */
	host?: string;
	/** Default 'sandbox-key-0123456789'. */
	apiKey?: string;
	/** Seed of all random data, faults and quirks. Default 1. */
	seed?: number;
	/** Number of seeded conversions. Default 0. */
	rows?: number;
	/** The seeded conversions are at most this many days old. Default 30. */
	days?: number;
	/**
	 * A JSON file that keeps the account, its time zone and the port between starts. If it exists,
	 * nothing is seeded, and `rows`, `days` and `timeZone` do not count. The last port is tried first,
	 * then `port`; if both are taken, any free one is used. Default: the account is not kept.
	 */
	file?: string;
	/** Receives one line when the file or its port cannot be used. Default: prints it to stderr. */
	report?: (problem: string) => void;
	/** The account's clock. Default the real one. */
	now?: () => Date;
	/** Time zone (IANA name) of the account's days. Default UTC. */
	timeZone?: string;
	/** Whether a query includes its end date. Default true. CAKE's rule is unknown. */
	endDateInclusive?: boolean;
	/** Wait (ms) between handling a request and sending the reply. Default 0. */
	latencyMs?: number;
	/** Order of a query's rows. Default newest first. */
	order?: Order;
	/** The most rows a page has, even if `row_limit` is higher. Default 500. */
	maxRowsPerPage?: number;
	/** Form of `total_rows`. `ofPage`: only the rows of the reply are counted. Default a number. */
	total?: 'number' | 'text' | 'absent' | 'ofPage';
	/** Reply to a `unique_id` that the account already has. Default a refusal. */
	onDuplicate?: 'refuse' | 'returnExisting';
	/** HTTP status of refusals. Default 200, as in CAKE's older API. */
	errorStatus?: 200 | 400;
	/** How the lists of offers, affiliates and advertisers are served. */
	directory?: Partial<DirectoryForm>;
	/** How the list of conversions is served. */
	list?: Partial<ListForm>;
	/** Above this rate, requests get 429, Retry-After: 1 (token bucket of 1 s). Default: no limit. */
	ratePerSecond?: number;
	/** Faults that happen at random. */
	faults?: Fault[];
	/** Quirks that happen at random. */
	quirks?: Quirk[];
	/** What is called for each conversion that a request records. Default: nothing. */
	postback?: PostbackOptions;
	/** Probability that a conversion is added just before a query request is answered. Default 0. */
	insertWhilePaging?: number;
	/** Probability that a status changes just before a query request is answered. Default 0. */
	changeStatusWhilePaging?: number;
}

/** Options with all defaults. */
export type Settings = Required<
	Omit<SandboxOptions, 'file' | 'ratePerSecond' | 'directory' | 'list' | 'postback'>
> &
	Pick<SandboxOptions, 'file' | 'ratePerSecond' | 'postback'> & {
		directory: DirectoryForm;
		list: ListForm;
	};

const DEFAULT_DIRECTORY: DirectoryForm = {
	access: 'served',
	envelope: [],
	wrapped: ['offers'],
	firstRow: 0,
	maxRowsPerPage: 500,
	latencyMs: 0,
};

const DEFAULTS: Settings = {
	port: 0,
	host: '127.0.0.1',
	apiKey: 'sandbox-key-0123456789',
	seed: 1,
	rows: 0,
	days: 30,
	report: (problem) => void process.stderr.write(`sandbox: ${problem}\n`),
	now: () => new Date(),
	timeZone: 'UTC',
	endDateInclusive: true,
	latencyMs: 0,
	order: 'newest',
	maxRowsPerPage: 500,
	total: 'number',
	onDuplicate: 'refuse',
	errorStatus: 200,
	directory: DEFAULT_DIRECTORY,
	list: DEFAULT_LIST,
	faults: [],
	quirks: [],
	insertWhilePaging: 0,
	changeStatusWhilePaging: 0,
};

/** An undefined option counts as absent. */
export function applyDefaults(options: SandboxOptions): Settings {
	const given = Object.entries(options).filter(([, value]) => value !== undefined);
	const directory = { ...DEFAULT_DIRECTORY, ...options.directory };
	const list = { ...DEFAULT_LIST, ...options.list };
	return { ...DEFAULTS, ...Object.fromEntries(given), directory, list };
}
