import type { IHttpRequestOptions } from 'n8n-workflow';
import {
	authenticateRequest,
	normalizeBaseUrl,
	readAccount,
} from '../../../../nodes/cake/transport/authenticate';

const HOST = 'https://acme.cakemarketing.com';
const KEY = 'key-0123456789';
const credential = { baseUrl: HOST, apiKey: KEY };
const readOnly = { ...credential, readOnly: true };

function freeze<T>(value: T): T {
	if (typeof value === 'object' && value !== null) {
		Object.values(value).forEach(freeze);
		Object.freeze(value);
	}
	return value;
}

/** Takes options as n8n's helpers give them. The type lacks those of the older helper. */
const authenticate = (options: object, credentials: typeof credential = credential) =>
	authenticateRequest(freeze({ ...credentials }), freeze(options) as IHttpRequestOptions);

describe('normalizeBaseUrl and readAccount', () => {
	it.each([
		['acme.cakemarketing.com', HOST],
		['acme.cakemarketing.com/', HOST],
		['https://acme.cakemarketing.com///', HOST],
		['HTTPS://Acme.CakeMarketing.COM', HOST],
		['  acme.cakemarketing.com\n', HOST],
		['acme.cakemarketing.com.', HOST],
		['acme.cakemarketing.com.:8443', `${HOST}:8443`],
		['acme.cakemarketing.com:443', HOST],
		['xn--mnchen-3ya.de', 'https://xn--mnchen-3ya.de'],
		['192.0.2.7', 'https://192.0.2.7'],
		['localhost:8787', 'https://localhost:8787'],
		['http://localhost:8787/', 'http://localhost:8787'],
		['http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
		['http://127.1.2.3', 'http://127.1.2.3'],
		['http://[::1]:8787', 'http://[::1]:8787'],
	])('normalizes the Base URL %p to %s', (given, url) => {
		expect(normalizeBaseUrl(given)).toBe(url);
		expect(normalizeBaseUrl(url)).toBe(url);
	});

	it.each([
		...['', '   ', 'https://', 'a..b', '.acme.com', 'acme.com..', 'acme.com:', 'acme.com:x'],
		...['acme.com:99999', 'acme.com/api', 'acme.com/api/', 'acme.com?a=1', 'acme.com#a'],
		...['https://user:secret@acme.com', 'user@acme.com', 'acme.com@evil.example'],
		...['acme .com', 'acme.com\\evil.example', 'acme.com\tx', '%61cme.com', 'https:acme.com'],
		// A Cyrillic letter, an umlaut, and the digits and the period of other scripts.
		...['аcme.com', 'münchen.de', '１２７.0.0.1', 'acme。com'],
		...['0177.0.0.1', '0x7f.1', '2130706433', '127.1', 'http://127.0.0.01', '0x7f000001'],
		...['ftp://acme.com', 'file://acme.com', 'javascript://acme.com', '://acme.com', '//acme.com'],
		...['[::2', '::1', 'http://[::1].evil.example', '[::ffff:7f00:1]'],
		...[42, true, null, undefined, {}, ['acme.com']],
	])('refuses %p as a Base URL', (given) => {
		expect(() => normalizeBaseUrl(given)).toThrow(
			/^'Base URL' of the CAKE credential .*Enter it as/,
		);
	});

	it.each([
		...['http://acme.cakemarketing.com', 'http://192.0.2.7', 'http://localhost.evil.example'],
		...['http://127.0.0.1.evil.example', 'http://10.0.0.1', 'http://[::2]', 'http://[::]'],
	])('refuses %s, since plain http is for this machine only', (given) => {
		expect(() => normalizeBaseUrl(given)).toThrow(/^'Base URL' of the CAKE credential/);
	});

	it('says why it refuses plain http', () => {
		expect(() => normalizeBaseUrl('http://acme.com')).toThrow('send the API key unencrypted');
	});

	it('trims the Base URL and the API key of a credential, and requires a key', () => {
		expect(readAccount({ baseUrl: ' acme.cakemarketing.com ', apiKey: ` ${KEY}\n` })).toEqual({
			baseUrl: HOST,
			apiKey: KEY,
			readOnly: false,
		});
		for (const apiKey of ['', '  ', undefined, 5]) {
			expect(() => readAccount({ baseUrl: HOST, apiKey } as typeof credential)).toThrow(
				"'API Key' of the CAKE credential is empty.",
			);
		}
	});
});

describe('authenticateRequest', () => {
	it.each(['GET', 'HEAD', 'get', undefined])('adds the API key to the query of a %s', (method) => {
		const options = { method, url: '/api/2/conversions.json', qs: { row_limit: 1 } };
		expect(authenticate(options)).toMatchObject({
			url: `${HOST}/api/2/conversions.json`,
			qs: { row_limit: 1, api_key: KEY },
			disableFollowRedirect: true,
		});
		expect(authenticate({ method, url: '/x' }).qs).toEqual({ api_key: KEY });
		expect(authenticate(options)).not.toHaveProperty('body');
	});

	it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'post'])(
		'adds the API key to the JSON body of a %s',
		(method) => {
			const request = authenticate({ method, url: '/x', body: { note: 'n' } });
			expect(request.body).toEqual({ note: 'n', api_key: KEY });
			for (const body of [undefined, null, '']) {
				expect(authenticate({ method, url: '/x', body }).body).toEqual({ api_key: KEY });
			}
			expect(JSON.stringify([request.url, request.qs])).not.toContain(KEY);
		},
	);

	it('adds the API key to a JSON body that is text already', () => {
		const request = authenticate({ method: 'POST', url: '/x', body: '{"note":"ä"}' });
		expect(request.body).toBe(`{"note":"ä","api_key":"${KEY}"}`);
	});

	it.each(['api_key', 'API_KEY', 'Api_Key'])(
		'takes a key named %s out of the URL and the query',
		(name) => {
			const options = { url: `/x?a=1&${name}=old&${name}=older`, qs: { [name]: 'oldest', b: 2 } };
			const post = authenticate({ ...options, method: 'POST' });
			expect([post.url, post.qs]).toEqual([`${HOST}/x?a=1`, { b: 2 }]);
			const get = authenticate(options);
			expect([get.url, get.qs]).toEqual([`${HOST}/x?a=1`, { b: 2, api_key: KEY }]);
		},
	);

	it.each([
		['form', { form: { a: 1 } }],
		['formData', { formData: { a: 1 } }],
		['body of text', { body: 'a=1&b=2' }],
		['body of a JSON list', { body: '[1]' }],
		['list', { body: [1] }],
		['body of URLSearchParams', { body: new URLSearchParams('a=1') }],
		['body of bytes', { body: new Uint8Array(2) }],
	])('refuses to send the API key with a %s', (_name, options) => {
		const send = () =>
			authenticateRequest(credential, { method: 'POST', url: '/x', ...options } as never);
		expect(send).toThrow('CAKE takes its API key in a JSON body');
	});

	it.each([
		{ method: 'GET', url: '/x?a=1', qs: { b: 2 } },
		{ method: 'POST', url: '/x?a=1', body: { b: 2 } },
		{ method: 'PUT', baseURL: `${HOST}/api/2/`, url: 'x', body: '{"b":2}' },
		{ uri: '/x', qs: { a: 1 } },
	])('adds the API key once when it gets its own result again: %j', (options) => {
		const once = authenticate(options);
		expect(authenticate(once)).toEqual(once);
	});

	it('adds the API key for n8n’s older request helper, too', () => {
		const request = authenticate({ uri: '/x', qs: { a: 1 } });
		expect(request).toMatchObject({
			uri: `${HOST}/x`,
			qs: { a: 1, api_key: KEY },
			followRedirect: false,
			followAllRedirects: false,
		});
		expect(() => authenticate({ uri: 'https://evil.example/x' })).toThrow(
			'to https://evil.example',
		);
	});

	it.each([
		{ url: 'https://evil.example/x' },
		{ url: '//evil.example/x' },
		{ url: '\\\\evil.example/x' },
		{ url: `${HOST}.evil.example/x` },
		{ url: `${HOST}:8443/x` },
		{ url: HOST.replace('https', 'http') },
		{ url: 'https://acme.cakemarketing.com@evil.example/' },
		{ url: '/x', baseURL: 'https://evil.example' },
		{ url: 'ftp://acme.cakemarketing.com/x' },
	])('sends the API key to the host of the credential only, not to %j', (options) => {
		expect(() => authenticate(options)).toThrow(`sends its API key to ${HOST} only`);
	});

	it('accepts an address of the credential’s host, given in full or in two parts', () => {
		expect(authenticate({ url: `${HOST}/x` }).url).toBe(`${HOST}/x`);
		const inParts = authenticate({ baseURL: `${HOST}/api/2`, url: '/conversions.json' });
		expect([inParts.url, inParts.baseURL]).toEqual([`${HOST}/api/2/conversions.json`, undefined]);
	});
});

