import { Cake } from '../../support/cake.mts';
import { readVerdicts } from '../../support/verdicts.mts';

// Each test gets an account of its own: scripted failures that one did not use would hit the next.
let cake: Cake;
beforeEach(async () => {
	cake = new Cake({ rows: 1_200, days: 25 });
	await cake.start();
});
afterEach(async () => {
	cake.end();
	await cake.stop();
});

describe('Check Account', () => {
	it('pairs each item with the first that came in, and asks once for all', async () => {
		const alone = await cake.check();
		const requests = cake.requests;
		cake.begin();
		const run = await cake.check({}, { items: [{}, {}, {}] });
		expect(cake.requests).toBe(requests);
		expect(run.items.map(({ json }) => json.check)).toEqual(
			alone.items.map(({ json }) => json.check),
		);
		expect(run.items.every(({ pairedItem }) => JSON.stringify(pairedItem) === '{"item":0}')).toBe(
			true,
		);
		expect(run.hints.map(({ message }) => message)).toEqual([
			'The account was checked once, for the first of 3 items that came in.',
		]);
	});

	it('asks one request at a time, reads only, and works with a read-only credential', async () => {
		const { sandbox } = cake;
		await cake.check({}, { credential: { ...cake.credential, readOnly: true } });
		expect(sandbox.counters.maxInFlight).toBe(1);
		expect(sandbox.counters.byEndpoint).toMatchObject({ record: 0, update: 0, other: 0 });
		expect(cake.requests).toBeLessThanOrEqual(25);
	});

	it('sends at most 25 requests when many of them fail', async () => {
		cake.sandbox.failNext('serverError', { times: 1, endpoint: 'offers' });
		for (let count = 0; count < 12; count++) {
			cake.sandbox.replyNext('query', ({ proceed }) => ({ body: proceed() }));
			cake.sandbox.failNext('serverError', { times: 2, endpoint: 'query' });
		}
		const run = await cake.check({ options: { retries: 20 } });
		expect(run.status).toBe('success');
		expect(cake.requests).toBe(25);
		expect(Object.values(readVerdicts(run))).toContain('undecided');
		const open = run.items.find(({ json }) => String(json.finding).startsWith('The 25 requests'));
		expect(open?.json).toMatchObject({ result: 'undecided', advice: 'Run the check again later.' });
	}, 60_000);

	it('says that a key is wrong, asks nothing more, and throws nothing', async () => {
		const credential = { ...cake.credential, apiKey: 'not-the-key' };
		const run = await cake.check({}, { credential });
		expect(run.status).toBe('success');
		expect(cake.requests).toBe(1);
		const [key, ...others] = run.items.map(({ json }) => json);
		expect(key).toEqual({
			check: 'keyAccepted',
			result: 'no',
			finding: 'CAKE does not accept the API key. CAKE says: "Invalid API Key".',
			evidence: {},
			advice: expect.stringMatching(/^Enter a valid 'API Key'/) as string,
		});
		expect(new Set(others.map(({ result }) => result))).toEqual(new Set(['undecided']));
		expect(others.every(({ finding }) => /does not accept the API key/.test(String(finding)))).toBe(
			true,
		);
	});

	it.each([
		['HTTP 401', 401, 'Unauthorized', 'no'],
		['words about a key that is not found', 200, 'API key not found', 'no'],
		['HTTP 403', 403, 'Forbidden', 'undecided'],
		['words about rights', 200, 'This API key may not read conversions', 'undecided'],
	])('judges the key by %s, when no list is given', async (_name, status, message, result) => {
		const body = { request_status: 'Error', message };
		for (const endpoint of ['query', 'offers', 'affiliates', 'advertisers'] as const) {
			cake.sandbox.replyNext(endpoint, () => ({ status, body }));
		}
		const verdicts = readVerdicts(await cake.check());
		expect(verdicts.keyAccepted).toBe(result);
		expect(verdicts.conversionsListed).toBe(result === 'no' ? 'undecided' : 'no');
	});

	it('tells missing rights from a wrong key by the lists that the key may read', async () => {
		cake.sandbox.replyNext('query', () => ({ status: 403, body: '<h1>Forbidden</h1>' }));
		const verdicts = readVerdicts(await cake.check());
		expect(verdicts).toMatchObject({
			...{ keyAccepted: 'yes', conversionsListed: 'no', offersListed: 'yes' },
		});
	});

	it('fails as other operations do when CAKE gives no answer at all', async () => {
		cake.sandbox.failNext('html');
		const run = await cake.check();
		expect(run.error?.message).toBe('CAKE is not answering properly');
		cake.sandbox.failNext('html');
		const going = await cake.check({}, { onError: 'continueRegularOutput' });
		expect(going.items.map(({ json }) => json.error)).toEqual(['CAKE is not answering properly']);
	});

	it('asks nothing more when a person stops the execution', async () => {
		let stop = () => {};
		cake.sandbox.onQuery((_account, { page }) => {
			if (page === 3) stop();
		});
		const run = await cake.check({}, { onStart: ({ cancel }) => void (stop = cancel) });
		expect(run.status).toBe('canceled');
		// The month, the lists, and the request that was under way.
		expect(cake.sandbox.counters.byEndpoint.query).toBe(3);
	});

	it('shows neither key nor host when CAKE echoes them', async () => {
		for (const endpoint of ['offers', 'affiliates', 'advertisers'] as const) {
			cake.sandbox.failNext('echo', { endpoint });
		}
		const run = await cake.check();
		const text = JSON.stringify(run.items);
		expect(text).toContain('Could not process the request');
		expect(text).not.toContain(cake.sandbox.apiKey);
		expect(text).not.toContain(new URL(cake.sandbox.url).host);
		expect(readVerdicts(run).offersListed).toBe('no');
	});
});
