import type { IWebhookFunctions } from 'n8n-workflow';

import { isObject } from '../cake/values';
import { KEY_NAME } from './urlBlock';

export type Headers = ReturnType<IWebhookFunctions['getHeaderData']>;

/**
 * What this node reads of n8n's request. n8n reads the body before it calls the node. Of a form with
 * parts it makes `{ data, files }`, and keeps no `rawBody`.
 */
export interface WebhookRequest {
	url: string;
	headers: Headers;
	body?: unknown;
	rawBody?: Buffer;
}

/** A name and its value. The value is undefined for a part of a query without a `=`. */
export type Pair = [name: string, value: string | undefined];

/** What somebody sent to the webhook. Nothing in it is trusted yet. */
export interface Call {
	key: string | undefined;
	/** All names but the key, in the order they came: those of the URL before those of the body. */
	pairs: Pair[];
	/** Whether there was a body in which no names were found: it is no form and no JSON object. */
	isBodyUnread: boolean;
}

/** A postback has some hundred bytes. */
const LARGEST_BODY = 16 * 1024;

function isInParts({ headers }: WebhookRequest): boolean {
	return /^multipart\//i.test(headers['content-type'] ?? '');
}

function getBodySize({ rawBody, headers }: WebhookRequest): number {
	return rawBody?.length ?? Number(headers['content-length'] ?? 0);
}

export function isTooLarge(request: WebhookRequest): boolean {
	return getBodySize(request) > LARGEST_BODY;
}

/** Only of a form with parts n8n keeps no bytes. Without a stated length it may have any size. */
export function isOfUnknownSize(request: WebhookRequest): boolean {
	return (
		isInParts(request) &&
		request.rawBody === undefined &&
		request.headers['content-length'] === undefined
	);
}

/**
 * Reads the URL's query and the body. n8n's own reading of a query is not used: it makes objects of
 * brackets and lists of repeated names, and a sub ID may have either in it.
 */
export function readCall(request: WebhookRequest): Call {
	const { url } = request;
	const start = url.indexOf('?');
	const inUrl = start < 0 ? [] : splitQuery(url.slice(start + 1));
	const inBody = Object.entries(getMembers(request)).flatMap(readMember);
	const pairs = [...inUrl, ...inBody];
	return {
		key: pairs.find(([name]) => name === KEY_NAME)?.[1],
		pairs: pairs.filter(([name]) => name !== KEY_NAME),
		isBodyUnread: inBody.length === 0 && getBodySize(request) > 0,
	};
}

function getMembers(request: WebhookRequest): object {
	const body = isObject(request.body) ? request.body : {};
	if (!isInParts(request)) return body;
	return isObject(body.data) ? body.data : {};
}

function splitQuery(query: string): Pair[] {
	return query
		.split('&')
		.filter((part) => part !== '')
		.map((part) => {
			const end = part.indexOf('=');
			return end < 0
				? [decode(part), undefined]
				: [decode(part.slice(0, end)), decode(part.slice(end + 1))];
		});
}

/** Text that is not UTF-8 in percent signs stays as it came. */
function decode(text: string): string {
	const spaced = text.replace(/\+/g, ' ');
	try {
		return decodeURIComponent(spaced);
	} catch {
		return spaced;
	}
}

/** A member of the body. A name that a form has twice comes as a list. */
function readMember([name, value]: [string, unknown]): Pair[] {
	const values: unknown[] = Array.isArray(value) ? value : [value];
	return values.map((one) => [name, typeof one === 'string' ? one : toText(one)]);
}

function toText(value: unknown): string {
	return value === undefined || value === null ? '' : JSON.stringify(value);
}
