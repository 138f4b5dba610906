import fc from 'fast-check';
import { isFromThisMachine } from '../../../sandbox/http/loopback.mts';
import { html } from '../../../sandbox/page/html.mts';
import { DEMO, type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/server.mts';
import { SandboxClient } from '../../support/sandbox-client.mts';
import { PageClient } from '../../support/sandbox-page.mts';

const NOW = new Date('2024-01-20T12:00:00Z');

let sandbox: Sandbox;
let page: PageClient;

async function start(options: SandboxOptions = {}) {
	sandbox = await startSandbox({ now: () => NOW, ...options });
	page = new PageClient(sandbox);
}

/** The IDs of the conversions that an answer shows, in their order. */
const listIds = (text: string) =>
	[...text.matchAll(/<tr id="c(\d+)"/g)].map(([, id]) => Number(id));

const readLast = (text: string) => /<p id="last"[^>]*>([^<]*)</.exec(text)?.[1];

afterEach(async () => await sandbox?.close());

describe('the page of the sandbox', () => {
	it('shows the conversions of an account, the last recorded first, in pages', async () => {
		await start({ rows: 30 });
		const latest = sandbox.account.addConversion({ at: NOW.getTime() - 5 * 86_400_000 });
		const ids = [...sandbox.account.conversions.keys()].reverse();
		const { status, text } = await page.open();
		expect(status).toBe(200);
		expect(listIds(text)).toEqual(ids.slice(0, 25));
		expect(listIds(text)[0]).toBe(latest.conversionId);
		expect(text).toContain('31 conversions');
		expect(text).toContain('Page 1 of 2');
		expect(listIds((await page.open('?page=2')).text)).toEqual(ids.slice(25));
		expect(listIds((await page.open('?page=99')).text)).toEqual(ids.slice(25));
	});

	it('finds a conversion by each of its IDs, in any case', async () => {
		await start({ rows: 30 });
		const { conversionId } = sandbox.account.addConversion({
			clickId: 'Click-77',
			orderId: 'Order-78',
			uniqueId: 'Unique-79',
		});
		for (const search of ['click-77', 'ORDER-7', 'unique-79', `${conversionId}`]) {
			expect(listIds((await page.open(`?search=${search}`)).text)).toEqual([conversionId]);
		}
		const { text } = await page.open('?search=nothing');
		expect(text).toContain('No conversion has this in one of its IDs.');
	});

	it('changes a status, keeps the search, and shows what it did', async () => {
		await start();
		const { conversionId } = sandbox.account.addConversion({ orderId: 'SO-1', status: 'approved' });
		const answer = await page.submit('/sandbox/status?search=SO-1&page=2', {
			conversion_id: conversionId,
			status: 'rejected',
		});
		expect(answer).toMatchObject({
			status: 303,
			headers: { location: `/?search=SO-1&page=2#c${conversionId}` },
		});
		const { text } = await page.open('?search=SO-1');
		expect(readLast(text)).toBe(`Conversion ${conversionId} is now rejected. It was approved.`);
		expect(text).toContain('<span class="status rejected">rejected</span>');
		expect(sandbox.account.events.at(-1)).toMatchObject({ kind: 'statusSet', status: 'rejected' });
	});

	it('shows once what it did, since it may not be so any more', async () => {
		await start();
		const { conversionId } = sandbox.account.addConversion({ status: 'approved' });
		await page.submit('/sandbox/status', { conversion_id: conversionId, status: 'rejected' });
		expect(readLast((await page.open()).text)).toBeDefined();
		expect(readLast((await page.open()).text)).toBeUndefined();
	});

	it('shows the last note of a conversion under its status', async () => {
		await start();
		const { conversionId } = sandbox.account.addConversion();
		const client = new SandboxClient(sandbox);
		for (const note of ['Paid', 'Refunded <b>again</b>']) {
			await client.update({ conversion_id: conversionId, status: 'rejected', note });
		}
		const { text } = await page.open();
		expect(text).toContain('Refunded &lt;b&gt;again&lt;/b&gt;');
		expect(text).not.toContain('Paid');
	});

	it('changes nothing when the conversion or the status does not exist', async () => {
		await start();
		const { conversionId } = sandbox.account.addConversion();
		const before = sandbox.account.events.length;
		await page.submit('/sandbox/status', { conversion_id: 1, status: 'rejected' });
		await page.submit('/sandbox/status', { conversion_id: conversionId, status: 'paid' });
		expect(readLast((await page.open()).text)).toBe('There is no such conversion.');
		expect(sandbox.account.events).toHaveLength(before);
	});

	it('records a conversion with the offer of its click, or with what the form says', async () => {
		await start();
		const [first, second] = DEMO.clicks;
		const amounts = { payout: '7.25', order_id: 'SO-2', unique_id: 'D-2', offer_id: '' };
		await page.submit('/sandbox/record', { click_id: first.clickId, ...amounts });
		const [row] = sandbox.account.conversions.values();
		expect(row).toMatchObject({ ...first, payout: 7.25, orderId: 'SO-2', uniqueId: 'D-2' });
		const { text } = await page.open();
		expect(readLast(text)).toBe(`Conversion ${row.conversionId} is recorded, and approved.`);
		await page.submit('/sandbox/record', { click_id: second.clickId, offer_id: first.offerId });
		expect(readLast((await page.open()).text)).toContain('Click does not belong to Offer');
		expect(sandbox.account.conversions.size).toBe(1);
	});

	it('records nothing that CAKE’s endpoint would refuse, and says why', async () => {
		await start();
		const { clickId } = DEMO.clicks[0];
		await page.submit('/sandbox/record', { click_id: clickId, unique_id: 'D-3' });
		for (const [fields, reason] of [
			[{ click_id: clickId, unique_id: 'D-3' }, 'Duplicate unique_id: D-3'],
			[{ click_id: DEMO.expiredClicks[0].clickId }, 'Click Expired'],
			[{ click_id: clickId, payout: '1,50' }, 'Value of the wrong type: payout'],
			[{ click_id: clickId, note: 'x' }, 'Unknown parameter: note'],
			[{ click_id: '' }, 'Missing parameter: click_id'],
		] as const) {
			await page.submit('/sandbox/record', fields);
			const last = readLast((await page.open()).text);
			expect(last).toContain('Nothing was recorded. CAKE says: ');
			expect(last).toContain(reason);
		}
		expect(sandbox.account.conversions.size).toBe(1);
	});

	it('offers clicks without a conversion first, and apart those that CAKE refuses', async () => {
		await start();
		const { clickId, offerId } = DEMO.clicks[0];
		await new SandboxClient(sandbox).record({ click_id: clickId, offer_id: offerId });
		const { text } = await page.open();
		const [open, refused] = text.split('<optgroup');
		const listClicks = (part: string) =>
			[...part.matchAll(/<option value="(\w+)"/g)].map(([, click]) => click);
		const [, ...unused] = DEMO.clicks.map((click) => click.clickId);
		expect(listClicks(open)).toEqual([...unused, clickId]);
		const others = [...DEMO.expiredClicks, ...DEMO.inactiveClicks];
		expect(listClicks(refused)).toEqual(others.map((click) => click.clickId));
	});

	it('is not counted, and leaves CAKE’s own endpoints as they are', async () => {
		await start();
		await page.open();
		await page.submit('/sandbox/record', { click_id: DEMO.clicks[0].clickId });
		expect(sandbox.counters).toMatchObject({ requests: 0, stored: 0, inFlight: 0 });
		const client = new SandboxClient(sandbox);
		for (const [path, method] of [
			['/', 'POST'],
			['/sandbox/record', 'GET'],
			['/sandbox/other', 'POST'],
		]) {
			expect((await client.send(path, { method })).status).toBe(404);
		}
		const update = await client.send('/api/2/update_conversion.json', {
			method: 'POST',
			headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: sandbox.url },
			body: 'conversion_id=1&status=rejected',
		});
		expect(update.json.message).toContain('Wrong content type');
	});
});

