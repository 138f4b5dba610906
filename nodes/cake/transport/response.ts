import type { IDataObject } from 'n8n-workflow';

import { CakeError } from '../errors';
import type { CakeCall } from './call';
import { isObject } from '../values';

/** A reply as it came in, its text already free of the API key. */
interface RawReply {
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
function readPageText(html: string): string {
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

/** Where CAKE's generations and ASP.NET put their message; none is documented for this API. */
const MESSAGE_MEMBERS = ['message', 'error_message', 'error', 'Message', 'ExceptionMessage'];

function readMessage(body: IDataObject): string {
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

/** Shorter values would be cut out of CAKE's own message. */
const SHORTEST_VALUE = 3;

/** CAKE's message without ours in them: an order ID may hold "duplicate", or "API key". */
function removeOwnValues(message: string, parameters: IDataObject): string {
	return Object.values(parameters)
		.map(String)
		.filter((value) => value.length >= SHORTEST_VALUE)
		.reduce((text, value) => text.replaceAll(value, ''), message.replace(ECHOED_KEY, ''));
}

const isAboutKey = (message: string, call: CakeCall<unknown>) =>
	/api[ _-]?key/i.test(removeOwnValues(message, call.parameters));

/** The older API's whole message when there are too many requests. */
const RESTRICTED = 'Restricted';

const quoteCake = (message: string) => (message ? `CAKE says: "${message}".` : '');

/** A gateway stopped waiting (504, and 524 of one kind); CAKE behind it may still be at work. */
const GATEWAY_DEADLINES = [504, 524];

function readFailedStatus(
	reply: RawReply,
	body: IDataObject | undefined,
	call: CakeCall<unknown>,
): CakeError | undefined {
	const { status, headers } = reply;
	if (status >= 200 && status < 300) return undefined;
	const message = body ? readMessage(body) : readPageText(reply.text);
	const detail = `HTTP ${status}. ${quoteCake(message)}`.trim();
	const retryAfterMs = readRetryAfter(headers, Date.now());
	const facts = { detail, cakeMessage: message, httpStatus: status, retryAfterMs };

	if (status < 500 && message === RESTRICTED) return new CakeError('throttled', facts);
	if (status === 401 || status === 403) return new CakeError('unauthorized', facts);
	// A 503 that names a time means "not now": CAKE did not take the request. Without a unique ID that
	// is too little to send money again on.
	const isThrottle =
		status === 503 && retryAfterMs !== undefined && call.kind !== 'recordWithoutUniqueId';
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
	return new CakeError(isAboutKey(message, call) ? 'unauthorized' : 'refused', facts);
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

function readBody(
	reply: RawReply,
	body: IDataObject | undefined,
	call: CakeCall<unknown>,
): CakeError | IDataObject {
	const httpStatus = reply.status;
	if (!body) {
		const message = readPageText(reply.text);
		const detail = message
			? `HTTP ${httpStatus} with something other than JSON: "${message}".`
			: 'The reply was empty.';
		return new CakeError('unavailable', { detail, httpStatus });
	}
	if (isDeeperThan(MAX_DEPTH, body)) {
		const detail = `HTTP ${httpStatus} with JSON nested more than ${MAX_DEPTH} levels deep.`;
		return new CakeError('unavailable', { detail, httpStatus });
	}
	if (isSuccess(body)) return body;
	const message = readMessage(body);
	if (message === RESTRICTED)
		return new CakeError('throttled', { detail: quoteCake(message), httpStatus });
	if (isAboutKey(message, call)) {
		return new CakeError('unauthorized', { detail: quoteCake(message), httpStatus });
	}
	const given = typeof body.request_status === 'string' ? shorten(body.request_status) : 'missing';
	const detail =
		quoteCake(message) || `The reply's request_status is ${given}, and it names no reason.`;
	return new CakeError('refused', { detail, cakeMessage: message, httpStatus });
}

/**
 * The one place that decides whether a request worked: the HTTP status first, then CAKE's own message
 * (failures come under HTTP 200 too), then whether it answers this question.
 * @throws CakeError of the kind that tells whether trying again can help
 */
export function readResponse<T>(reply: RawReply, call: CakeCall<T>): T {
	const body = parse(reply.text);
	const result = readFailedStatus(reply, body, call) ?? readBody(reply, body, call);
	if (!(result instanceof CakeError)) return call.read(result);
	const answer = (body && call.readFailure?.(result, body)) ?? result;
	if (answer instanceof CakeError) throw answer;
	return answer;
}
