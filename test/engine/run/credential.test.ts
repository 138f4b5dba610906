import type { IAuthenticate, IDataObject } from 'n8n-workflow';
import { testCredential } from '../../../harness/engine/credential-test.mts';
import { useCake } from '../../support/cake.mts';
import { packageDirectory, supports } from '../../../harness/engine/n8n.mts';
import { loadPackage } from '../../../harness/engine/nodes.mts';

const cake = useCake({ rows: 3 });
const other = useCake();

const check = async (data: IDataObject = {}) =>
	await testCredential({ ...cake.credential, ...data });
const replyWith = (body: string | object, status = 200) =>
	cake.sandbox.replyNext('query', () => ({ status, body }));

const KEY_REFUSED = 'CAKE refused the API key. Check the key and the rights of its user.';
const NO_CONVERSIONS = expect.stringMatching(
	/^CAKE answered, but not with conversions\. Check the API key, .*IP address/,
) as string;
const NOT_CAKE =
	'This host answered, but not as CAKE does (perhaps with a web page). Check the Base URL.';

/** Picks our message for a status. An n8n whose errors have no cause shows its own. */
const pickMessage = (ours: string, byOldN8n: string) => (supports('errorCause') ? ours : byOldN8n);

const GOOD = { status: 'OK', message: 'Connection successful!' };

describe('the credential test', () => {
	it('passes with a good key after one small read', async () => {
		expect(await check()).toEqual(GOOD);
		// n8n's time zone is New York by default.
		const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'America/New_York' });
		expect(cake.sandbox.log).toMatchObject([
			{ endpoint: 'query', method: 'GET', result: 'listed', status: 200 },
		]);
		expect(cake.sent()).toEqual([{ start_date: today, end_date: today, row_limit: '1' }]);
	});

	it.each([{ readOnly: true }, { apiKey: ' sandbox-key-0123456789\n' }])(
		'passes with a good key and %j',
		async (data) => expect(await check(data)).toEqual(GOOD),
	);

	it('passes with a key that no HTTP Request node may send, if n8n tests such keys', async () => {
		const result = await check({ allowedHttpRequestDomains: 'none' });
		const message = 'This credential is configured to prevent use within an HTTP Request node';
		expect(result).toEqual(supports('testsWithoutDomains') ? GOOD : { status: 'Error', message });
	});

	it('passes for an account without conversions', async () => {
		replyWith({ request_status: 'Success', total_rows: 0, conversions: [] });
		expect(await check()).toEqual(GOOD);
	});

	it('accepts a Base URL with a slash, and uses https for one without a scheme', async () => {
		expect(await check({ baseUrl: `${cake.sandbox.url}/` })).toEqual(GOOD);
		const https = await check({ baseUrl: `127.0.0.1:${cake.sandbox.port}` });
		expect(https.status).toBe('Error');
	});

	it('reports a wrong key that CAKE refuses under HTTP 200', async () => {
		const result = await check({ apiKey: 'wrong' });
		expect(result).toEqual({ status: 'Error', message: NO_CONVERSIONS });
		expect(cake.sandbox.counters.wrongKey).toBe(1);
	});

	it.each([
		{ success: false, message: 'Invalid API Key' },
		{ success: 'false', message: 'Invalid API Key', row_count: 0 },
		{ success: false, request_status: 'Success', conversions: [] },
		{ request_status: 'Error', message: 'Access denied' },
		{ request_status: 'Error', message: 'Access denied', conversions: [] },
	])('reports a refusal under HTTP 200: %j', async (body) => {
		replyWith(body);
		expect(await check()).toEqual({ status: 'Error', message: NO_CONVERSIONS });
	});

	it.each([
		[401, 'Authorization failed - please check your credentials'],
		[403, 'Forbidden - perhaps check your credentials?'],
	])('reports a key that CAKE refuses with HTTP %i', async (status, byOldN8n) => {
		// n8n's credential tester sends a request again after HTTP 401.
		const times = status === 401 ? 2 : 1;
		cake.sandbox.replyNext('query', () => ({ status, body: { message: 'No' } }), { times });
		expect(await check()).toEqual({ status: 'Error', message: pickMessage(KEY_REFUSED, byOldN8n) });
		expect(cake.requests).toBe(times);
	});

	it('reports a wrong host that answers with a web page', async () => {
		cake.sandbox.failNext('html');
		expect(await check()).toEqual({ status: 'Error', message: NOT_CAKE });
	});

	it.each(['{}', '', '"Welcome"', '{"status":"ok"}', '[{"a":1}]', '<?xml version="1.0"?><a/>'])(
		'reports a host that is not CAKE and answers %p',
		async (body) => {
			replyWith(body);
			expect(await check()).toEqual({ status: 'Error', message: NOT_CAKE });
		},
	);

	it('reports a host without a CAKE API', async () => {
		replyWith('<html>Not found</html>', 404);
		const message = pickMessage(
			'There is no CAKE API at this address. Check the Base URL.',
			'The resource you are requesting could not be found',
		);
		expect(await check()).toEqual({ status: 'Error', message });
	});

	it.each([301, 302, 303, 307, 308])(
		'reports a redirect (%i), and does not follow it',
		async (code) => {
			cake.sandbox.replyNext('query', ({ target }) => ({
				status: code,
				headers: { Location: other.sandbox.url + target },
				body: '',
			}));
			const message = pickMessage(
				'This host sends requests on to another address. Check the Base URL.',
				`Request failed with status code ${code}`,
			);
			expect(await check()).toEqual({ status: 'Error', message });
			expect(other.requests).toBe(0);
		},
	);

	it.each([
		['http://127.0.0.1:1', /^ECONNREFUSED$/, /^The service refused the connection/],
		[
			'https://cake.invalid',
			/^(ENOTFOUND|EAI_AGAIN)$/,
			/^The (connection cannot be established|DNS server returned an error)/,
		],
	])('shows only the error code of an unreachable host: %s', async (baseUrl, code, words) => {
		const { status, message } = await check({ baseUrl });
		expect(status).toBe('Error');
		expect(message).toMatch(supports('errorCause') ? code : words);
	});

	it.each([
		['http://acme.cakemarketing.com', 'would send the API key unencrypted'],
		['https://acme.cakemarketing.com/api/2', 'is not a plain host name'],
		['https://user:secret@acme.com', 'is not a plain host name'],
		['2130706433', 'a number that stands for another address'],
		['', 'is empty'],
	])('says what is wrong with the Base URL %p', async (baseUrl, message) => {
		const result = await check({ baseUrl });
		expect(result.status).toBe('Error');
		expect(result.message).toContain("'Base URL' of the CAKE credential");
		expect(result.message).toContain(message);
		expect(cake.requests).toBe(0);
	});

	it('says that the key is empty', async () => {
		const result = await check({ apiKey: ' ' });
		expect(result.message).toBe("'API Key' of the CAKE credential is empty.");
		expect(cake.requests).toBe(0);
	});

	it('never shows the key, even when the server echoes it', async () => {
		const { apiKey } = cake.sandbox;
		for (const status of [200, 400, 500, 302]) {
			replyWith({ request_status: 'Error', message: `Bad ${apiKey}`, error: apiKey }, status);
			expect(JSON.stringify(await check())).not.toContain(apiKey);
		}
	});
});