describe('postbacks from the page of the sandbox', () => {
	it('are fired again for a conversion, and the answer is shown', async () => {
		const target = await startSandbox();
		await start({ postback: { urls: [`${target.url}/sandbox/counters`] } });
		const { conversionId } = sandbox.account.addConversion();
		const { text } = await page.open();
		expect(text).toContain('Fire postback');
		await page.submit('/sandbox/postback', { conversion_id: conversionId });
		expect(readLast((await page.open()).text)).toBe(
			`The postback of conversion ${conversionId} was sent. The address answered HTTP 200.`,
		);
		expect(sandbox.postbacks.log).toEqual([{ conversionId, status: 200 }]);
		await target.close();
		await page.submit('/sandbox/postback', { conversion_id: conversionId });
		expect(readLast((await page.open()).text)).toContain('The address did not answer.');
	});

	it('ask whether the workflow is published when the answer is 404', async () => {
		const target = await startSandbox();
		await start({ postback: { urls: [`${target.url}/webhook/x`] } });
		const { conversionId } = sandbox.account.addConversion();
		await page.submit('/sandbox/postback', { conversion_id: conversionId });
		expect(readLast((await page.open()).text)).toContain('Is the workflow published?');
		await target.close();
	});

	it('count the answers of several addresses, those that took it first', async () => {
		const target = await startSandbox();
		const paths = ['webhook/x', 'sandbox/counters', 'webhook/y'];
		await start({ postback: { urls: paths.map((path) => `${target.url}/${path}`) } });
		const { conversionId } = sandbox.account.addConversion();
		await page.submit('/sandbox/postback', { conversion_id: conversionId });
		expect(readLast((await page.open()).text)).toBe(
			`The postback of conversion ${conversionId} was sent. 1 of 3 addresses answered HTTP 200. 2 of 3 addresses answered HTTP 404. Is the workflow published?`,
		);
		await target.close();
	});

	it('are not offered without a URL', async () => {
		await start();
		const { conversionId } = sandbox.account.addConversion();
		expect((await page.open()).text).not.toContain('Fire postback');
		await page.submit('/sandbox/postback', { conversion_id: conversionId });
		expect(readLast((await page.open()).text)).toBe('There is no URL for postbacks.');
	});
});

