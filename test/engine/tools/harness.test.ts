import { testCredential } from '../../../harness/engine/credential-test.mts';
import { runNode, serialize, type RunOptions } from '../../../harness/engine/engine.mts';
import { supports } from '../../../harness/engine/n8n.mts';
import { startProbeServer, writeScratchPackage } from '../../support/scratch-package.mts';

const scratch = writeScratchPackage();
let server: Awaited<ReturnType<typeof startProbeServer>>;

beforeAll(async () => {
	server = await startProbeServer();
});

beforeEach(() => {
	server.requests.length = 0;
});

afterAll(async () => {
	await server.stop();
	scratch.remove();
});

async function probe(mode: string, value: string, options: Partial<RunOptions> = {}) {
	return await runNode({
		type: 'n8n-nodes-probe.probe',
		credentialType: 'probeApi',
		credential: { baseUrl: server.url, apiKey: 'good' },
		parameters: { mode, value },
		packageDirectory: scratch.directory,
		...options,
	});
}

describe('engine harness', () => {
	it('resolves expressions item by item, in the zone of the workflow', async () => {
		const items = [{ a: 1 }, { a: '=not an expression' }];
		const run = await probe('echo', '={{ $json.a }}', { items, timezone: 'Asia/Tokyo' });
		expect(run.status).toBe('success');
		expect(run.items.map(({ json }) => json)).toEqual([
			{ value: '1', kind: 'Number', zone: 'Asia/Tokyo' },
			{ value: '=not an expression', kind: 'String', zone: 'Asia/Tokyo' },
		]);
		expect(run.items[1].pairedItem).toEqual({ item: 1 });
		expect(run.passedOn).toEqual({ items: 2, errorItems: 0 });
		expect(run.credentialReads).toBe(1);
	});

	it.each([
		['={{ $now }}', 'DateTime'],
		['={{ new Date() }}', 'Date'],
		['={{ $json.missing ?? null }}', 'null'],
	])('passes %s to the node as %s', async (value, kind) => {
		const run = await probe('echo', value);
		expect(run.items[0].json.kind).toBe(kind);
	});

	it('records a thrown error as n8n does', async () => {
		const run = await probe('fail', 'why');
		expect(run.status).toBe('error');
		expect(run.error).toMatchObject({ name: 'NodeOperationError', message: 'No good' });
		expect(run.error).toMatchObject({ description: 'why', context: { itemIndex: 0 } });
		expect(run.passedOn.items).toBe(0);
	});

	it('supports both ways in which On Error continues', async () => {
		const items = [{ mode: 'echo' }, { mode: 'fail' }];
		const parameters = { mode: '={{ $json.mode }}', value: 'x' };
		const regular = await probe('', '', { items, parameters, onError: 'continueRegularOutput' });
		expect(regular.items[1].json).toEqual({ error: 'No good', details: 'x' });
		const branch = await probe('', '', { items, parameters, onError: 'continueErrorOutput' });
		if (supports('detailsAreErrors')) {
			expect(branch.passedOn).toEqual({ items: 1, errorItems: 1 });
			const json = { mode: 'fail', error: 'No good', details: 'x' };
			expect(branch.errorItems[0].json).toEqual(json);
		} else {
			expect(branch.passedOn).toEqual({ items: 2, errorItems: 0 });
			expect(branch.items[1].json).toEqual({ error: 'No good', details: 'x' });
		}
	});

	it('reruns the node when Retry On Fail is on', async () => {
		const run = await probe('plain', '/status/500', {
			retryOnFail: true,
			maxTries: 3,
			waitBetweenTries: 1,
		});
		expect(server.requests).toHaveLength(3);
		expect(run.error).toMatchObject({ name: 'NodeApiError', httpCode: '500' });
		expect(run.saved).toContain('NodeApiError');
		expect(run.log.join('\n')).toContain('finished with error');
	});

	it('sends requests over real sockets with the credential given', async () => {
		const run = await probe('request', '/status/429?a=1');
		expect(run.items[0].json).toMatchObject({ status: 429, body: { ok: true } });
		expect(server.requests).toEqual(['/status/429?a=1&key=good']);
		expect(run.saved).toContain('key=good');
		expect(serialize(run.run)).toContain('key=good');
	});

	it('cancels an execution', async () => {
		const run = await probe('plain', '/hang', {
			onStart: ({ cancel }) => server.onRequest(cancel),
		});
		expect(run.status).toBe('canceled');
	});

	it('keeps hints and log lines', async () => {
		const run = await probe('hint', 'look');
		expect(run.hints).toEqual([{ message: 'look', location: 'outputPane' }]);
		expect(run.log.some((line) => line.startsWith('debug Probe hinted {"value":"look"'))).toBe(
			true,
		);
	});

	it('fails a workflow whose node lacks a required parameter', async () => {
		const run = await probe('', '', { parameters: { strict: true } });
		expect(run.status).toBe('error');
		expect(run.error?.message).toContain(
			supports('namedIssues') ? 'Parameter "Needed" is required' : 'The workflow has issues',
		);
	});

	it('runs a node with ten thousand items', async () => {
		const items = Array.from({ length: 10_000 }, (_, id) => ({ id }));
		const run = await probe('echo', 'x', { items });
		expect(run.passedOn.items).toBe(10_000);
	});
});

describe('credential test', () => {
	const test = async (data: { baseUrl?: string; apiKey?: string; readOnly?: boolean }) =>
		await testCredential(
			{ baseUrl: server.url, ...data },
			{ type: 'probeApi', packageDirectory: scratch.directory },
		);

	it('checks the reply of a credential test by the rules of the credential', async () => {
		const good = await test({ apiKey: 'good' });
		expect(good).toEqual({ status: 'OK', message: 'Connection successful!' });
		expect(await test({ apiKey: 'bad' })).toEqual({ status: 'Error', message: 'Wrong key' });
	});

	it('shows the error code of an unreachable host, and the status of a refusal', async () => {
		const nobody = await test({ baseUrl: 'http://127.0.0.1:1' });
		const refused = await test({ baseUrl: `${server.url}/status/403` });
		expect([nobody, refused]).toEqual(
			(supports('errorCause')
				? ['ECONNREFUSED', 'Forbidden']
				: [
						'The service refused the connection - perhaps it is offline',
						'Forbidden - perhaps check your credentials?',
					]
			).map((message) => ({ status: 'Error', message })),
		);
		const locked = await test({ readOnly: true });
		expect(locked).toEqual({ status: 'Error', message: 'The credential is read-only' });
	});
});
