import { DEMO, type Sandbox, startSandbox } from '../../../sandbox/server.mts';
import { SandboxClient } from '../../support/sandbox-client.mts';

let sandbox: Sandbox;
let client: SandboxClient;

beforeAll(async () => {
	sandbox = await startSandbox();
	client = new SandboxClient(sandbox);
	sandbox.account.addConversion({ conversionId: 4456789 });
});
beforeEach(() => sandbox.reset());
afterAll(async () => await sandbox.close());

const [{ clickId, offerId }] = DEMO.clicks;
const SIGNED = 'api_key=sandbox-key-0123456789';
const RECORD = `${SIGNED}&click_id=${clickId}&offer_id=${offerId}`;
const QUERY = `${SIGNED}&start_date=2024-01-01&end_date=2024-01-31`;
const LONG = 'x'.repeat(1001);

const found = () =>
	sandbox.counters.refusedParameters.map(({ parameter, reason }) => [parameter, reason]);

it.each([
	['amount=5', 'amount', 'unknown'],
	['API_KEY=x', 'API_KEY', 'unknown'],
	['payout=', 'payout', 'empty'],
	['payout', 'payout', 'empty'],
	['unique_id=%20+', 'unique_id', 'empty'],
	['payout=5,00', 'payout', 'mistyped'],
	['payout=%245', 'payout', 'mistyped'],
	['payout=1e3', 'payout', 'mistyped'],
	['payout=NaN', 'payout', 'mistyped'],
	['payout=%2B5', 'payout', 'mistyped'],
	['payout=.5', 'payout', 'mistyped'],
	['payout=5.', 'payout', 'mistyped'],
	['revenue=1%20000', 'revenue', 'mistyped'],
	['conversion_date=2024-01-01', 'conversion_date', 'mistyped'],
	['conversion_date=2024-01-01T14:32:00', 'conversion_date', 'mistyped'],
	['conversion_date=2024-13-01T14:32:00Z', 'conversion_date', 'mistyped'],
	['conversion_date=2024-02-30T14:32:00Z', 'conversion_date', 'mistyped'],
	['conversion_date=2024-01-01T25:00:00Z', 'conversion_date', 'mistyped'],
	['conversion_date=2024-01-01T14:32:00+01:00', 'conversion_date', 'mistyped'], // the + is a space
	['adv1=a&adv1=b', 'adv1', 'repeated'],
	['adv1[0]=a', 'adv1[0]', 'arrayForm'],
	['adv1[]=a', 'adv1[]', 'arrayForm'],
	['adv6=a', 'adv6', 'unknown'],
	['adv1=%E4', 'adv1', 'malformed'],
	['adv1=50%', 'adv1', 'malformed'],
	[`note=${LONG}`, 'note', 'unknown'],
	[`order_id=${LONG}`, 'order_id', 'tooLong'],
])('refuses a record with %s', async (extra, parameter, reason) => {
	const { status, json } = await client.send(`/api/2/conversion.json?${RECORD}&${extra}`);
	expect([status, json.request_status]).toEqual([200, 'Error']);
	expect(json.message).toContain(parameter);
	expect(found()).toEqual([[parameter, reason]]);
	expect(sandbox.account.conversions.size).toBe(1);
});

it.each(['0', '-3', '12.5', '1e4', 'abc', '012', '%2B12', '12345%20', '9007199254740993'])(
	'refuses a record with offer_id %s',
	async (value) => {
		await client.send(`/api/2/conversion.json?${SIGNED}&click_id=${clickId}&offer_id=${value}`);
		expect(found()).toEqual([['offer_id', expect.stringMatching(/mistyped|outOfRange/)]]);
	},
);

it.each([
	['start_at_row=0', 'start_at_row', 'outOfRange'],
	['row_limit=0', 'row_limit', 'outOfRange'],
	['row_limit=501', 'row_limit', 'outOfRange'],
	['row_limit=1.5', 'row_limit', 'mistyped'],
	['conversion_status=Approved', 'conversion_status', 'mistyped'],
	['conversion_status=reversed', 'conversion_status', 'mistyped'],
	['conversion_status=', 'conversion_status', 'empty'],
	['affiliate_id=x', 'affiliate_id', 'mistyped'],
	['click_id=x', 'click_id', 'unknown'],
])('refuses a query with %s', async (extra, parameter, reason) => {
	await client.send(`/api/2/conversions.json?${QUERY}&${extra}`);
	expect(found()).toEqual([[parameter, reason]]);
});

it.each([
	['2024-1-1', '2024-01-31', 'start_date', 'mistyped'],
	['2024-01-01', '2024-02-30', 'end_date', 'mistyped'],
	['2024-01-01T00:00:00Z', '2024-01-31', 'start_date', 'mistyped'],
	['2024-02-01', '2024-01-31', 'end_date', 'outOfRange'],
])('refuses a query from %s to %s', async (start, end, parameter, reason) => {
	await client.send(`/api/2/conversions.json?${SIGNED}&start_date=${start}&end_date=${end}`);
	expect(found()).toEqual([[parameter, reason]]);
});

