import { sleep } from 'n8n-workflow';

import type { CakeClient } from '../../../../nodes/cake/transport/client';
import { CakeError, NotSent } from '../../../../nodes/cake/errors';
import type { FailureFacts, FailureKind } from '../../../../nodes/cake/errors';
import { RateLimiter } from '../../../../nodes/cake/transport/rateLimiter';
import { sendWithRetries, type RequestContext } from '../../../../nodes/cake/transport/retry';
import { Semaphore } from '../../../../nodes/cake/transport/semaphore';
import type { CakeCall } from '../../../../nodes/cake/transport/call';
import type { RequestKind } from '../../../../nodes/cake/types';

const REQUEST_KINDS: RequestKind[] = [
	'query',
	'update',
	'recordWithUniqueId',
	'recordWithoutUniqueId',
];

type Reply = CakeError | 'stored';

const failure = (kind: FailureKind, facts?: FailureFacts) => new CakeError(kind, facts);
const deadline = () => failure('unavailable', { isDeadline: true, detail: 'no reply in time' });

beforeEach(() => jest.useFakeTimers());
afterEach(() => {
	jest.useRealTimers();
	jest.restoreAllMocks();
});

/** Sends one request and gives each try its reply. The last reply answers all further tries. */
async function send(
	requestKind: RequestKind,
	replies: Reply[],
	settings: Partial<RequestContext> = {},
) {
	const sentAt: number[] = [];
	const start = Date.now();
	const client = {
		async send() {
			sentAt.push(Date.now() - start);
			const reply = replies[Math.min(sentAt.length, replies.length) - 1];
			await sleep(1);
			if (reply instanceof CakeError) throw reply;
			return reply;
		},
	};
	const context: RequestContext = {
		client: client as unknown as CakeClient,
		semaphore: new Semaphore(2),
		rateLimiter: new RateLimiter(),
		retries: 4,
		remainingMs: () => 1000,
		...settings,
	};
	const call: CakeCall<string> = {
		kind: requestKind,
		method: 'GET',
		path: '/',
		parameters: {},
		read: () => 'unused',
	};
	let result: unknown;
	let isOver = false;
	void sendWithRetries(context, call)
		.catch((error: unknown) => error)
		.then((outcome) => {
			result = outcome;
			isOver = true;
		});
	while (!isOver) await jest.advanceTimersByTimeAsync(100);
	return { result, sentAt, sends: sentAt.length, ended: Date.now() - start };
}

const getKind = (result: unknown) => (result instanceof CakeError ? result.kind : result);

/** How often each kind of request is sent with four retries, and the kind of its final failure. */
const TABLE: Array<[FailureKind, Record<RequestKind, [number, FailureKind]>]> = [
	['notSent', same(5, 'notSent')],
	['throttled', same(5, 'throttled')],
	[
		'unavailable',
		{
			query: [5, 'unavailable'],
			update: [5, 'unavailable'],
			recordWithUniqueId: [5, 'unknownOutcome'],
			recordWithoutUniqueId: [1, 'unknownOutcome'],
		},
	],
	['refused', same(1, 'refused')],
	['unauthorized', same(1, 'unauthorized')],
	['unknownOutcome', same(1, 'unknownOutcome')],
];

function same(sends: number, kind: FailureKind): Record<RequestKind, [number, FailureKind]> {
	return {
		query: [sends, kind],
		update: [sends, kind],
		recordWithUniqueId: [sends, kind],
		recordWithoutUniqueId: [sends, kind],
	};
}

const cases = TABLE.flatMap(([kind, row]) =>
	REQUEST_KINDS.map((requestKind) => ({
		kind,
		requestKind,
		sends: row[requestKind][0],
		finalKind: row[requestKind][1],
	})),
);

