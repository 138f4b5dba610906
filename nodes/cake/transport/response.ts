import type { IDataObject } from 'n8n-workflow';

import { CakeError } from '../errors';
import type { CakeCall } from './call';
import { isObject } from '../values';

/** A reply as received. Only the API key was removed from its text. */
interface RawReply {
	/** Scheme and host that the request went to. */
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

/** The visible text of a web page, shortened. The page may be huge, so only its start is searched. */
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

/** Far more than any row has. n8n and its nodes cannot copy or show items of unlimited depth. */
const MAX_DEPTH = 100;

function isDeeperThan(levels: number, value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}

/** CAKE's API generations and ASP.NET put their message there. None is documented for this API. */
const MESSAGE_MEMBERS = ['message', 'error_message', 'error', 'Message', 'ExceptionMessage'];

function readMessage(body: IDataObject): string {
	for (const member of MESSAGE_MEMBERS) {
		const value = body[member];
		if (typeof value === 'string' && value.trim()) return shorten(value);
		if (isObject(value) && typeof value.message === 'string') return shorten(value.message);
	}
	return '';
}

/** Epoch milliseconds of an HTTP date (RFC 9110, 5.6.7), or NaN. Its asctime form is in UTC. */
function parseHttpDate(header: unknown): number {
	if (typeof header !== 'string' || !/^[A-Z][a-z]{2,8}[, ]/.test(header.trim())) return NaN;
	return Date.parse(/GMT$/.test(header.trim()) ? header : `${header} GMT`);
}

/**
 * The Retry-After header, seconds or a date (RFC 9110, 10.2.3), in milliseconds to wait. A date is
 * compared with the reply's own Date header, since the server's clock may differ from ours.
 * @param now epoch milliseconds, for a reply without a Date header
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

/** Whether a redirect stays on its host, as to ASP.NET's error page. What CAKE did before is unknown. */
function isWithinHost({ headers, origin }: RawReply): boolean {
	const { location } = headers;
	if (typeof location !== 'string' || !URL.canParse(location, origin)) return false;
	return new URL(location, origin).host === new URL(origin).host;
}

/** `api_key=*****` in a request that CAKE echoes. It does not mean that the key is wrong. */
const ECHOED_KEY = /api_key["']?\s*(?:[=:]|%3D|&#61;)\s*["']?\*+/gi;

/** Shorter values stay: they may be parts of CAKE's own words. */
const SHORTEST_VALUE = 3;

/** CAKE's message without the values we sent: an order ID may contain "API key". */
function removeOwnValues(message: string, parameters: IDataObject): string {
	return Object.values(parameters)
		.map(String)
		.filter((value) => value.length >= SHORTEST_VALUE)
		.reduce((text, value) => text.replaceAll(value, ''), message.replace(ECHOED_KEY, ''));
}

const isAboutKey = (message: string, call: CakeCall<unknown>) =>
	/api[ _-]?key/i.test(removeOwnValues(message, call.parameters));

/** The whole message of CAKE's older API when it throttles. */
const RESTRICTED = 'Restricted';

function quoteCake(message: string): string {
	if (!message) return '';
	return `CAKE says: "${message}"${/[.!?…]$/.test(message) ? '' : '.'}`;
}

/** A gateway stopped waiting (524 is Cloudflare's). CAKE behind it may still be working. */
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
	// A 503 that names a time means "not now": CAKE did not take the request. For a recording without
	// a Unique ID this is not proof enough: sent again, it could be paid twice.
	const isThrottle =
		status === 503 && retryAfterMs !== undefined && call.kind !== 'recordWithoutUniqueId';
	if (status === 429 || isThrottle) return new CakeError('throttled', facts);
	const isRedirect = status >= 300 && status < 400;
	if (status >= 500 || status < 200 || status === 408 || (isRedirect && isWithinHost(reply))) {
		const isDeadline = GATEWAY_DEADLINES.includes(status);
		return new CakeError('unavailable', { ...facts, isDeadline });
	}
	if (isRedirect) {
		const redirect = `HTTP ${status}: this host sends requests on to another address, and the API key does not go there.`;
		return new CakeError('refused', { case: 'redirected', detail: redirect, httpStatus: status });
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
	const detail = quoteCake(message) || `CAKE gives no reason (request_status: ${given}).`;
	return new CakeError('refused', { detail, cakeMessage: message, httpStatus });
}

/**
 * Only this function decides whether a request worked. It checks the HTTP status, then CAKE's own
 * message (failures come with HTTP 200 too), then whether the reply answers the request.
 * @throws CakeError whose kind says whether another try can help
 */
export function readResponse<T>(reply: RawReply, call: CakeCall<T>): T {
	const body = parse(reply.text);
	const result = readFailedStatus(reply, body, call) ?? readBody(reply, body, call);
	if (!(result instanceof CakeError)) return call.read(result);
	const answer = (body && call.readFailure?.(result, body)) ?? result;
	if (answer instanceof CakeError) throw answer;
	return answer;
}