describe('authenticateRequest, with a read-only credential', () => {
	const send =
		(url: string, method = 'GET') =>
		() =>
			authenticate({ url, method }, readOnly);

	it.each([
		...['/api/2/conversion.json', '/api/2/update_conversion.json', '/API/2/CONVERSION.JSON'],
		...[
			'/api/2/Update_Conversion.Json?a=1',
			'/api/2/conversion%2Ejson',
			'/api/2/%63onversion.json',
		],
		...['/api/2/conversion.json/', '/api/2/conversion.json/tail', '/api/2/conversion.json;a=1'],
		...['/api/2/conversion.json.', '/api/2/conversion.json%20', '/api/2/conversion.json%3Fx'],
		...['/api/2/x/../conversion.json', '/api/2/%2e/conversion.json', '/api/2//conversion.json'],
		...['/api/2\\conversion.json', `${HOST}/api/2/conversion.json`],
	])('refuses the writing path %s to a read-only credential', (url) => {
		expect(send(url)).toThrow('This CAKE credential is read-only, so nothing was sent.');
		expect(send(url, 'HEAD')).toThrow('read-only');
	});

	const READING = [
		'/api/2/conversions.json',
		'/api/2/report/daily.json',
		'/api/1/export.asmx/Conversions',
	];
	it.each(READING.flatMap((path) => ['/x', ';a', '.', '%2fx', '%20'].map((end) => path + end)))(
		'refuses the path %s, which only begins like one that reads',
		(url) => expect(send(url)).toThrow('read-only'),
	);

	it.each(READING)('refuses a path that only ends with %s', (path) =>
		expect(send(`/x${path}`)).toThrow('read-only'),
	);

	// Microsoft's web server takes a backslash for a slash and decodes %uXXXX. JavaScript does not.
	it.each([
		'/api/2%5Cconversion.json',
		'/api/2/%u0063onversion.json',
		'/api/2/%63onversion.json/%zz',
	])('refuses the path %s, which writes on Microsoft’s web server', (url) =>
		expect(send(url)).toThrow('read-only'),
	);

	it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'post'])(
		'refuses every %s of a read-only credential',
		(method) => expect(send('/api/2/conversions.json', method)).toThrow('read-only'),
	);

	it.each([
		'/api/2/conversions.json',
		'/api/2/conversions.json?offer_id=1',
		'/api/1/reports.asmx/x',
	])('lets a read-only credential read %s', (url) => {
		expect(send(url)().qs).toEqual({ api_key: KEY });
		expect(send(url, 'HEAD')().qs).toEqual({ api_key: KEY });
	});

	it('refuses a read-only update by the older helper and by an address in two parts', () => {
		const update = 'update_conversion.json';
		expect(() => authenticate({ uri: `/api/2/${update}` }, readOnly)).toThrow('read-only');
		expect(() => authenticate({ baseURL: `${HOST}/api/2/`, url: update }, readOnly)).toThrow(
			'read-only',
		);
	});
});
