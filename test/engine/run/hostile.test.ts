import { supports } from '../../../harness/engine/n8n.mts';
import type { IDataObject } from 'n8n-workflow';
import type { ScriptedReply, ScriptedRequest } from '../../../sandbox/server.mts';
import type { NodeRun } from '../../../harness/engine/engine.mts';
import { useCake } from '../../support/cake.mts';
import { chooseCount } from '../../support/scale.mts';

const ROWS = 40;
const cake = useCake({ rows: ROWS, days: 10 });
// Recordings go to an account of their own, so that the list keeps its length.
const writing = useCake({ rows: 5 });
const MEGABYTES = chooseCount(8, 50);
const BYTES = MEGABYTES * 1024 * 1024;
/** Work that grows faster than the reply would take hours. */
const LIMIT_MS = 120_000;

type Body = IDataObject & { conversions: IDataObject[] };
const listIds = ({ items }: NodeRun) => items.map(({ json }) => Number(json.conversion_id));
const all = () =>
	cake.account
		.select({ from: 0, to: Number.MAX_SAFE_INTEGER })
		.map(({ conversionId }) => conversionId);

/** Queries all rows. Every reply is the correct one, changed by `reply`. */
async function query(reply: (body: Body, request: ScriptedRequest) => ScriptedReply, timeout = 60) {
	let requests = 0;
	let isOver = false;
	const play = (request: ScriptedRequest): ScriptedReply => {
		if (!isOver) cake.sandbox.replyNext('query', play);
		requests++;
		return reply(request.proceed() as Body, request);
	};
	cake.sandbox.replyNext('query', play);
	const run = await cake.query({
		dateRange: 'last30Days',
		returnAll: true,
		options: { timeout, pageSize: 10 },
	});
	const result = { run, requests };
	// Uses up the reply that is still scripted.
	isOver = true;
	await cake.query({ limit: 1, options: { timeout: 1, retries: 0 } });
	return result;
}

const withRows = (change: (row: IDataObject, index: number) => unknown) => (body: Body) => ({
	body: { ...body, conversions: body.conversions.map(change) },
});

function expectClearError(run: NodeRun, detail: string): void {
	expect(run.status).toBe('error');
	expect(run.error?.message).toBe('CAKE is not answering properly');
	expect(run.error?.description).toContain(detail);
	expect(run.error?.description?.length).toBeLessThan(700);
	expect(run.saved.length).toBeLessThan(20_000);
}

describe('a reply of enormous size', () => {
	const page = () => Buffer.alloc(BYTES, '<div><p>Busy &amp; slow</p></div>\n');
	const headers = { 'Content-Type': 'text/html' };

	it.each([200, 502])(
		`quotes the beginning of ${MEGABYTES} MB of HTML under HTTP %i in its error`,
		async (status) => {
			const { run } = await query(() => ({ status, headers, body: page() }));
			expectClearError(run, 'Busy & slow');
		},
		LIMIT_MS,
	);

	it(
		`leaves a recording unclear after ${MEGABYTES} MB of HTML`,
		async () => {
			writing.sandbox.replyNext('record', () => ({ headers, body: page() }));
			const run = await writing.record();
			expect(run.error?.message).toBe('It is not known whether CAKE stored this');
		},
		LIMIT_MS,
	);

	it(
		`fails with a clear error for one endless tag, and for ${MEGABYTES} MB of spaces`,
		async () => {
			const endless = await query(() => ({ body: `<script>${'<'.repeat(BYTES)}` }));
			expectClearError(endless.run, 'The reply was empty.');
			const blank = await query(() => ({ body: Buffer.alloc(BYTES, ' ') }));
			expectClearError(blank.run, 'The reply was empty.');
		},
		LIMIT_MS,
	);

	it('fails with a clear error when a header is larger than Node accepts', async () => {
		const { run } = await query(() => ({ headers: { 'X-Long': 'x'.repeat(100_000) }, body: {} }));
		expectClearError(run, 'HPE_HEADER_OVERFLOW');
	});
});

describe('JSON nested 100,000 levels deep', () => {
	const DEPTH = 100_000;
	const deep = [
		['lists', '['.repeat(DEPTH) + ']'.repeat(DEPTH)],
		['objects', `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`],
		['lists without an end', '['.repeat(DEPTH)],
	] as const;

	it.each(deep)('reports a deeply nested reply (%s)', async (_form, body) => {
		expectClearError((await query(() => ({ body }))).run, 'HTTP 200 with');
	});

	it.each(deep.slice(0, 2))('reports a deeply nested row (%s)', async (_form, value) => {
		const { run } = await query((body) => ({
			body: JSON.stringify(body).replace('{"conversion_id"', `{"unknown":${value},"conversion_id"`),
		}));
		expectClearError(run, 'JSON nested more than 100 levels deep');
	});

	it('resolves a recording with a deeply nested reply by CAKE’s list', async () => {
		writing.sandbox.replyNext('record', ({ proceed }) => ({
			body: JSON.stringify(proceed()).replace(/\}$/, `,"unknown":${deep[0][1]}}`),
		}));
		const conversionDate = new Date().toISOString();
		const run = await writing.record({ additionalFields: { orderId: 'ORD-DEEP', conversionDate } });
		expect(run.items[0].json).toMatchObject({ order_id: 'ORD-DEEP' });
		expect(writing.sandbox.counters.stored).toBe(1);
	});

	it('accepts brackets in text, and nesting that is not deep', async () => {
		const { run } = await query(
			withRows((row) => ({ ...row, text: '['.repeat(500), nested: { a: [{ b: [[]] }] } })),
		);
		expect(listIds(run)).toEqual(all());
		expect(run.items[0].json.nested).toEqual({ a: [{ b: [[]] }] });
	});
});

