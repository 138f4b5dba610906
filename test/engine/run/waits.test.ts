import type { ReplyMaker, ScriptedReply } from '../../../sandbox/server.mts';
import { Cake, useCake } from '../../support/cake.mts';
import type { NodeRun } from '../../../harness/engine/engine.mts';
import { fromItems, sale } from '../../support/sales.mts';
import { SkippedTime } from '../../support/skipped-time.mts';

const time = new SkippedTime().use();
// This gives every wait between two tries its greatest length.
beforeEach(() => jest.spyOn(Math, 'random').mockReturnValue(0.999));

const HOUR_MS = 3_600_000;

type Headers = Record<string, string>;
const makeThrottle = (headers: Headers): ScriptedReply => ({ status: 429, headers, body: '' });
const toHttpDate = (ms: number) => new Date(ms).toUTCString();

describe('a limit that holds for three seconds', () => {
	/** This many recordings raise the rate. Two more meet the limit. */
	const WARM_UP = 20;
	const cake = new Cake({});

	beforeEach(async () => await cake.start());
	afterEach(async () => await cake.stop());

	/** Records sales. CAKE throttles the last two for three seconds, with these headers. */
	async function recordAtLimit(getHeaders: () => Headers) {
		let end: number | undefined;
		const limit: ReplyMaker = ({ proceed }) => {
			end ??= Date.now() + 3_000;
			return Date.now() < end ? makeThrottle(getHeaders()) : { body: proceed() };
		};
		const pass: ReplyMaker = ({ proceed }) => ({ body: proceed() });
		cake.sandbox.replyNext('record', pass, { times: WARM_UP });
		cake.sandbox.replyNext('record', limit, { times: Infinity });
		return await cake.record(
			{
				...fromItems,
				uniqueId: '=SALE-{{ $itemIndex }}',
				options: { retries: 4, maxConcurrent: 1 },
			},
			{
				items: cake.account.freshClicks(WARM_UP + 2).map((click) => sale(click)),
				onError: 'continueErrorOutput',
			},
		);
	}

	it.each<[string, Headers]>([
		['without Retry-After', {}],
		['with Retry-After: -1', { 'Retry-After': '-1' }],
		['with Retry-After: 0', { 'Retry-After': '0' }],
		['with a Retry-After date in the past', { 'Retry-After': toHttpDate(Date.UTC(2015, 0)) }],
		['with Retry-After: 1', { 'Retry-After': '1' }],
	])('waits out a limit that CAKE announces %s', async (_name, headers) => {
		expect((await recordAtLimit(() => headers)).errorItems).toEqual([]);
	});

	it('waits until a Retry-After date of CAKE when its clock is behind ours', async () => {
		const run = await recordAtLimit(() => {
			const theirs = Date.now() - 5_000;
			return { Date: toHttpDate(theirs), 'Retry-After': toHttpDate(theirs + 3_000) };
		});
		expect(run.errorItems).toEqual([]);
	});
});

