import type { IDataObject } from 'n8n-workflow';
import type { ConversionEndpoint, FaultKind } from '../../../sandbox/server.mts';
import { useCake } from '../../support/cake.mts';
import { supports } from '../../../harness/engine/n8n.mts';

const cake = useCake({ rows: 10 });
const ENDPOINTS = ['record', 'query', 'update'] as const;

/** Gives parameters with which an operation succeeds, plus these options. */
function makeParameters(operation: ConversionEndpoint, options: IDataObject = {}) {
	const { conversionId } = cake.account.addConversion();
	const own = {
		record: { uniqueId: `TXN-${conversionId}` },
		query: {},
		update: { conversionId, status: 'approved' },
	};
	return { ...own[operation], options: { timeout: 1, retries: 0, ...options } };
}

const once = { maxConcurrent: 1 };

const REFUSED = {
	record: 'CAKE refused the conversion',
	query: 'CAKE refused the query',
	update: 'CAKE refused the change',
};

/** Reads the failure that n8n recorded. Older n8n records none, so `ifRecorded` gives undefined. */
const readFailure = (error: unknown) => (error as { failure?: IDataObject }).failure;
const ifRecorded = <T>(failure: T) => (supports('failure') ? failure : undefined);

describe('a failure', () => {
	const KINDS: Array<[FaultKind, string | typeof REFUSED, string | undefined]> = [
		['echo', REFUSED, undefined],
		['redirect', REFUSED, undefined],
		['wrongKey', 'CAKE did not accept the API key', 'credential-invalid'],
		['throttle', 'CAKE is limiting the number of requests', 'rate-limited'],
		['throttleDate', 'CAKE is limiting the number of requests', 'rate-limited'],
		['restricted', 'CAKE is limiting the number of requests', 'rate-limited'],
		['unavailable', 'CAKE is not answering properly', 'temporarily-unavailable'],
		['serverError', 'CAKE is not answering properly', 'temporarily-unavailable'],
		['resetBefore', 'CAKE is not answering properly', 'temporarily-unavailable'],
		['html', 'CAKE is not answering properly', 'temporarily-unavailable'],
		['cutOff', 'CAKE is not answering properly', 'temporarily-unavailable'],
		['empty', 'CAKE is not answering properly', 'temporarily-unavailable'],
	];

	it.each(KINDS)('reports the fault %s with our message and n8n’s cause', async (...row) => {
		const [fault, messages, cause] = row;
		for (const operation of ENDPOINTS) {
			const message = typeof messages === 'string' ? messages : messages[operation];
			cake.sandbox.failNext(fault);
			const run = await cake[operation](makeParameters(operation));
			const isUnclear = operation === 'record' && cause === 'temporarily-unavailable';
			expect(run.error).toMatchObject({
				name: 'NodeApiError',
				message: isUnclear ? 'It is not known whether CAKE stored this' : message,
				context: { itemIndex: 0 },
			});
			expect(readFailure(run.error)?.cause).toBe(isUnclear ? undefined : ifRecorded(cause));
			expect(cake.sandbox.counters.byEndpoint[operation]).toBe(1);
			cake.sandbox.reset();
		}
	});

	it('fails at the deadline when no reply comes', async () => {
		for (const operation of ['query', 'record'] as const) {
			cake.sandbox.failNext('hang');
			const run = await cake[operation](makeParameters(operation));
			expect(run.error?.description).toContain('No full reply within 1 s.');
		}
	});

	it('fails at the deadline when a reply trickles in', async () => {
		cake.sandbox.replyNext('query', () => ({ body: 'x'.repeat(1000), dripMs: 20 }));
		const run = await cake.query(makeParameters('query'));
		expect(run.error?.description).toContain('No full reply within 1 s.');
	});

	it('reports a host where nobody listens as not reached', async () => {
		const credential = { baseUrl: 'http://127.0.0.1:1', apiKey: 'key' };
		const run = await cake.query(makeParameters('query'), { credential });
		expect(run.error).toMatchObject({
			message: 'CAKE could not be reached',
			description: expect.stringContaining('ECONNREFUSED') as string,
		});
		expect(readFailure(run.error)?.cause).toBe(ifRecorded('temporarily-unavailable'));
	});

	it('retries after CAKE throttles once, and reports no error', async () => {
		for (const operation of ENDPOINTS) {
			cake.sandbox.failNext('throttle', { retryAfter: 0 });
			const run = await cake[operation](makeParameters(operation, { retries: 1 }));
			expect([run.status, run.items.length > 0]).toEqual(['success', true]);
		}
		expect(cake.requests).toBe(6);
	});

	it('fails at once when CAKE asks to wait for an hour', async () => {
		cake.sandbox.failNext('throttle', { retryAfter: 3600 });
		const run = await cake.query(makeParameters('query', { retries: 4 }));
		expect(run.error?.description).toContain('CAKE asks to wait 3600 s.');
		expect(readFailure(run.error)?.retryAfterMs).toBe(ifRecorded(3_600_000));
		expect(cake.requests).toBe(1);
	});

	it.each(['html', 'resetAfter', 'cutOff'] as const)(
		'does not retry a Record without a Unique ID (%s), since CAKE may have stored it',
		async (fault) => {
			cake.sandbox.failNext(fault);
			const run = await cake.record({ options: { retries: 4 } });
			expect(run.error?.message).toBe('It is not known whether CAKE stored this');
			expect(cake.sandbox.counters.byEndpoint.record).toBe(1);
		},
	);

	it('sends a request only once when CAKE answers HTTP 401', async () => {
		for (const operation of ENDPOINTS) {
			// This refuses only the first request. A second one would succeed, and the test would fail.
			cake.sandbox.replyNext(operation, () => ({ status: 401, body: '' }));
			const run = await cake[operation](makeParameters(operation, { retries: 4 }));
			expect(run.error).toMatchObject({ httpCode: '401' });
			expect(readFailure(run.error)?.cause).toBe(ifRecorded('credential-invalid'));
		}
		expect(cake.requests).toBe(3);
	});
});

