import type { IDataObject } from 'n8n-workflow';

import { CakeError } from '../errors';
import type { CakeCall } from '../types';
import { isObject } from '../values';

/** A reply as it came in, its text already free of the API key. */
export interface RawReply {
	/** Scheme and host it was asked of. */
	origin: string;
	status: number;
	headers: IDataObject;
	text: string;
}

const MAX_QUOTED = 300;

function shorten(text: string): string {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED)}…` : line;
}

/** What a person would read on a web page, shortened; pages are cut first, since they may be huge. */
function textOfPage(html: string): string {
	const visible = html
		.slice(0, 20_000)
		.replace(/<(script|style|head)\b[\s\S]*?(<\/\1>|$)/gi, ' ')
		.replace(/<[^>]*>/g, ' ')
		.replace(/&nbsp;/g, ' ')
		.replace(/&lt;/g, '<')
		.replace(/&gt;/g, '>')
		.replace(/&amp;/g, '&');
	return shorten(visible);
}

function parse(text: string): IDataObject | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return isObject(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** Far more than any row has. n8n and its nodes cannot copy or show items nested without end. */
const MAX_DEPTH = 100;

function isDeeperThan(levels: number, value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}

/** Where CAKE's generations and ASP.NET put their words; none is documented for this API. */
const MESSAGE_MEMBERS = ['message', 'error_message', 'error', 'Message', 'ExceptionMessage'];

function messageOf(body: IDataObject): string {
	for (const member of MESSAGE_MEMBERS) {
		const value = body[member];
		if (typeof value === 'string' && value.trim()) return shorten(value);
		if (isObject(value) && typeof value.message === 'string') return shorten(value.message);
	}
	return '';
}

/** An HTTP date (RFC 9110, 5.6.7) in epoch milliseconds; its asctime form names no zone and is UTC. */
function parseHttpDate(header: unknown): number {
	if (typeof header !== 'string' || !/^[A-Z][a-z]{2,8}[, ]/.test(header.trim())) return NaN;
	return Date.parse(/GMT$/.test(header.trim()) ? header : `${header} GMT`);
}

/**
 * The Retry-After header in milliseconds: seconds or a date (RFC 9110, 10.2.3). A date is measured
 * against the reply's own Date header, since the two clocks may differ.
 * @param now the present, for a reply without one
 */
export function readRetryAfter(headers: IDataObject, now: number): number | undefined {
	const header = headers['retry-after'];
	if (typeof header !== 'string') return undefined;
	const text = header.trim();
	if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
	const date = parseHttpDate(text);
	if (Number.isNaN(date)) return undefined;
	const sentAt = parseHttpDate(headers.date);
	return Math.max(0, date - (Number.isNaN(sentAt) ? now : sentAt));
}

/** A redirect within the host is ASP.NET's way to its error page: nobody knows how far CAKE came. */
function isWithinHost({ headers, origin }: RawReply): boolean {
	const { location } = headers;
	if (typeof location !== 'string' || !URL.canParse(location, origin)) return false;
	return new URL(location, origin).host === new URL(origin).host;
}

/** Our own parameter in an echoed request, its value already hidden: no word about the key. */
const ECHOED_KEY = /api_key["']?\s*(?:[=:]|%3D|&#61;)\s*["']?\*+/gi;

/** Shorter values would be cut out of CAKE's own words. */
const SHORTEST_VALUE = 3;

/** CAKE's words without ours in them: an order ID may hold "duplicate", or "API key". */
function ownWords(words: string, parameters: IDataObject): string {
	return Object.values(parameters)
		.map(String)
		.filter((value) => value.length >= SHORTEST_VALUE)
		.reduce((text, value) => text.replaceAll(value, ''), words.replace(ECHOED_KEY, ''));
}

const isAboutKey = (words: string, call: CakeCall<unknown>) =>
	/api[ _-]?key/i.test(ownWords(words, call.parameters));

/** The older API's whole message when there are too many requests. */
const RESTRICTED = 'Restricted';

const says = (words: string) => (words ? `CAKE says: "${words}".` : '');

/** A gateway stopped waiting (504, and 524 of one kind); CAKE behind it may still be at work. */
const GATEWAY_DEADLINES = [504, 524];

function judgeStatus(
	reply: RawReply,
	body: IDataObject | undefined,
	call: CakeCall<unknown>,
): CakeError | undefined {
	const { status, headers } = reply;
	if (status >= 200 && status < 300) return undefined;
	const words = body ? messageOf(body) : textOfPage(reply.text);
	const detail = `HTTP ${status}. ${says(words)}`.trim();
	const retryAfterMs = readRetryAfter(headers, Date.now());
	const facts = { detail, said: words, httpStatus: status, retryAfterMs };

	if (status < 500 && words === RESTRICTED) return new CakeError('throttled', facts);
	if (status === 401 || status === 403) return new CakeError('unauthorized', facts);
	// A 503 that names a time means "not now": CAKE did not take the request. Without a unique ID that
	// is too little to send money again on.
	const isThrottle =
		status === 503 && retryAfterMs !== undefined && call.traffic !== 'recordWithoutUniqueId';
	if (status === 429 || isThrottle) return new CakeError('throttled', facts);
	const isRedirect = status >= 300 && status < 400;
	if (status >= 500 || status < 200 || status === 408 || (isRedirect && isWithinHost(reply))) {
		const isDeadline = GATEWAY_DEADLINES.includes(status);
		return new CakeError('unavailable', { ...facts, isDeadline });
	}
	if (isRedirect) {
		const where = `HTTP ${status}: this host sends requests on to another address, and the API key does not go there.`;
		return new CakeError('refused', { case: 'redirected', detail: where, httpStatus: status });
	}
	return new CakeError(isAboutKey(words, call) ? 'unauthorized' : 'refused', facts);
}

function isSuccess(body: IDataObject): boolean {
	const status = body.request_status;
	const success = typeof body.success === 'string' ? body.success.toLowerCase() : body.success;
	return (
		typeof status === 'string' &&
		status.trim().toLowerCase() === 'success' &&
		success !== false &&
		success !== 'false'
	);
}

function judgeBody(
	reply: RawReply,
	body: IDataObject | undefined,
	call: CakeCall<unknown>,
): CakeError | IDataObject {
	const httpStatus = reply.status;
	if (!body) {
		const words = textOfPage(reply.text);
		const detail = words
			? `HTTP ${httpStatus} with something other than JSON: "${words}".`
			: 'The reply was empty.';
		return new CakeError('unavailable', { detail, httpStatus });
	}
	if (isDeeperThan(MAX_DEPTH, body)) {
		const detail = `HTTP ${httpStatus} with JSON nested more than ${MAX_DEPTH} levels deep.`;
		return new CakeError('unavailable', { detail, httpStatus });
	}
	if (isSuccess(body)) return body;
	const words = messageOf(body);
	if (words === RESTRICTED) return new CakeError('throttled', { detail: says(words), httpStatus });
	if (isAboutKey(words, call)) {
		return new CakeError('unauthorized', { detail: says(words), httpStatus });
	}
	const given = typeof body.request_status === 'string' ? shorten(body.request_status) : 'missing';
	const detail = says(words) || `The reply's request_status is ${given}, and it names no reason.`;
	return new CakeError('refused', { detail, said: words, httpStatus });
}

/**
 * The one place that decides whether a request worked: the HTTP status first, then CAKE's own words
 * (failures come under HTTP 200 too), then whether it answers this question.
 * @throws CakeError of the kind that tells whether trying again can help
 */
export function judge<T>(reply: RawReply, call: CakeCall<T>): T {
	const body = parse(reply.text);
	const verdict = judgeStatus(reply, body, call) ?? judgeBody(reply, body, call);
	if (!(verdict instanceof CakeError)) return call.read(verdict);
	const answer = (body && call.readFailure?.(verdict, body)) ?? verdict;
	if (answer instanceof CakeError) throw answer;
	return answer;
}