it.each([
	[{ conversion_id: '4456789' }, 'conversion_id', 'mistyped'],
	[{ conversion_id: 1.5 }, 'conversion_id', 'mistyped'],
	[{ conversion_id: -1 }, 'conversion_id', 'outOfRange'],
	[{ conversion_id: null }, 'conversion_id', 'mistyped'],
	[{ status: 'reversed' }, 'status', 'mistyped'],
	[{ status: '' }, 'status', 'empty'],
	[{ note: '' }, 'note', 'empty'],
	[{ note: 5 }, 'note', 'mistyped'],
	[{ note: null }, 'note', 'mistyped'],
	[{ note: LONG }, 'note', 'tooLong'],
	[{ conversion_status: 'approved' }, 'conversion_status', 'unknown'],
	[{ api_key: 5 }, 'api_key', 'mistyped'],
	[{ api_key: 'k'.repeat(51) }, 'api_key', 'tooLong'],
])('refuses an update with %p', async (extra, parameter, reason) => {
	await client.update({ conversion_id: 4456789, status: 'approved', ...extra });
	expect(found()).toEqual([[parameter, reason]]);
	expect(sandbox.account.events).toHaveLength(1);
});

it('refuses all missing parameters at once', async () => {
	await client.send('/api/2/conversion.json');
	expect(found()).toEqual([
		['api_key', 'missing'],
		['click_id', 'missing'],
		['offer_id', 'missing'],
	]);
});

it('refuses the key in the URL of a POST, and keeps it out of counters and log', async () => {
	const body = JSON.stringify({
		api_key: sandbox.apiKey,
		conversion_id: 4456789,
		status: 'pending',
	});
	const headers = { 'Content-Type': 'application/json' };
	const path = '/api/2/update_conversion.json';
	await client.send(`${path}?${SIGNED}`, { method: 'POST', headers, body });
	expect(found()).toEqual([['api_key', 'keyInUrl']]);
	await client.record({ click_id: sandbox.apiKey, offer_id: 1, [sandbox.apiKey]: 2 });
	await client.update({ conversion_id: 1, status: 'pending', note: { deep: sandbox.apiKey } });
	expect(JSON.stringify([sandbox.counters, sandbox.log])).not.toContain(sandbox.apiKey);
});

it.each([
	['application/x-www-form-urlencoded', 'status=approved', '(content type)', 'wrongContentType'],
	['text/plain', '{}', '(content type)', 'wrongContentType'],
	['application/json; charset=utf-16', '{}', '(content type)', 'wrongContentType'],
	['application/json', '{"status":', '(body)', 'malformed'],
	['application/json', '[1]', '(body)', 'malformed'],
])('refuses an update of the type %s with the body %s', async (type, body, parameter, reason) => {
	const headers = { 'Content-Type': type };
	await client.send('/api/2/update_conversion.json', { method: 'POST', headers, body });
	expect(found()).toEqual([[parameter, reason]]);
});

it('refuses a wrong method', async () => {
	await client.send(`/api/2/conversion.json?${RECORD}`, { method: 'POST' });
	await client.send(`/api/2/conversions.json?${QUERY}`, { method: 'PUT', body: 'x' });
	await client.send('/api/2/update_conversion.json');
	expect(sandbox.counters.refusedParameters.map(({ value }) => value)).toEqual([
		'POST',
		'PUT',
		'GET',
	]);
	expect(sandbox.account.conversions.size).toBe(1);
});

it('reports a wrong key, but not as a refused parameter', async () => {
	const { status, json } = await client.query({ api_key: 'another' });
	expect(status).toBe(200);
	expect(json).toEqual({ request_status: 'Error', message: 'Invalid API Key' });
	expect(sandbox.counters).toMatchObject({ wrongKey: 1, refused: 0, refusedParameters: [] });
	expect(sandbox.log[0].result).toBe('wrongKey');
});

it('answers an unknown path with a page, as IIS does', async () => {
	const { status, headers, text } = await client.send('/api/2/click.json?x=1');
	expect(status).toBe(404);
	expect(headers.get('content-type')).toContain('text/html');
	expect(text).toContain('404 - File or directory not found.');
	expect(sandbox.counters.byEndpoint.other).toBe(1);
});

it('accepts all parameters of the specification at once', async () => {
	const adv = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`adv${n}`, 'x'.repeat(1000)]));
	await client.record({
		click_id: clickId,
		offer_id: offerId,
		payout: '-0.50',
		revenue: '12345678901234567890',
		conversion_date: '2024-02-29T23:59:59.1234567-0330',
		unique_id: 'ü&=#+ %',
		order_id: '注文',
		...adv,
	});
	await client.query({
		offer_id: offerId,
		affiliate_id: 67801,
		advertiser_id: 301,
		conversion_status: 'approved',
		start_at_row: 1,
		row_limit: 500,
	});
	expect(sandbox.counters).toMatchObject({
		refusedParameters: [],
		stored: 1,
		pages: 1,
		refused: 0,
	});
	expect(sandbox.account.withUniqueId('ü&=#+ %')).toMatchObject({
		orderId: '注文',
		at: Date.parse('2024-03-01T03:29:59Z'),
	});
});