describe('a run that stops at an error', () => {
	it('names the stored and the unsent items in the error of a run that stops', async () => {
		const clicks = cake.account.freshClicks(6);
		clicks[3].active = false;
		const run = await cake.record(
			{ clickId: '={{ $json.clickId }}', offerId: '={{ $json.offerId }}', options: once },
			{ items: clicks.map(({ clickId, offerId }) => ({ clickId, offerId })) },
		);
		expect([run.status, run.items, run.passedOn.items]).toEqual(['error', [], 0]);
		expect(run.error).toMatchObject({
			message: 'CAKE refused the conversion',
			// n8n's editor adds this number to the message.
			context: { itemIndex: 3 },
		});
		expect(run.error?.description).toContain('Inactive Click');
		expect(run.error?.description).toMatch(
			/Of 6 items: 3 stored \(0-2\), 1 failed \(3\), 2 not sent \(4-5\)\./,
		);
		expect(run.error?.description).toContain(
			'Send again only the items that failed or were not sent',
		);
		expect(cake.sandbox.counters).toMatchObject({ requests: 4, stored: 3 });
	});

	it('awaits and counts the requests under way when a run stops', async () => {
		cake.sandbox.replyNext('update', () => ({ status: 422, body: '' }));
		const items = [1, 2, 3].map(() => ({ id: cake.account.addConversion().conversionId }));
		const run = await cake.update(
			{ conversionId: '={{ $json.id }}', status: 'pending' },
			{ items },
		);
		expect(run.error?.description).toMatch(
			/Of 3 items: 2 stored \(\d(-|, )\d\), 1 failed \(\d\)\./,
		);
		expect(run.error?.description).toContain('All items may safely be sent again.');
		expect(cake.sandbox.counters.updated).toBe(2);
	});
});

describe('n8n’s Retry On Fail', () => {
	const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };

	it('refuses to record without a Unique ID while Retry On Fail is on', async () => {
		const run = await cake.record({}, retry);
		expect(run.error?.message).toBe("'Unique ID' is needed while Retry On Fail is on");
		expect(cake.requests).toBe(0);
	});

	it('records a sale once, queries and updates while Retry On Fail is on', async () => {
		cake.sandbox.failNext('resetAfter');
		const run = await cake.record({ uniqueId: 'TXN-RETRY' }, retry);
		expect(run.items[0].json.already_recorded).toBe(true);
		expect(cake.sandbox.counters.stored).toBe(1);
		for (const operation of ['query', 'update'] as const) {
			expect((await cake[operation](makeParameters(operation), retry)).status).toBe('success');
		}
	});
});