describe('sendWithRetries', () => {
	it.each(cases)(
		'sends a $requestKind that is $kind each time $sends times, and reports $finalKind',
		async ({ kind, requestKind, sends, finalKind }) => {
			const { result, sends: sent } = await send(requestKind, [failure(kind)]);
			expect([sent, getKind(result)]).toEqual([sends, finalKind]);
		},
	);

	it.each(cases.filter(({ sends }) => sends > 1))(
		'gives the answer of a later try of a $requestKind that was $kind',
		async ({ kind, requestKind }) => {
			const { result, sends } = await send(requestKind, [failure(kind), failure(kind), 'stored']);
			expect([result, sends]).toEqual(['stored', 3]);
		},
	);

	it.each(REQUEST_KINDS)('never sends a %s again without retries', async (requestKind) => {
		for (const kind of ['notSent', 'throttled', 'unavailable'] as const) {
			expect((await send(requestKind, [failure(kind)], { retries: 0 })).sends).toBe(1);
		}
	});

	it.each(['notSent', 'throttled', 'refused', 'unauthorized'] as const)(
		'calls a recording unclear when it was %s after a try without a clear answer',
		async (kind) => {
			const { result } = await send('recordWithUniqueId', [
				failure('unavailable'),
				failure(kind, { detail: 'what CAKE said', httpStatus: 400 }),
			]);
			expect(result).toMatchObject({
				kind: 'unknownOutcome',
				facts: { detail: 'what CAKE said' },
			});
		},
	);

	it.each(['query', 'update'] as const)(
		'reports the refusal of a %s as refused, also after a try without an answer',
		async (requestKind) => {
			const { result } = await send(requestKind, [failure('unavailable'), failure('refused')]);
			expect(getKind(result)).toBe('refused');
		},
	);

	it('reports the refusal of a recording as refused after tries that stored nothing', async () => {
		const replies = [failure('throttled'), failure('notSent'), failure('refused')];
		expect(getKind((await send('recordWithUniqueId', replies)).result)).toBe('refused');
	});

	it('does not send again when another try cannot help', async () => {
		const { result, sends } = await send('query', [failure('notSent', { isPermanent: true })]);
		expect([sends, getKind(result)]).toEqual([1, 'notSent']);
	});

	it('waits longer from try to try, at most 20 seconds, and with jitter', async () => {
		jest.spyOn(Math, 'random').mockReturnValue(1 - Number.EPSILON);
		const { sentAt } = await send('query', [failure('unavailable')], { retries: 9 });
		const waits = sentAt.slice(1).map((at, i) => Math.round((at - sentAt[i]) / 500) / 2);
		expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 20, 20, 20]);
		jest.spyOn(Math, 'random').mockReturnValue(0);
		const eager = await send('query', [failure('unavailable')]);
		expect(eager.sentAt.at(-1)).toBeLessThan(20);
	});

	it('waits ten seconds after a deadline to repeat a recording or an update, not a query', async () => {
		jest.spyOn(Math, 'random').mockReturnValue(0);
		const record = await send('recordWithUniqueId', [deadline(), 'stored']);
		expect(record.sentAt[1]).toBeGreaterThanOrEqual(10_000);
		expect(record.result).toBe('stored');
		const update = await send('update', [deadline(), 'stored']);
		expect(update.sentAt[1]).toBeGreaterThanOrEqual(10_000);
		const query = await send('query', [deadline(), 'stored']);
		expect(query.sentAt[1]).toBeLessThan(1000);
		const reset = await send('recordWithUniqueId', [failure('unavailable'), 'stored']);
		expect(reset.sentAt[1]).toBeLessThan(1000);
	});

	it.each(['throttled', 'unavailable'] as const)(
		'waits as long as CAKE asks when a query is %s',
		async (kind) => {
			jest.spyOn(Math, 'random').mockReturnValue(0);
			const asks = failure(kind, { retryAfterMs: 7_000 });
			const { sentAt } = await send('query', [asks, 'stored']);
			expect(sentAt[1]).toBeGreaterThanOrEqual(7_000);
			expect(sentAt[1]).toBeLessThan(7_500);
		},
	);

	it('adds no wait of its own after a throttle', async () => {
		jest.spyOn(Math, 'random').mockReturnValue(1 - Number.EPSILON);
		const asks = failure('throttled', { retryAfterMs: 3_000 });
		const { sentAt } = await send('query', [asks, 'stored']);
		expect(sentAt[1]).toBeGreaterThanOrEqual(3_000);
		expect(sentAt[1]).toBeLessThan(3_250);
	});

	it('fails at once when CAKE asks for a wait of more than a minute', async () => {
		const asks = failure('throttled', { retryAfterMs: 61_500, detail: 'HTTP 429.' });
		const { result, sends, ended } = await send('recordWithUniqueId', [asks]);
		expect([sends, ended]).toEqual([1, 100]);
		expect(result).toMatchObject({ kind: 'throttled', isFatalForRun: true });
		expect((result as CakeError).facts).toMatchObject({
			detail: 'HTTP 429.',
			retryAfterMs: 61_500,
		});
		expect((await send('query', [failure('throttled', { retryAfterMs: 60_000 })])).sends).toBe(5);
	});

	it('ends a wait when it is stopped, and reports the failure of the last try', async () => {
		for (const [requestKind, kind] of [
			['query', 'unavailable'],
			['recordWithUniqueId', 'unknownOutcome'],
		] as const) {
			const stop = new AbortController();
			const asks = failure('unavailable', { retryAfterMs: 50_000 });
			void sleep(1_000).then(() => stop.abort());
			const { result, sends, ended } = await send(requestKind, [asks], { stop: stop.signal });
			expect([sends, getKind(result)]).toEqual([1, kind]);
			expect(ended).toBeLessThanOrEqual(1_300);
		}
	});

	it('never reports an update as not sent when an earlier try may have stored it', async () => {
		const stop = new AbortController();
		const asks = failure('throttled', { retryAfterMs: 50_000 });
		void sleep(5_000).then(() => stop.abort());
		const replies = [failure('unavailable'), asks];
		const { result, sends } = await send('update', replies, { stop: stop.signal });
		expect([sends, getKind(result)]).toEqual([2, 'throttled']);
	});

	it('sends nothing after it was stopped', async () => {
		const { result, sends } = await send('update', ['stored'], { stop: AbortSignal.abort() });
		expect(sends).toBe(0);
		expect(result).toBeInstanceOf(NotSent);
	});

	it('holds no place while it waits for the next try, and offers it to others', async () => {
		const semaphore = new Semaphore(1);
		let offers = 0;
		semaphore.onPermitFreed(() => offers++);
		const busy = send('query', [failure('unavailable', { retryAfterMs: 5_000 }), 'stored'], {
			semaphore,
		});
		await jest.advanceTimersByTimeAsync(1_000);
		expect(semaphore.hasFreePermit).toBe(true);
		expect(offers).toBe(1);
		expect((await busy).result).toBe('stored');
	});

	it('reports a final failure once, while it holds its place, and no other failure', async () => {
		const semaphore = new Semaphore(1);
		const reported: Array<[string, boolean]> = [];
		const onFailure = ({ kind }: CakeError) => void reported.push([kind, semaphore.hasFreePermit]);
		await send('recordWithUniqueId', [failure('unavailable'), 'stored'], { semaphore, onFailure });
		expect(reported).toEqual([]);
		const replies = [failure('unavailable'), failure('refused')];
		await send('recordWithUniqueId', replies, { semaphore, onFailure });
		expect(reported).toEqual([['unknownOutcome', false]]);
		expect(semaphore.hasFreePermit).toBe(true);
	});

	it('asks before each try how long the try may take', async () => {
		const timeouts: number[] = [];
		const client = {
			async send(_call: unknown, timeoutMs: number) {
				timeouts.push(timeoutMs);
				return await Promise.reject(failure('unavailable'));
			},
		};
		let left = 100;
		await send('query', [], {
			client: client as unknown as CakeClient,
			retries: 2,
			remainingMs: () => left--,
		});
		expect(timeouts).toEqual([100, 99, 98]);
	});

	it('passes on an error that is no CakeError', async () => {
		const client = { send: async () => await Promise.reject(new TypeError('a defect')) };
		const settings = { client: client as unknown as CakeClient };
		const { result } = await send('query', ['stored'], settings);
		expect(result).toEqual(new TypeError('a defect'));
	});
});
