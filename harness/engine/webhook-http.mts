import { type IncomingMessage, request as sendRequest } from 'node:http';
import { parse as parseForm } from 'node:querystring';
import type { IDataObject } from 'n8n-workflow';

/** An answer as its caller got it. */
export interface Reply {
	status: number;
	headers: Record<string, unknown>;
	text: string;
}

export interface CallOptions {
	method?: string;
	headers?: Record<string, string>;
	body?: string | Buffer;
	/** Calls the Test URL, for which the editor waits. */
	isTest?: boolean;
}

/** The members that n8n's middleware adds to Node's request, as far as a node can see them. */
export type ExpressRequest = IncomingMessage & {
	originalUrl: string;
	path: string;
	params: { path: string };
	query: IDataObject;
	body: unknown;
	rawBody?: Buffer;
};

/** Sends a request. Its target goes out as it is: fetch and browsers would change it. */
export async function sendCall(
	url: string,
	query: string,
	{ method = 'GET', headers = {}, body }: CallOptions,
): Promise<Reply> {
	const { hostname, port, pathname } = new URL(url);
	const isChunked = headers['Transfer-Encoding'] === 'chunked';
	const length =
		body === undefined || isChunked ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
	const target = { host: hostname, port, method, path: pathname + query };
	return await new Promise((resolve, reject) => {
		const request = sendRequest({ ...target, headers: { ...length, ...headers } }, (response) => {
			const { statusCode: status = 0 } = response;
			const read = async () => ({
				status,
				headers: response.headers,
				text: String(await readAll(response)),
			});
			void read().then(resolve, reject);
		});
		request.on('error', reject);
		request.end(body);
	});
}

/** Does what n8n does before a webhook node sees a request. */
export async function readRequest(
	raw: IncomingMessage,
	path: string,
): Promise<ExpressRequest | 'unreadable'> {
	const url = raw.url ?? '';
	const type = raw.headers['content-type'] ?? '';
	const bytes = await readAll(raw);
	const query = Object.fromEntries(new URL(url, 'http://localhost').searchParams);
	let body: unknown;
	try {
		body = parseBody(type, bytes.toString());
	} catch {
		return 'unreadable';
	}
	// n8n reads parts from the stream, and keeps no bytes.
	const rawBody = type.toLowerCase().startsWith('multipart/') ? {} : { rawBody: bytes };
	const middleware = { originalUrl: url, path: `/webhook/${path}`, params: { path }, query };
	return Object.assign(raw, { ...middleware, body: body ?? {}, ...rawBody });
}

function parseBody(type: string, text: string): unknown {
	if (text === '') return undefined;
	switch (type.split(';')[0].trim().toLowerCase()) {
		case 'application/json':
			return JSON.parse(text);
		case 'application/x-www-form-urlencoded':
			return parseForm(text, undefined, undefined, { maxKeys: 1000 });
		case 'multipart/form-data':
			return parseParts(type, text);
		case 'text/plain':
			return text;
		default:
			return undefined;
	}
}

/** A form with parts: n8n 2.41 tells values from files (`webhook-form-data.js`). */
function parseParts(type: string, text: string): unknown {
	const [, boundary] = /;\s*boundary="?([^";]+)/i.exec(type) ?? [];
	if (boundary === undefined) throw new Error('The form has no boundary');
	const form: Record<'data' | 'files', Record<string, string[]>> = { data: {}, files: {} };
	for (const part of text.split(`--${boundary}`).slice(1, -1)) {
		const [head, ...rest] = part.split('\r\n\r\n');
		const [, name = ''] = /\bname="([^"]*)"/i.exec(head) ?? [];
		const values = form[/\bfilename="/i.test(head) ? 'files' : 'data'];
		(values[name] ??= []).push(rest.join('\r\n\r\n').replace(/\r\n$/, ''));
	}
	return { data: unwrap(form.data), files: unwrap(form.files) };
}

/** One value stands alone, and several stay a list. */
function unwrap(values: Record<string, string[]>): Record<string, string | string[]> {
	return Object.fromEntries(
		Object.entries(values).map(([name, list]) => [name, list.length === 1 ? list[0] : list]),
	);
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}