describe('a wait between two tries', () => {
	const cake = useCake();

	/** Runs a query whose first reply is this one. */
	async function queryAfter(reply: ScriptedReply) {
		cake.sandbox.replyNext('query', () => reply);
		const run = await cake.query({ options: { retries: 1 } });
		expect([run.status, cake.requests]).toEqual(['success', 2]);
	}

	it('waits as many seconds as Retry-After names', async () => {
		await queryAfter(makeThrottle({ 'Retry-After': '2' }));
		expect(time.passedMs).toBeGreaterThanOrEqual(2_000);
		expect(time.passedMs).toBeLessThan(4_000);
	});

	it('waits until a Retry-After date of CAKE when its clock is ahead of ours', async () => {
		const theirs = Date.now() + 90_000;
		const retryAfter = toHttpDate(theirs + 3_000);
		await queryAfter(makeThrottle({ Date: toHttpDate(theirs), 'Retry-After': retryAfter }));
		expect(time.passedMs).toBeLessThan(10_000);
	});

	it('reads a Retry-After date without a zone as UTC', async () => {
		const { parse } = Date;
		const parseInNewYork = (text: string) =>
			parse(/GMT|UTC|Z$|[+-]\d{4}$/.test(text) ? text : `${text} EST`);
		jest.spyOn(Date, 'parse').mockImplementation(parseInNewYork);
		const [day, date, month, year, clock] = toHttpDate(Date.now() + 2_000).split(/,? /);
		const asctime = `${day} ${month} ${date.replace(/^0/, ' ')} ${clock} ${year}`;
		await queryAfter(makeThrottle({ 'Retry-After': asctime }));
	});

	it.each([429, 500])(
		'waits no longer after HTTP %i when the clock is set back meanwhile',
		async (status) => {
			time.setClockBack(500, HOUR_MS);
			await queryAfter({ status, headers: { 'Retry-After': '1' }, body: '' });
			expect(time.passedMs).toBeLessThan(HOUR_MS / 2);
		},
	);

	describe('a recording that CAKE may still process', () => {
		const record = async (uniqueId: string) =>
			await cake.record({ uniqueId, options: { retries: 1 } });
		const expectLongWait = (run: NodeRun) => {
			expect([run.status, cake.requests]).toEqual(['success', 2]);
			expect(time.passedMs).toBeGreaterThanOrEqual(10_000);
		};

		it.each([504, 524])('retries a recording only ten seconds after HTTP %i', async (status) => {
			cake.sandbox.replyNext('record', () => ({ status, body: '' }));
			expectLongWait(await record(`HTTP ${status}`));
		});

		it('retries a recording only ten seconds after its own deadline', async () => {
			cake.sandbox.failNext('hang');
			jest.spyOn(AbortSignal, 'timeout').mockImplementationOnce(() => {
				const deadline = new AbortController();
				time.callLater(() => deadline.abort(), 200);
				return deadline.signal;
			});
			expectLongWait(await record('OWN-DEADLINE'));
		});
	});

	it('sends a sale that comes in twice ten seconds after its first delivery failed at a deadline', async () => {
		let arrivedAt: number | undefined;
		cake.sandbox.replyNext('record', () => ({ status: 504, body: '' }));
		cake.sandbox.replyNext('record', ({ proceed }) => {
			arrivedAt = time.passedMs;
			return { body: proceed() };
		});
		const [click] = cake.account.freshClicks(1);
		const parameters = { ...sale(click), uniqueId: 'TWICE', options: { maxConcurrent: 1 } };
		await cake.record(parameters, { items: [{}, {}], onError: 'continueErrorOutput' });
		expect(arrivedAt).toBeGreaterThanOrEqual(10_000);
	});

	describe('a change that CAKE may still process', () => {
		/** Changes two conversions. The first change fails. Gives when the second one arrived. */
		async function changeTwo(
			conversionIds: [number, number],
			status = 504,
		): Promise<number | undefined> {
			let arrivedAt: number | undefined;
			cake.sandbox.replyNext('update', () => ({ status, body: '' }));
			cake.sandbox.replyNext('update', ({ proceed }) => {
				arrivedAt = time.passedMs;
				return { body: proceed() };
			});
			const items = conversionIds.map((id, index) => ({ id, to: ['approved', 'rejected'][index] }));
			const run = await cake.update(
				{
					conversionId: '={{ $json.id }}',
					status: '={{ $json.to }}',
					options: { maxConcurrent: 1 },
				},
				{ items, onError: 'continueErrorOutput' },
			);
			expect(run.passedOn).toEqual({ items: 1, errorItems: 1 });
			return arrivedAt;
		}
		const add = () => cake.account.addConversion().conversionId;

		it('sends the next change of a conversion ten seconds after one that failed at a deadline', async () => {
			const id = add();
			expect(await changeTwo([id, id])).toBeGreaterThanOrEqual(10_000);
		});

		it('sends the next change of a conversion at once after one that failed with HTTP 500', async () => {
			const id = add();
			expect(await changeTwo([id, id], 500)).toBeLessThan(10_000);
		});

		it('lets no change of another conversion wait, and does not wait after the last one', async () => {
			expect(await changeTwo([add(), add()])).toBeLessThan(10_000);
			expect(time.passedMs).toBeLessThan(10_000);
		});
	});
});
