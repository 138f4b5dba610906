import type { INodeParameters, OnError } from 'n8n-workflow';
import type { FaultKind, ReplyMaker } from '../../../sandbox/server.mts';
import { spellings, useCake, whereIs } from '../../support/cake.mts';

const OPERATIONS = ['record', 'query', 'update'] as const;
const MODES: OnError[] = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];
const CONVERSION_ID = 4456789;

/** A plain key, and one with Base64's special characters, which many encodings change. */
const KEYS = ['sandbox-key-0123456789', 'aB3+/x9+/Zk/=='];

describe.each(KEYS)('the API key %s', (apiKey) => {
	const cake = useCake({ rows: 20, apiKey });
	const other = useCake();

	beforeAll(() => {
		cake.account.addConversion({ conversionId: CONVERSION_ID });
	});

	const parameters: Record<(typeof OPERATIONS)[number], INodeParameters> = {
		record: { uniqueId: '=TXN-{{ $now.toMillis() }}-{{ $itemIndex }}' },
		query: { filters: { conversionStatus: 'approved' } },
		update: { conversionId: CONVERSION_ID, status: 'approved', note: 'n' },
	};

	/** Runs each operation in each error mode, after `prepare`, and looks for the key. */
	async function search(prepare: (operation: (typeof OPERATIONS)[number]) => void) {
		const statuses = new Set<string>();
		for (const operation of OPERATIONS) {
			for (const onError of MODES) {
				prepare(operation);
				const run = await cake[operation](
					{ ...parameters[operation], options: { timeout: 1 } },
					{ onError },
				);
				expect([operation, onError, whereIs(apiKey, run)]).toEqual([operation, onError, []]);
				statuses.add(run.nodeError || run.errorItems.length > 0 ? 'failed' : 'went well');
			}
		}
		return [...statuses].sort();
	}

	const reply = (make: ReplyMaker) => (operation: (typeof OPERATIONS)[number]) =>
		cake.sandbox.replyNext(operation, make);

	it('shows the API key nowhere after a successful run', async () => {
		expect(await search(() => undefined)).toEqual(['went well']);
		expect(cake.requests).toBe(9);
	});

	it.each(['echo', 'wrongKey', 'serverError', 'html', 'cutOff', 'resetBefore'] as FaultKind[])(
		'shows the API key nowhere after the fault %s',
		async (fault) => {
			expect(await search(() => cake.sandbox.failNext(fault))).toContain('failed');
		},
	);

	it('shows the API key nowhere after a missing reply, and after an unreachable host', async () => {
		const settings = { credential: { baseUrl: 'http://127.0.0.1:1', apiKey } };
		cake.sandbox.failNext('hang');
		const hung = await cake.record({ options: { timeout: 1 } });
		const unreachable = await cake.record({}, settings);
		expect([whereIs(apiKey, hung), whereIs(apiKey, unreachable)]).toEqual([[], []]);
	});

	it('shows the API key nowhere after a redirect, and does not send it to the other host', async () => {
		const redirectTo = other.sandbox.url;
		const statuses = await search(() => cake.sandbox.failNext('redirect', { redirectTo }));
		expect(statuses).toContain('failed');
		expect(cake.requests).toBe(9);
		expect(other.sandbox.counters).toMatchObject({ requests: 0, connections: 0 });
	});

	it('shows the API key nowhere when a server echoes the request as a success', async () => {
		const statuses = await search(
			reply(({ parameters: sent, target, body }) => {
				const echoed = { ...sent, target, body };
				const row = { ...echoed, conversion_id: CONVERSION_ID, conversion_status: 'approved' };
				return {
					body: {
						...row,
						request_status: 'Success',
						total_rows: 1,
						conversion: row,
						conversions: [row],
					},
				};
			}),
		);
		expect(statuses).toEqual(['went well']);
	});

	it.each(spellings(apiKey).map((spelling) => [spelling]))(
		'shows the API key nowhere when a server sends it back as %s',
		async (spelling) => {
			const row = {
				conversion_id: CONVERSION_ID,
				conversion_status: 'approved',
				order_id: spelling,
				[`named ${spelling} too`]: [`before ${spelling} after`],
			};
			const lists = { conversion: row, conversions: [row] };
			const good = { request_status: 'Success', ...row, ...lists };
			expect(await search(reply(() => ({ body: good })))).toEqual(['went well']);
			const bad = { request_status: 'Error', message: `No: ${spelling}` };
			expect(await search(reply(() => ({ body: bad })))).toContain('failed');
			const page = `<html><body>${spelling}</body></html>`;
			expect(await search(reply(() => ({ status: 400, body: page })))).toContain('failed');
		},
	);

	it('shows the API key nowhere when .NET writes it into JSON', async () => {
		const dotNet = JSON.stringify(apiKey).replace(
			/[&<>'+\u0080-\uffff]/g,
			(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
		);
		const message = `{"request_status":"Error","message":${dotNet}}`;
		expect(await search(reply(() => ({ body: message })))).toContain('failed');
	});

	it('takes out an API key that a server writes in uppercase hexadecimal entities', async () => {
		const toEntity = (character: string) =>
			`&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
		const entities = apiKey.replace(/[^\w.-]/g, toEntity);
		const message = `No: ${entities}`;
		cake.sandbox.replyNext('query', () => ({ body: { request_status: 'Error', message } }));
		const run = await cake.query();
		expect(run.error?.description).toContain('"No: *****"');
	});

	it('shows the API key nowhere when a server puts it into reply headers', async () => {
		const header = encodeURIComponent(apiKey);
		const headers = { 'X-Reason': header, 'Retry-After': header, Location: `/?${header}` };
		await search(reply(() => ({ status: 429, headers, body: '' })));
	});

	it('writes no api_key parameter to n8n’s log', async () => {
		const run = await cake.query();
		expect(run.log.length).toBeGreaterThan(0);
		expect(run.log.filter((line) => line.includes('api_key'))).toEqual([]);
	});
});
