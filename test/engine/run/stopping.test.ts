import type { INodeParameters } from 'n8n-workflow';
import type { ReplyMaker } from '../../../sandbox/server.mts';
import { useCake } from '../../support/cake.mts';
import {
	getDetails,
	fromItems,
	sale,
	UNCLEAR,
	withOrder,
	withUniqueId,
} from '../../support/sales.mts';

const cake = useCake({ latencyMs: 1 });
const oneByOne = { maxConcurrent: 1 };

describe('a run that stops at failures', () => {
	const sales = <T extends Record<string, string>>(count: number, more: (index: number) => T) =>
		cake.account.freshClicks(count).map((click, index) => sale(click, more(index)));

	it('goes on after a recording without an answer is found stored', async () => {
		const items = sales(20, (index) => ({ orderId: `ORD-ON-${index}` }));
		cake.sandbox.replyNext('record', ({ proceed }) => ({ body: proceed() }), { times: 3 });
		cake.sandbox.failNext('resetAfter', { endpoint: 'record' });
		const additionalFields = {
			orderId: '={{ $json.orderId }}',
			conversionDate: new Date().toISOString(),
		};
		const run = await cake.record({ ...fromItems, additionalFields, options: oneByOne }, { items });
		expect(run.status).toBe('success');
		expect(run.items.map(({ json }) => json.order_id)).toEqual(items.map((item) => item.orderId));
		expect(cake.sandbox.counters).toMatchObject({ stored: 20, requests: 21 });
	});

	it('says nothing of a stop by hand in the log when nobody stopped it', async () => {
		const run = await cake.record();
		expect(run.status).toBe('success');
		expect(run.log.filter((line) => line.includes('by hand'))).toEqual([]);
	});

	it('names the stored, unclear and unsent items, and which may be sent again', async () => {
		const stopped = async (parameters: INodeParameters) => {
			const items = sales(6, (index) => ({ uniqueId: `STOPPED-${index}` }));
			cake.sandbox.replyNext('record', ({ proceed }) => ({ body: proceed() }), { times: 2 });
			cake.sandbox.failNext('resetBefore', { endpoint: 'record' });
			return await cake.record({ ...parameters, options: oneByOne }, { items });
		};
		const safe = await stopped(withUniqueId);
		expect(safe.error?.message).toBe(UNCLEAR);
		expect(safe.error?.description).toMatch(
			/Of 6 items: 2 stored \(0-1\), 1 unclear \(2\), 3 not sent \(3-5\)\. Items are counted from 0\. If your account refuses a repeated Unique ID, all items may be sent again\./,
		);
		const unsafe = await stopped(fromItems);
		expect(unsafe.error?.description).toMatch(
			/2 stored \(0-1\), .*Send again only the items that failed or were not sent\. .*without a Unique ID .*$/,
		);
		expect(cake.sandbox.counters.stored).toBe(4);
	});

	it('stores nothing twice when n8n’s Retry On Fail runs the node again', async () => {
		const items = sales(12, (index) => ({
			uniqueId: `RERUN-${index}`,
			orderId: `ORD-RERUN-${index}`,
		}));
		cake.sandbox.replyNext('record', ({ proceed }) => ({ body: proceed() }), { times: 5 });
		cake.sandbox.failNext('wrongKey');
		const run = await cake.record(
			{ ...withOrder, ...withUniqueId, options: oneByOne },
			{ items, retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		);
		expect(run.status).toBe('success');
		expect(run.items.map(({ json }) => json.already_recorded ?? false)).toEqual(
			items.map((_, index) => index < 5),
		);
		expect(run.items.map(({ json }) => json.conversion_id)).toEqual(
			items.map(({ uniqueId }) => cake.account.withUniqueId(uniqueId)?.conversionId),
		);
		expect(cake.sandbox.counters).toMatchObject({ stored: 12, duplicates: 5, wrongKey: 0 });
	});
});

describe('requests to CAKE', () => {
	it('keeps the order of one click’s sales, and pauses all items when CAKE throttles one', async () => {
		const [click] = cake.account.freshClicks(1);
		const items = Array.from({ length: 3 }, (_, i) => sale(click, { orderId: `ORD-${i}` }));
		const others = cake.account
			.freshClicks(3)
			.map((other, i) => sale(other, { orderId: `OTHER-${i}` }));
		cake.sandbox.failNext('throttle', { retryAfter: 1 });
		const run = await cake.record(
			{ ...withOrder, options: { retries: 4, maxConcurrent: 3 } },
			{ items: [...items, ...others] },
		);
		expect([run.status, run.items.length]).toEqual(['success', 6]);
		const stored = cake.sandbox.log.filter(({ result }) => result === 'stored');
		const orders = stored
			.filter(({ parameters }) => parameters.click_id === click.clickId)
			.map(({ parameters }) => parameters.order_id);
		expect(orders).toEqual(items.map(({ orderId }) => orderId));
		// Two were under way beside the throttled one. All others wait for its second to pass, and come
		// later still on a slow machine.
		const [{ at }] = cake.sandbox.log;
		expect(cake.sandbox.log.filter((entry) => entry.at < at + 990).length).toBeLessThanOrEqual(3);
	});

	it('ends the run when CAKE refuses the key, and awaits the writes under way', async () => {
		const items = cake.account.freshClicks(30).map((click) => sale(click));
		cake.sandbox.replyNext('record', ({ proceed }) => ({ body: proceed() }), { times: 6 });
		cake.sandbox.replyNext('record', () => ({ status: 401, body: '' }));
		const run = await cake.record(
			{ ...fromItems, options: { maxConcurrent: 4 } },
			{ items, onError: 'continueErrorOutput' },
		);
		const { stored, requests } = cake.sandbox.counters;
		expect(run.passedOn).toEqual({ items: stored, errorItems: 30 - stored });
		// Three more were under way beside the refused one.
		expect(requests).toBeLessThanOrEqual(7 + 3);
		const details = run.errorItems.map(getDetails);
		expect(details.every(({ kind }) => kind === 'unauthorized')).toBe(true);
		expect(details.filter(({ reason }) => String(reason).includes('was not sent'))).toHaveLength(
			30 - requests,
		);
	});
});

describe('an item that waits for its next try', () => {
	/** Answers the next two recordings: the one with the parameters `one` by `first`. */
	function answerTwo(one: Record<string, unknown>, first: ReplyMaker, second: ReplyMaker): void {
		const isOne = (parameters: Record<string, unknown>) =>
			Object.entries(one).every(([name, value]) => parameters[name] === value);
		const reply: ReplyMaker = (request) => (isOne(request.parameters) ? first : second)(request);
		cake.sandbox.replyNext('record', reply, { times: 2 });
	}

	// This gives every wait between two tries its greatest length.
	beforeEach(() => jest.spyOn(Math, 'random').mockReturnValue(0.999));
	afterEach(() => jest.restoreAllMocks());

	it.each([
		['HTTP 503', { status: 503, headers: { 'Retry-After': '2' }, body: '' }],
		['HTTP 500', { status: 500, body: '' }],
	])(
		'stops with the error of the refused item, not of one that waits after %s',
		async (name, unavailable) => {
			const message = 'Inactive Offer: 12345';
			const refusal = { body: { request_status: 'Error', message } };
			answerTwo(
				{ unique_id: `${name} 0` },
				() => unavailable,
				() => refusal,
			);
			const run = await cake.record(
				{
					...fromItems,
					uniqueId: `=${name} {{ $itemIndex }}`,
					options: { retries: 1, maxConcurrent: 2 },
				},
				{ items: cake.account.freshClicks(2).map((click) => sale(click)) },
			);
			expect(run.error).toMatchObject({ context: { itemIndex: 1 } });
			expect(run.error?.description).toContain(message);
		},
	);

	it('stops with the error of the look-up that was refused, not of one that waits', async () => {
		const message = 'Inactive Offer: 2';
		const reply: ReplyMaker = ({ parameters }) =>
			parameters.offer_id === '1'
				? { status: 500, body: '' }
				: { body: { request_status: 'Error', message } };
		cake.sandbox.replyNext('query', reply, { times: 2 });
		const run = await cake.update(
			{
				findBy: 'orderId',
				orderId: 'ORDER',
				status: 'rejected',
				filters: { offerId: '={{ $itemIndex + 1 }}' },
				options: { retries: 1, maxConcurrent: 2 },
			},
			{ items: [{}, {}] },
		);
		expect(run.error).toMatchObject({ context: { itemIndex: 1 } });
		expect(run.error?.description).toContain(message);
	});

	it('sends a throttled item once the unclear recording that stopped it is found stored', async () => {
		const [unclear, ...others] = cake.account.freshClicks(3);
		answerTwo(
			{ click_id: unclear.clickId },
			({ proceed }) => {
				proceed();
				return { body: '' };
			},
			() => ({ status: 429, headers: { 'Retry-After': '1' }, body: '' }),
		);
		const run = await cake.record(
			{
				...fromItems,
				additionalFields: {
					orderId: '=ORDER-{{ $itemIndex }}',
					conversionDate: new Date().toISOString(),
				},
				options: { retries: 1, maxConcurrent: 2 },
			},
			{ items: [unclear, ...others].map((click) => sale(click)) },
		);
		expect([run.status, run.items.length, cake.sandbox.counters.stored]).toEqual(['success', 3, 3]);
	});

	it.each([
		[
			'a throttled item as not sent',
			429,
			/Of 3 items: 0 stored, 1 failed \(0\), 2 not sent \(1-2\)/,
		],
		[
			'an item that CAKE may have stored as unclear',
			500,
			/1 failed \(0\), 1 unclear \(1\), 1 not sent \(2\)/,
		],
	])('reports %s when another item stops the run', async (_name, status, progress) => {
		const [refused, ...others] = cake.account.freshClicks(3);
		const unique = (index: number) => `WAITS-${status}-${index}`;
		answerTwo(
			{ unique_id: unique(0) },
			() => ({ body: { request_status: 'Error', message: 'Click Expired' } }),
			() => ({ status, headers: { 'Retry-After': '1' }, body: '' }),
		);
		const run = await cake.record(
			{
				...fromItems,
				uniqueId: `=WAITS-${status}-{{ $itemIndex }}`,
				options: { retries: 1, maxConcurrent: 2 },
			},
			{ items: [refused, ...others].map((click) => sale(click)) },
		);
		expect(run.error).toMatchObject({ context: { itemIndex: 0 } });
		expect(run.error?.description).toMatch(progress);
		expect(cake.sandbox.counters.stored).toBe(0);
	});
});
