import {
	DEMO,
	type Fault,
	type FaultKind,
	type Sandbox,
	type SandboxOptions,
	startSandbox,
} from '../../../sandbox/server.mts';
import { type Raw, listRows, SandboxClient } from '../../support/sandbox-client.mts';

let sandbox: Sandbox;
let client: SandboxClient;

async function start(options: SandboxOptions = {}) {
	sandbox = await startSandbox(options);
	client = new SandboxClient(sandbox);
}

afterEach(async () => await sandbox.close());

const [{ clickId, offerId }] = DEMO.clicks;
const SEND = { click_id: clickId, offer_id: offerId };
/** Long enough for an answer on this machine, short enough for a test that expects none. */
const soon = () => ({ signal: AbortSignal.timeout(150) });

describe('scripted faults', () => {
	beforeEach(async () => await start());

	it.each<[FaultKind, boolean, (reply: Raw) => void]>([
		[
			'throttle',
			false,
			({ status, headers }) => expect([status, headers.get('retry-after')]).toEqual([429, '1']),
		],
		[
			'restricted',
			false,
			({ status, text }) =>
				expect([status, text]).toEqual([200, '{"success":false,"message":"Restricted"}']),
		],
		[
			'unavailable',
			false,
			({ status, headers }) => expect([status, headers.get('retry-after')]).toEqual([503, null]),
		],
		[
			'serverError',
			false,
			({ status, text }) => {
				expect(status).toBe(500);
				expect(text).toContain('[FormatException: Input string was not in a correct format.]');
			},
		],
		['html', false, isPage],
		['htmlAfter', true, isPage],
		[
			'cutOff',
			true,
			({ status, text, headers }) => {
				expect(status).toBe(200);
				expect(text).toMatch(/^\{"request_status":"Success".*[^}]$/);
				expect(Number(headers.get('content-length'))).toBe(text.length);
			},
		],
		['empty', false, ({ status, text }) => expect([status, text]).toEqual([200, ''])],
		[
			'echo',
			false,
			({ json }) => {
				expect(json.message).toContain(`${sandbox.url}/api/2/conversion.json?api_key=`);
				expect(json.message).toContain(sandbox.apiKey);
			},
		],
		[
			'redirect',
			false,
			({ status, headers }) => {
				expect(status).toBe(302);
				expect(headers.get('location')).toMatch(/^http:\/\/elsewhere\.invalid\/api\/2\/conv/);
			},
		],
		['wrongKey', false, ({ json }) => expect(json.message).toBe('Invalid API Key')],
		['errorPage', false, isErrorPage],
		['errorPageAfter', true, isErrorPage],
		['requestTimeout', false, isRequestTimeout],
		['requestTimeoutAfter', true, isRequestTimeout],
		[
			'warning',
			true,
			({ status, json }) => {
				expect(status).toBe(200);
				expect(json).toMatchObject({
					request_status: 'Warning',
					message: 'Recorded, but the daily cap is reached',
					conversion_id: expect.any(Number),
				});
			},
		],
	])('replies with the fault %s (work done: %s)', async (kind, works, verify) => {
		sandbox.failNext(kind);
		verify(await client.record(SEND));
		expect(sandbox.account.conversions.size).toBe(works ? 1 : 0);
		expect(sandbox.log[0]).toMatchObject({ result: works ? 'stored' : 'nothing', fault: kind });
		expect(sandbox.counters.faults).toEqual({ [kind]: 1 });
		expect((await client.record(SEND)).json.request_status).toBe('Success');
	});

	it.each<[FaultKind, boolean]>([
		['resetBefore', false],
		['resetAfter', true],
		['hang', false],
		['hangAfter', true],
	])('leaves a request unanswered for the fault %s (work done: %s)', async (kind, works) => {
		sandbox.failNext(kind);
		const reset = kind.startsWith('reset');
		await expect(client.record(SEND, reset ? {} : soon())).rejects.toMatchObject(
			reset ? { cause: { code: 'ECONNRESET', syscall: 'read' } } : { name: 'TimeoutError' },
		);
		expect(sandbox.account.conversions.size).toBe(works ? 1 : 0);
		expect(sandbox.log[0]).toMatchObject({ result: works ? 'stored' : 'nothing', answered: false });
	});

	it('asks with throttleDate for a wait until an HTTP date, never too early', async () => {
		const before = Date.now();
		sandbox.failNext('throttleDate', { retryAfter: 5 });
		const { status, headers } = await client.query();
		expect(status).toBe(429);
		const until = headers.get('retry-after') ?? '';
		expect(until).toMatch(/GMT$/);
		expect(Date.parse(until)).toBeGreaterThanOrEqual(before + 5000);
		expect(Date.parse(until)).toBeLessThan(Date.now() + 6001);
	});

	it('echoes the body of a POST, and takes any Retry-After and any redirect', async () => {
		sandbox.failNext('echo');
		const echoed = await client.update({ conversion_id: 1, status: 'pending' });
		expect(echoed.json.message).toContain(`{"api_key":"${sandbox.apiKey}"`);
		sandbox.failNext('throttle', { retryAfter: '120' });
		expect((await client.query()).headers.get('retry-after')).toBe('120');
		sandbox.failNext('unavailable', { retryAfter: 2 });
		expect((await client.query()).headers.get('retry-after')).toBe('2');
		sandbox.failNext('redirect', { redirectTo: 'http://localhost:1/login' });
		expect((await client.query()).headers.get('location')).toBe('http://localhost:1/login');
		sandbox.failNext('redirect', { redirectTo: 'http://localhost:1' });
		expect((await client.query()).headers.get('location')).toContain(sandbox.apiKey);
	});

	it('plays faults first in, first out, as often as asked, each at its endpoint', async () => {
		sandbox.failNext('unavailable', { endpoint: 'record' });
		sandbox.failNext('serverError', { times: 2 });
		sandbox.failNext('empty');
		const statuses = [];
		for (const send of [client.query(), client.record(SEND)]) statuses.push((await send).status);
		for (let i = 0; i < 3; i++) statuses.push((await client.query()).status);
		expect(statuses).toEqual([500, 503, 500, 200, 200]);
	});
});

