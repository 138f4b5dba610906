import type { IWebhookFunctions } from 'n8n-workflow';

import { isObject } from '../cake/values';
import { KEY_NAME } from './urlBlock';

export type Headers = ReturnType<IWebhookFunctions['getHeaderData']>;

/** What this node reads of n8n's request. n8n reads the body before it calls the node. */
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
	/** Whether there was a body that is neither a form nor a JSON object. */
	hasOddBody: boolean;
}

/** A postback has some hundred bytes. */
const LARGEST_BODY = 16 * 1024;

export function isTooLarge({ rawBody, headers }: WebhookRequest): boolean {
	return (rawBody?.length ?? Number(headers['content-length'] ?? 0)) > LARGEST_BODY;
}

/**
 * Reads the URL's query and the body. n8n's own reading of a query is not used: it makes objects of
 * brackets and lists of repeated names, and a sub ID may have either in it.
 */
export function readCall({ url, body }: WebhookRequest): Call {
	const start = url.indexOf('?');
	const isForm = isObject(body);
	const pairs = [
		...(start < 0 ? [] : splitQuery(url.slice(start + 1))),
		...(isForm ? Object.entries(body).flatMap(readMember) : []),
	];
	return {
		key: pairs.find(([name]) => name === KEY_NAME)?.[1],
		pairs: pairs.filter(([name]) => name !== KEY_NAME),
		hasOddBody: !isForm && body !== undefined && body !== null && body !== '',
	};
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