describe('a reply in single bytes', () => {
	it.each([
		['query', 'CAKE is not answering properly'],
		['record', 'It is not known whether CAKE stored this'],
	] as const)('ends at the deadline when single bytes come (%s)', async (operation, message) => {
		writing.sandbox.replyNext(operation, ({ proceed }) => ({ body: proceed(), dripMs: 1_000 }));
		const run = await writing[operation]({ options: { timeout: 1 } });
		expect(run.error?.message).toBe(message);
		expect(run.error?.description).toContain('No full reply within 1 s.');
	});
});

describe('a reply in another form', () => {
	it.each(['text/html', 'text/plain', 'application/octet-stream', 'image/png', 'nonsense', ''])(
		'gives the right rows from JSON with the content type %p',
		async (type) => {
			const { run } = await query((body) => ({ headers: { 'Content-Type': type }, body }));
			expect(listIds(run)).toEqual(all());
		},
	);

	it.each([
		['nothing, under HTTP 204', { status: 204, body: '' }, 'The reply was empty.'],
		['nothing', { body: '' }, 'The reply was empty.'],
		['bytes that are no text', { body: Buffer.from([0xff, 0xfe, 0, 1, 2]) }, 'other than JSON'],
	] as Array<[string, ScriptedReply, string]>)('reports a reply of %s', async (_, reply, cause) => {
		expectClearError((await query(() => reply)).run, cause);
	});

	// n8n before 2.34 may not notice that the reply cannot be unpacked. It waits for the deadline.
	it('reports a reply that only claims to be gzip', async () => {
		const headers = { 'Content-Encoding': 'gzip' };
		const { run } = await query(() => ({ headers, body: 'garbage' }), 5);
		const detail = supports('failure') ? 'The connection broke' : '';
		expectClearError(run, detail);
	}, 30_000);
});

describe('rows that are not as specified', () => {
	it('accepts rows with numbers as text', async () => {
		const asText = (row: IDataObject) =>
			Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]));
		const { run } = await query(withRows(asText));
		expect(listIds(run)).toEqual(all());
		expect(typeof run.items[0].json.payout).toBe('string');
	});

	it.each([
		['null', () => null],
		['a row without an ID', (row: IDataObject) => ({ ...row, conversion_id: undefined })],
		['an ID that is none', (row: IDataObject) => ({ ...row, conversion_id: 'x1' })],
	] as Array<[string, (row: IDataObject) => unknown]>)(
		'reports %s among the rows',
		async (_name, spoil) => {
			const { run } = await query(withRows((row, index) => (index === 3 ? spoil(row) : row)));
			expectClearError(run, 'The list holds a row without a conversion ID.');
		},
	);

	it('gives the later row when a page holds an ID twice', async () => {
		const { run } = await query((body) => {
			const [first, ...rest] = body.conversions;
			if (!first) return { body };
			return { body: { ...body, conversions: [{ ...first, payout: -1 }, first, ...rest] } };
		});
		expect(listIds(run)).toEqual(all());
		expect(run.items.every(({ json }) => json.payout !== -1)).toBe(true);
	});

	it('accepts fields named like JavaScript’s own members without harm', async () => {
		const { run } = await query((body) => ({
			body: JSON.stringify(body).replaceAll(
				'{"conversion_id"',
				'{"__proto__":{"polluted":1},"constructor":"x","toString":"y","conversion_id"',
			),
		}));
		expect(listIds(run)).toEqual(all());
		expect(({} as IDataObject).polluted).toBeUndefined();
	});
});

describe('a total that cannot be right', () => {
	it.each([
		...['83', `${ROWS}`, ROWS].map((total) => [total, 3, total === '83']),
		...[-1, 0, 7, 'many', null, 1.5, {}, undefined].map((total) => [total, 1, false]),
		[1e9, 3, true],
		['1000000000', 3, true],
		['1e400', 1, false],
	] as Array<[unknown, number, boolean]>)(
		'gives every row once and ends when the total is %p',
		async (total, passes, isIncomplete) => {
			const { run, requests } = await query((body) => ({ body: { ...body, total_rows: total } }));
			expect(listIds(run)).toEqual(all());
			expect(requests).toBeLessThanOrEqual(passes * 20);
			const hints = run.hints.map(({ message }) => message);
			if (isIncomplete) expect(hints[0]).toContain(`CAKE reported ${String(total)} conversions`);
			else expect(hints).toEqual([]);
		},
	);

	it('ends when every page is the same, and says that rows are missing', async () => {
		let page: Body | undefined;
		const { run, requests } = await query((body) => ({
			body: { ...(page ??= body), total_rows: 1e9 },
		}));
		expect(listIds(run)).toEqual(all().slice(0, 10));
		expect(requests).toBeLessThan(40);
		expect(run.hints).toHaveLength(1);
	});

	it('ends when every page is empty', async () => {
		const { run, requests } = await query((body) => ({
			body: { ...body, conversions: [], total_rows: 1e9 },
		}));
		expect([run.items, requests]).toEqual([[], 3]);
		expect(run.hints).toHaveLength(1);
	});
});