function isPage({ status, headers, text }: Raw) {
	expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
	expect(text).toMatch(/^<!DOCTYPE html>/);
}

function isErrorPage({ status, headers }: Raw) {
	const location = '/Error.aspx?aspxerrorpath=/api/2/conversion.json';
	expect([status, headers.get('location')]).toEqual([302, location]);
}

function isRequestTimeout({ status, headers }: Raw) {
	expect([status, headers.get('content-type')]).toEqual([408, 'text/html; charset=utf-8']);
}

it('leaves a refusal as it is when a warning was asked for', async () => {
	await start();
	sandbox.failNext('warning');
	const { json } = await client.record({ click_id: 'nobody', offer_id: offerId });
	expect(json).toEqual({ request_status: 'Error', message: 'Click Not Found: nobody' });
});

it('passes each reply that was sent whole to a hook, with its log entry', async () => {
	await start();
	const replies: unknown[] = [];
	sandbox.onReply(({ seq, endpoint, result }, body) => replies.push([seq, endpoint, result, body]));
	const { text } = await client.record(SEND);
	sandbox.failNext('resetAfter');
	await expect(client.record(SEND)).rejects.toThrow();
	sandbox.failNext('empty');
	await client.query();
	expect(replies).toEqual([
		[1, 'record', 'stored', text],
		[3, 'query', 'nothing', ''],
	]);
});

describe('scripted replies', () => {
	beforeEach(async () => await start({ rows: 3 }));

	it('gives a scripted reply the raw request, and does no work of its own', async () => {
		sandbox.replyNext('record', ({ query, parameters }) => ({
			status: 418,
			headers: { 'Content-Type': 'text/plain' },
			body: `${query} ${String(parameters.click_id)}`,
		}));
		const { status, text } = await client.record(SEND);
		expect(status).toBe(418);
		expect(text).toContain(`api_key=${sandbox.apiKey}`);
		expect(sandbox.account.conversions.size).toBe(3);
		expect(sandbox.log[0]).toMatchObject({ result: 'nothing', fault: 'scripted' });
	});

	it('lets a scripted reply alter the true answer', async () => {
		const body = (proceed: () => object) => ({ ...proceed(), total_rows: -1 });
		sandbox.replyNext('query', ({ proceed }) => ({ body: body(proceed) }), { times: 2 });
		const replies = [await client.query(), await client.query(), await client.query()];
		expect(replies.map(({ json }) => json.total_rows)).toEqual([-1, -1, 3]);
		expect(listRows(replies[0])).toEqual(listRows(replies[2]));
		expect(sandbox.counters).toMatchObject({ pages: 3, scriptedReplies: 2 });
	});

	it('drips the body of a scripted reply', async () => {
		sandbox.replyNext('query', () => ({ body: 'slowly', dripMs: 2 }));
		expect((await client.query()).text).toBe('slowly');
		sandbox.replyNext('query', () => ({ body: 'too slowly', dripMs: 100 }));
		await expect(client.query({}, soon())).rejects.toMatchObject({ name: 'TimeoutError' });
	});

	it('answers HTTP 500 and says so when a scripted reply fails', async () => {
		sandbox.replyNext('query', () => JSON.parse('no JSON') as never);
		const { status, text } = await client.query();
		expect(status).toBe(500);
		expect(text).toContain('The sandbox itself failed: SyntaxError');
	});
});

describe('random faults', () => {
	const faults: Fault[] = [
		{ kind: 'throttle', probability: 0.2 },
		{ kind: 'unavailable', probability: 0.3, endpoints: ['query'] },
		{ kind: 'empty', probability: 0.1, times: 3 },
	];
	async function statuses(seed: number) {
		await start({ faults, seed });
		const result = [];
		for (let i = 0; i < 100; i++) result.push((await client.query()).status);
		return result;
	}

	it('plays random faults in their shares, the same for the same seed', async () => {
		const first = await statuses(3);
		const count = (status: number) => first.filter((other) => other === status).length;
		expect(count(429)).toBeGreaterThan(10);
		expect(count(429)).toBeLessThan(30);
		expect(count(503)).toBeGreaterThan(20);
		expect(count(503)).toBeLessThan(40);
		expect(sandbox.counters.faults).toEqual({
			throttle: count(429),
			unavailable: count(503),
			empty: 3,
		});
		for (let i = 0; i < 30; i++) expect((await client.record(SEND)).status).not.toBe(503);
		await sandbox.close();
		expect(await statuses(3)).toEqual(first);
		await sandbox.close();
		expect(await statuses(4)).not.toEqual(first);
	});
});
