import {
	UserError,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IHttpRequestOptions,
} from 'n8n-workflow';

import type { CakeAccount } from '../types';
import { trim } from '../values';

const EXAMPLE = 'Enter it as yourdomain.cakemarketing.com.';

function isLoopback(hostname: string): boolean {
	return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/**
 * Returns the credential's Base URL as scheme and host: `https://yourdomain.cakemarketing.com`.
 *
 * Accepts it with or without scheme and trailing slash. Accepts plain http for loopback hosts only, for
 * a sandbox on the same machine. The text must show where the key goes. So this refuses user info,
 * paths, queries, letters that only look Latin, and numbers that a URL parser turns into another host
 * (octal or hexadecimal IPs).
 *
 * @throws UserError that names the field 'Base URL' and what to give
 */
export function normalizeBaseUrl(given: unknown): string {
	const text = typeof given === 'string' ? trim(given) : '';
	if (!text) throw new UserError(`'Base URL' of the CAKE credential is empty. ${EXAMPLE}`);
	const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/]+)\/*$/i.exec(text);
	const scheme = (match?.[1] ?? 'https').toLowerCase();
	const host = (match?.[2] ?? '').toLowerCase().replace(/\.(?=:\d+$|$)/, '');
	const hasPlainForm = /^([a-z0-9-]+(\.[a-z0-9-]+)*|\[::1\])(:\d{1,5})?$/.test(host);
	if (
		!hasPlainForm ||
		!['http', 'https'].includes(scheme) ||
		!URL.canParse(`${scheme}://${host}`)
	) {
		throw new UserError(
			`'Base URL' of the CAKE credential is not a plain host name. ${EXAMPLE} No path, no query, no user name, no spaces.`,
		);
	}
	const url = new URL(`${scheme}://${host}`);
	if (url.hostname !== host.replace(/:\d+$/, '')) {
		throw new UserError(
			`'Base URL' of the CAKE credential is a number that stands for another address. ${EXAMPLE}`,
		);
	}
	if (scheme === 'http' && !isLoopback(url.hostname)) {
		throw new UserError(
			`'Base URL' of the CAKE credential starts with http://, which would send the API key unencrypted. ${EXAMPLE}`,
		);
	}
	return url.origin;
}

/**
 * Reads the decrypted `cakeApi` credential.
 * @throws UserError if the Base URL is not usable or the key is empty
 */
export function readAccount(credentials: ICredentialDataDecryptedObject): CakeAccount {
	const apiKey = typeof credentials.apiKey === 'string' ? trim(credentials.apiKey) : '';
	if (!apiKey) throw new UserError("'API Key' of the CAKE credential is empty.");
	return {
		baseUrl: normalizeBaseUrl(credentials.baseUrl),
		apiKey,
		readOnly: isReadOnly(credentials),
	};
}

/**
 * Whether the credential forbids writing. Fails closed: only a clear false or an absent member allows
 * writing. n8n fills in the default, so an empty member comes from an expression that found nothing.
 */
function isReadOnly(credentials: ICredentialDataDecryptedObject): boolean {
	if (!('readOnly' in credentials)) return false;
	return trim(String(credentials.readOnly)).toLowerCase() !== 'false';
}

/** Options of n8n's two request helpers. The older one has `uri`, `form` and `followRedirect`. */
type RequestOptions = IHttpRequestOptions & {
	uri?: string;
	form?: unknown;
	formData?: unknown;
	followRedirect?: boolean;
	followAllRedirects?: boolean;
};

function resolveUrl(options: RequestOptions, account: CakeAccount): URL {
	const address = options.url ?? options.uri ?? '';
	const base = options.baseURL ? `${options.baseURL.replace(/\/+$/, '')}/` : account.baseUrl;
	const path = options.baseURL ? address.replace(/^\/+/, '') : address;
	if (!URL.canParse(path, base)) throw new UserError('The address of this request is not a URL.');
	const url = new URL(path, base);
	if (url.origin !== account.baseUrl) {
		throw new UserError(
			`This CAKE credential sends its API key to ${account.baseUrl} only, and this request goes to ${url.origin}. Correct its URL.`,
		);
	}
	return url;
}

/**
 * What a read-only credential may request: lists and reports. A list of forbidden paths would not be
 * safe, since CAKE's older API writes on GET too, and a path can be spelled in many ways.
 */
const READING_PATHS = [
	/^\/api\/\d+\/(conversions|offers|affiliates|advertisers|campaigns)\.json$/i,
	/^\/api\/\d+\/report\/[a-z_]+\.json$/i,
	/^\/api\/\d+\/(reports|export)\.asmx\/[a-z]+$/i,
];

function refuseWrite(method: string, url: URL): void {
	const isReading = READING_PATHS.some((path) => path.test(url.pathname));
	if (['GET', 'HEAD'].includes(method) && isReading) return;
	throw new UserError(
		"This CAKE credential is read-only, so nothing was sent. To record or update conversions, turn 'Read Only' off in the credential, or use another one.",
	);
}

function addKeyToBody(body: unknown, apiKey: string): IDataObject | string {
	if (body === undefined || body === null || body === '') return { api_key: apiKey };
	if (typeof body === 'string') {
		let parsed: unknown;
		try {
			parsed = JSON.parse(body);
		} catch {
			parsed = undefined;
		}
		if (isPlainObject(parsed)) return JSON.stringify({ ...parsed, api_key: apiKey });
	} else if (isPlainObject(body)) {
		return { ...body, api_key: apiKey };
	}
	throw new UserError('CAKE takes its API key in a JSON body. Send this request with a JSON body.');
}

function isPlainObject(value: unknown): value is IDataObject {
	if (typeof value !== 'object' || value === null) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}

function removeKey(query: IDataObject | undefined): IDataObject {
	return Object.fromEntries(
		Object.entries(query ?? {}).filter(([name]) => name.toLowerCase() !== 'api_key'),
	);
}

/**
 * Puts the API key where CAKE wants it, as in the samples of its article: in the query on GET, in the
 * JSON body on other methods, never in the URL of a POST. n8n calls this for our nodes, for the
 * credential test, and for the HTTP Request node with this credential. After a 401 n8n calls it again
 * on the result. So it leaves its arguments unchanged and gives the same result when repeated.
 *
 * It also enforces three rules for every node: the key goes to the credential's own host only,
 * redirects are not followed, and a read-only credential writes nothing.
 *
 * @throws UserError if the credential is not usable, or the request breaks a rule
 */
export function authenticateRequest(
	credentials: ICredentialDataDecryptedObject,
	options: IHttpRequestOptions,
): IHttpRequestOptions {
	const account = readAccount(credentials);
	const given: RequestOptions = options;
	const method = (given.method ?? 'GET').toUpperCase();
	const url = resolveUrl(given, account);
	if (account.readOnly) refuseWrite(method, url);
	for (const name of [...url.searchParams.keys()]) {
		if (name.toLowerCase() === 'api_key') url.searchParams.delete(name);
	}

	const request: RequestOptions = {
		...given,
		url: url.href,
		...(given.uri === undefined ? {} : { uri: url.href }),
		qs: removeKey(given.qs),
		disableFollowRedirect: true,
		followRedirect: false,
		followAllRedirects: false,
	};
	delete request.baseURL;
	if (method === 'GET' || method === 'HEAD') {
		request.qs = { ...request.qs, api_key: account.apiKey };
		return request;
	}
	if (given.form !== undefined || given.formData !== undefined) {
		throw new UserError(
			'CAKE takes its API key in a JSON body. Send this request with a JSON body.',
		);
	}
	request.body = addKeyToBody(given.body, account.apiKey);
	return request;
}