describe('the protection of the page of the sandbox', () => {
	it.each([
		['of another site', 'https://evil.example'],
		['of another port', 'http://127.0.0.1:1'],
		['of a page without an origin', 'null'],
		['without an Origin', undefined],
	])('refuses a form %s', async (_, origin) => {
		await start({ postback: { urls: ['http://127.0.0.1:1/'] } });
		const { conversionId } = sandbox.account.addConversion();
		const before = sandbox.account.events.length;
		for (const [path, fields] of [
			['/sandbox/status', { conversion_id: conversionId, status: 'rejected' }],
			['/sandbox/record', { click_id: DEMO.clicks[0].clickId }],
			['/sandbox/postback', { conversion_id: conversionId }],
		] as const) {
			expect((await page.submit(path, fields, { origin })).status).toBe(403);
		}
		expect(sandbox.account.events).toHaveLength(before);
		expect(sandbox.postbacks.log).toEqual([]);
		expect(readLast((await page.open()).text)).toBeUndefined();
	});

	it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1'])(
		'has no page for a site that leads its own name here (%s)',
		async (name) => {
			await start();
			const { conversionId } = sandbox.account.addConversion({ status: 'approved' });
			const host = `${name}:${sandbox.port}`;
			expect((await page.open('', { host })).status).toBe(404);
			const fields = { conversion_id: conversionId, status: 'rejected' };
			const headers = { host, origin: `http://${host}` };
			expect((await page.submit('/sandbox/status', fields, headers)).status).toBe(404);
			expect(sandbox.account.conversions.get(conversionId)?.status).toBe('approved');
		},
	);

	it.each(['localhost', '127.0.0.1', '[::1]'])('has a page under the name %s', async (name) => {
		await start();
		const { conversionId } = sandbox.account.addConversion();
		const headers = { host: `${name}:${sandbox.port}`, origin: `http://${name}:${sandbox.port}` };
		expect((await page.open('', headers)).status).toBe(200);
		const fields = { conversion_id: conversionId, status: 'rejected' };
		expect((await page.submit('/sandbox/status', fields, headers)).status).toBe(303);
	});

	it.each([
		['127.0.0.1', true],
		['::1', true],
		['::ffff:127.0.0.1', true],
		['192.168.1.7', false],
		['::ffff:10.0.0.1', false],
		[undefined, false],
	])('knows whether the address %s is this machine’s: %s', (remoteAddress, isOwn) => {
		const request = { socket: { remoteAddress } } as Parameters<typeof isFromThisMachine>[0];
		expect(isFromThisMachine(request)).toBe(isOwn);
	});

	it('shows hostile texts as texts, and lets no script run', async () => {
		await start();
		const hostile = '"><script>alert(1)</script>\'&amp;';
		const { clickId } = sandbox.account.addClick({ clickId: hostile });
		sandbox.account.addConversion({ clickId, orderId: hostile, uniqueId: hostile });
		await page.submit('/sandbox/record', { click_id: `x${hostile}` });
		const { text, headers } = await page.open(`?search=${encodeURIComponent(hostile)}`);
		expect(listIds(text)).toHaveLength(1);
		expect(text).not.toContain('<script');
		const escaped = '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;amp;';
		expect(text).toContain(`value="${escaped}"`);
		expect(text).toContain(`<td class="id click">${escaped}</td>`);
		expect(headers['content-security-policy']).toMatch(/^default-src 'none';/);
		expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
	});

	it('escapes every text so that it can be read back', () => {
		const unescape = (text: string) =>
			text
				.replaceAll('&lt;', '<')
				.replaceAll('&gt;', '>')
				.replaceAll('&quot;', '"')
				.replaceAll('&#39;', "'")
				.replaceAll('&amp;', '&');
		const texts = fc.array(fc.oneof(fc.string(), fc.constantFrom('<', '>', '"', "'", '&', '&lt;')));
		fc.assert(
			fc.property(texts, (parts) => {
				const text = parts.join('');
				const escaped = html`${text}`.text;
				expect(escaped).not.toMatch(/[<>"']/);
				expect(unescape(escaped)).toBe(text);
			}),
		);
	});
});
