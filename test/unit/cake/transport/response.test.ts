import type { CakeCall } from '../../../../nodes/cake/transport/call';
import { readRetryAfter } from '../../../../nodes/cake/transport/response';
import {
	answer,
	failure,
	listed,
	ORIGIN,
	query,
	record,
	recorded,
	recordOnce,
	update,
	updated,
} from '../../../support/replies.mts';

const CALLS = { record, recordOnce, query: query(), update };
const SUCCESSES = { record: recorded, recordOnce: recorded, query: listed, update: updated };
const PAGE =
	'<html><head><title>T</title></head><body><h1>Not &lt;here&gt;</h1>\n\tNever</body></html>';

describe.each(Object.keys(CALLS) as Array<keyof typeof CALLS>)('readResponse, for %s', (name) => {
	const call: CakeCall<unknown> = CALLS[name];
	const success: Record<string, unknown> = SUCCESSES[name];
	/** The kind, or unknownOutcome when the reply names a conversion: that may be the sale. */
	const unlessNamed = (kind: string, body: unknown) =>
		typeof body === 'object' && body && 'conversion_id' in body ? 'unknownOutcome' : kind;

	it.each(['Success', 'success', 'SUCCESS', ' success '])(
		'accepts a reply with request_status %p',
		(word) => expect(() => answer(call, { ...success, request_status: word })).not.toThrow(),
	);

	it.each([200, 201, 202])('accepts a reply under HTTP %i', (status) =>
		expect(() => answer(call, success, status)).not.toThrow(),
	);

	it.each([
		...[false, 'false', 'False'].map((value) => ({ ...success, success: value })),
		...['Error', 'Successful', '', 1, null, true].map((word) => ({
			...success,
			request_status: word,
		})),
		{ ...success, request_status: undefined },
		{},
	])('reports %j as refused, or as an unknown outcome when it names a conversion', (body) =>
		expect(failure(call, body).kind).toBe(unlessNamed('refused', body)),
	);

	it.each([
		...[
			['', 'The reply was empty.'],
			['   ', 'The reply was empty.'],
		],
		...[[PAGE, 'something other than JSON: "Not <here> Never"']],
		...[['<?xml version="1.0"?><response><success>true</success></response>', 'JSON: "true"']],
		...[['{"request_status":"Success","conver', 'something other than JSON']],
		...[
			['[]', 'JSON'],
			['[{"request_status":"Success"}]', 'JSON'],
			['"Success"', 'JSON'],
		],
		...[
			['null', 'JSON'],
			['42', 'JSON'],
			['true', 'JSON'],
		],
	])('reports the unreadable reply %p as unavailable', (text, detail) => {
		const error = failure(call, text);
		expect([error.kind, error.facts.httpStatus]).toEqual(['unavailable', 200]);
		expect(error.facts.detail).toContain(detail);
	});

	it.each([
		[401, 'unauthorized'],
		[403, 'unauthorized'],
		[429, 'throttled'],
		...[408, 500, 502, 503, 504, 599].map((status) => [status, 'unavailable']),
		...[400, 404, 405, 409, 410, 422, 300, 301, 302, 303, 304, 307, 308].map((status) => [
			status,
			'refused',
		]),
	] as Array<[number, string]>)(
		'reports a reply under HTTP %i as %s, unless it names a conversion',
		(status, kind) => {
			for (const body of [success, PAGE, '', { request_status: 'Error', message: 'No' }]) {
				const error = failure(call, body, status);
				expect([error.kind, error.facts.httpStatus]).toEqual([unlessNamed(kind, body), status]);
			}
		},
	);

	it.each([
		['/Error.aspx', 'unavailable'],
		[`${ORIGIN}/Error.aspx`, 'unavailable'],
		['https://elsewhere.example/', 'refused'],
		[ORIGIN.replace('https', 'http'), 'unavailable'],
		['https://network.example:8443/', 'refused'],
		['http://[', 'refused'],
		['', 'unavailable'],
	])('reports a redirect to %p as %s', (location, kind) => {
		for (const status of [301, 302, 303, 307, 308]) {
			expect(failure(call, '', status, { location }).kind).toBe(kind);
		}
	});

	it('reports a throttle when the reply says Restricted, and nothing else', () => {
		expect(failure(call, { success: false, message: 'Restricted' }).kind).toBe('throttled');
		for (const message of ['Restricted access', 'restricted', 'Access Restricted']) {
			expect(failure(call, { success: false, message }).kind).toBe('refused');
		}
	});

	it.each(['Invalid API Key', 'api_key is missing', 'No such apikey.', 'Bad API-KEY'])(
		'reports an unauthorized key when the reply says %p',
		(message) => {
			expect(failure(call, { request_status: 'Error', message }).kind).toBe('unauthorized');
		},
	);

	it('reports an unauthorized key under HTTP 400, too', () => {
		const body = { request_status: 'Error', message: 'Invalid API Key' };
		expect(failure(call, body, 400).kind).toBe('unauthorized');
	});

	it('reports no unauthorized key when the reply only repeats our request', () => {
		for (const echo of ['/x?api_key=*****&a=1', '{"api_key":"*****"}']) {
			const message = `Could not process ${echo}`;
			expect(failure(call, { request_status: 'Error', message }).kind).toBe('refused');
		}
	});

	it.each([
		...['message', 'error_message', 'error', 'Message', 'ExceptionMessage'].map((member) => ({
			[member]: 'Click Expired',
		})),
		{ error: { message: 'Click Expired' } },
		{ message: ' ', Message: '  Click \n Expired ' },
	])('quotes the reason from %j', (words) => {
		expect(failure(call, { request_status: 'Error', ...words }).facts.detail).toBe(
			'CAKE says: "Click Expired".',
		);
		expect(failure(call, words, 400).facts.detail).toBe('HTTP 400. CAKE says: "Click Expired".');
	});

	it('puts no second full stop after a reason that is a sentence', () => {
		const sentence = failure(call, { request_status: 'Error', message: 'The click expired.' });
		expect(sentence.facts.detail).toBe('CAKE says: "The click expired."');
	});

	it('says when the reply names no reason, and shortens a long one', () => {
		const silent = failure(call, { request_status: 'Denied' }).facts.detail;
		expect(silent).toBe('CAKE gives no reason (request_status: Denied).');
		const long = failure(call, { request_status: 'Error', message: 'x'.repeat(5000) }).facts.detail;
		expect(long?.length).toBeLessThan(330);
		expect(failure(call, `<p>${'y'.repeat(500_000)}`, 404).facts.detail?.length).toBeLessThan(330);
	});
});

describe('readResponse and readRetryAfter', () => {
	it('reports HTTP 503 with Retry-After as a throttle, except for a Record without a unique ID', () => {
		const kinds = Object.entries(CALLS).map(([name, call]) => {
			const { kind, facts } = failure(call, '', 503, { 'retry-after': '7' });
			return [name, kind, facts.retryAfterMs];
		});
		expect(kinds).toEqual([
			['record', 'unavailable', 7000],
			['recordOnce', 'throttled', 7000],
			['query', 'throttled', 7000],
			['update', 'throttled', 7000],
		]);
	});

	it.each([
		['0', 0],
		['1.5', 1500],
		[' 120 ', 120_000],
		['Thu, 01 Jan 1970 00:01:30 GMT', 30_000],
		['Thu, 01 Jan 1970 00:00:30 GMT', 0],
		['soon', undefined],
		['-5', undefined],
		['', undefined],
		[undefined, undefined],
		[['1', '2'], undefined],
	])('reads Retry-After %p as %p ms', (header, ms) =>
		expect(readRetryAfter({ 'retry-after': header }, 60_000)).toBe(ms),
	);
});
