import type { IncomingMessage } from 'node:http';
import type { Endpoint } from './options.mts';

const MAX_BODY_BYTES = 1_000_000;

/** Path and method of each endpoint (sample requests of CAKE's articles). */
export const ENDPOINTS: Record<Endpoint, { method: 'GET' | 'POST'; path: string }> = {
	record: { method: 'GET', path: '/api/2/conversion.json' },
	query: { method: 'GET', path: '/api/2/conversions.json' },
	update: { method: 'POST', path: '/api/2/update_conversion.json' },
	offers: { method: 'GET', path: '/api/2/offers.json' },
	affiliates: { method: 'GET', path: '/api/2/affiliates.json' },
	advertisers: { method: 'GET', path: '/api/2/advertisers.json' },
};

/** A complete request, as received. */
export interface RawRequest {
	endpoint: Endpoint | 'other';
	method: string;
	/** Path and query as sent. */
	target: string;
	path: string;
	/** The text after the `?`, as sent. Undefined without a `?`. */
	query?: string;
	headers: IncomingMessage['headers'];
	body: string;
}

/** A parameter as sent. `value` is undefined if it could not be decoded. */
export interface RawParameter {
	name: string;
	value: unknown;
}

/** Reads a request to its end. Rejects if the client disconnects first. */
export async function readRequest(request: IncomingMessage): Promise<RawRequest> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size <= MAX_BODY_BYTES) chunks.push(chunk);
	}
	const target = request.url ?? '/';
	const mark = target.indexOf('?');
	const path = mark === -1 ? target : target.slice(0, mark);
	const match = (Object.keys(ENDPOINTS) as Endpoint[]).find((key) => ENDPOINTS[key].path === path);
	return {
		endpoint: match ?? 'other',
		method: request.method ?? '',
		target,
		path,
		...(mark === -1 ? {} : { query: target.slice(mark + 1) }),
		headers: request.headers,
		body: Buffer.concat(chunks).toString('utf8'),
	};
}

/** All parameters of a query string, in order. Keeps repeated ones. */
export function parseQuery(query: string): RawParameter[] {
	if (query === '') return [];
	return query.split('&').map((pair) => {
		const equals = pair.indexOf('=');
		const name = equals === -1 ? pair : pair.slice(0, equals);
		const value = equals === -1 ? '' : pair.slice(equals + 1);
		return { name: decode(name) ?? name, value: decode(value) };
	});
}

/** The members of a JSON object. Undefined if the text is not one. */
export function parseJsonObject(text: string): RawParameter[] | undefined {
	try {
		const parsed: unknown = JSON.parse(text);
		if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
		return Object.entries(parsed).map(([name, value]) => ({ name, value: value as unknown }));
	} catch {
		return undefined;
	}
}

function decode(text: string): string | undefined {
	try {
		return decodeURIComponent(text.replaceAll('+', ' '));
	} catch {
		return undefined;
	}
}