describe('a key that HTTP Request nodes may not send to CAKE', () => {
	it.each([
		{ allowedHttpRequestDomains: 'none' },
		{ allowedHttpRequestDomains: 'domains', allowedDomains: 'elsewhere.example.com' },
	])('uses a key that HTTP Request nodes may not send to CAKE: %j', async (restriction) => {
		const credential = { ...cake.credential, ...restriction };
		const recorded = await cake.record({}, { credential });
		const conversionId = recorded.items[0].json.conversion_id as number;
		const { items } = await cake.query({}, { credential });
		expect(items.map(({ json }) => json.conversion_id)).toContain(conversionId);
		await cake.update({ conversionId, status: 'rejected' }, { credential });
		expect(cake.account.conversions.get(conversionId)?.status).toBe('rejected');
	});
});

type Authenticate = Extract<IAuthenticate, (...args: never[]) => unknown>;

/** Makes a credential whose Read Only has this value, as an expression or a secret may give it. */
const setReadOnly = (readOnly: unknown) => ({
	credential: { ...cake.credential, readOnly: readOnly as boolean },
});

describe('Read Only', () => {
	it.each(['true', 'TRUE', 'yes', 1, '', null])(
		'refuses to write when Read Only is %p',
		async (readOnly) => {
			const { conversionId } = cake.account.addConversion({ status: 'approved' });
			const recorded = await cake.record({}, setReadOnly(readOnly));
			const updated = await cake.update(
				{ conversionId, status: 'rejected' },
				setReadOnly(readOnly),
			);
			expect([recorded.status, updated.status]).toEqual(['error', 'error']);
			expect(cake.requests).toBe(0);
		},
	);

	it.each(['true', 'TRUE', 'yes', 1, '', null])(
		'refuses to write for an HTTP Request node when Read Only is %p',
		async (readOnly) => {
			const { authenticate } = (await loadPackage(packageDirectory)).getCredential('cakeApi');
			const data = setReadOnly(readOnly).credential;
			const request = { method: 'POST', url: '/api/2/update_conversion.json', body: {} } as const;
			await expect((authenticate as Authenticate)(data, request)).rejects.toThrow('read-only');
		},
	);

	it.each([false, 'false', 'FALSE', undefined])('writes when Read Only is %p', async (readOnly) => {
		const run = await cake.record({}, setReadOnly(readOnly));
		expect([run.status, cake.sandbox.counters.stored]).toEqual(['success', 1]);
	});

	it.each([true, 'true', ''])('reads when Read Only is %p', async (readOnly) => {
		const run = await cake.query({}, setReadOnly(readOnly));
		expect(run.status).toBe('success');
	});
});
