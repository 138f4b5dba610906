import crypto from 'node:crypto';
import { packageDirectory } from '../../../harness/engine/n8n.mts';
import { loadPackage } from '../../../harness/engine/nodes.mts';
import {
	encode,
	SALE,
	SALE_ITEM,
	SECRET,
	toQuery,
	usePostbacks,
} from '../../support/postbacks.mts';

const publish = usePostbacks();
const WORKS = 'This address works and the secret is right. CAKE fills in the rest.';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const PARTS = { 'Content-Type': 'multipart/form-data; boundary=end-of-part' };
const JSON_TYPE = { 'Content-Type': 'application/json' };

const FILE =
	'--end-of-part\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\n\r\nhi\r\n--end-of-part--\r\n';

/** A form with parts, as `PARTS` has it. */
function toParts(values: Record<string, string | undefined>): string {
	const parts = Object.entries(values).map(
		([name, value]) =>
			`--end-of-part\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
	);
	return `${parts.join('')}--end-of-part--\r\n`;
}

describe('a postback', () => {
	it('starts the workflow once, with typed values', async () => {
		const server = await publish();
		const reply = await server.call(toQuery());
		expect([reply.status, reply.text]).toEqual([200, 'Received.']);
		expect(await server.items()).toEqual([[SALE_ITEM]]);
		expect(server.executions[0].status).toBe('success');
	});

	it('is answered before the workflow runs', async () => {
		let release = () => {};
		const held = new Promise<void>((resolve) => (release = resolve));
		const server = await publish({ beforeExecution: async () => await held });
		expect((await server.call(toQuery())).status).toBe(200);
		expect(server.executions).toEqual([]);
		release();
		expect(await server.items()).toHaveLength(1);
	});

	it.each([
		['with its values in the URL', toQuery(), {}],
		['as a form', '', { headers: FORM, body: encode(SALE) }],
		['as JSON', '', { headers: JSON_TYPE, body: JSON.stringify({ key: SECRET, ...SALE }) }],
		['as a form with parts', '', { headers: PARTS, body: toParts({ key: SECRET, ...SALE }) }],
		['half in the URL', `?key=${SECRET}`, { headers: FORM, body: encode(SALE, null) }],
	])('comes by POST, %s', async (_, query, options) => {
		const server = await publish();
		expect((await server.call(query, { method: 'POST', ...options })).status).toBe(200);
		expect(await server.items()).toEqual([[SALE_ITEM]]);
	});

	it('is not kept by a cache on the way', async () => {
		const server = await publish();
		expect((await server.call(toQuery())).headers['cache-control']).toBe('no-store');
	});

	it('loses nothing in a burst of 200', async () => {
		const server = await publish();
		const ids = Array.from({ length: 200 }, (_, i) => 7_000_000 + i);
		const replies = await Promise.all(
			ids.map((id) => server.call(toQuery({ conversion_id: String(id) }))),
		);
		expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
		const items = (await server.items()).flat();
		expect(items.map((item) => item.conversion_id).sort()).toEqual(ids);
	});
});

describe('a call that is no postback', () => {
	it.each([
		['a wrong key', toQuery({}, `${SECRET}x`), 'wrong secret'],
		['the right key in another case', toQuery({}, SECRET.toUpperCase()), 'wrong secret'],
		['an empty key', toQuery({}, ''), 'wrong secret'],
		['no key', toQuery({}, null), 'without the secret'],
		['nothing at all', '', 'without the secret'],
		['a wrong key before the right one', toQuery({}, `x&key=${SECRET}`), 'wrong secret'],
		['a list of keys', `?key[]=${SECRET}&conversion_id=1`, 'without the secret'],
	])('is refused with %s, and is one line in the log', async (_, query, words) => {
		const server = await publish();
		const reply = await server.call(query);
		expect([reply.status, reply.text]).toEqual([
			403,
			'The secret is wrong or missing. Check key= in the URL.',
		]);
		expect(await server.items()).toEqual([]);
		expect(server.log).toHaveLength(1);
		expect(server.log[0]).toContain(`warn CAKE Postback Trigger: a call with`);
		expect(server.log[0]).toContain(words);
	});

	it.each([
		['as the browser sends the pasted URL', `?key=${SECRET}&conversion_id=`],
		['with the token as text', `?key=${SECRET}&conversion_id=%23leadid%23&end=1`],
		['with the key alone', `?key=${SECRET}`],
		['with white space for an ID', `?key=${SECRET}&conversion_id=+%20`],
		['with all tokens as text', `?key=${SECRET}&payout=%23price%23&s1=%23s1%23&end=1`],
		['with a value that the user put into the URL', `?key=${SECRET}&source=cake&end=1`],
	])('says that the address works, %s', async (_, query) => {
		const server = await publish();
		const reply = await server.call(query);
		expect([reply.status, reply.text]).toEqual([200, WORKS]);
		expect(await server.items()).toEqual([]);
		expect(server.log).toEqual([]);
	});

	it.each([
		['empty', `?key=${SECRET}&conversion_id=&payout=5.00&affiliate_id=7&end=1`],
		['left as a token', toQuery({ conversion_id: '#leadid#' })],
		['left out', toQuery({ conversion_id: undefined })],
	])('is a line in the log when other values came and the ID is %s', async (_, query) => {
		const server = await publish();
		const reply = await server.call(query);
		expect(reply.status).toBe(200);
		expect(reply.text).toContain('No conversion_id came with these values.');
		expect(await server.items()).toEqual([]);
		expect(server.log).toEqual([
			expect.stringContaining(
				'warn CAKE Postback Trigger: a call without conversion_id was ignored',
			),
		]);
	});

	it.each([
		[{ 'User-Agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' }],
		[{ 'User-Agent': 'facebookexternalhit/1.1' }],
		[{ 'User-Agent': 'Mozilla/5.0', 'Sec-Purpose': 'prefetch;prerender' }],
	])('starts nothing as a preview of a link: %j', async (headers: Record<string, string>) => {
		const server = await publish();
		expect((await server.call(toQuery(), { headers })).status).toBe(200);
		expect(await server.items()).toEqual([]);
		// The preview is not remembered: the conversion itself still starts the workflow.
		await server.call(toQuery());
		expect(await server.items()).toEqual([[SALE_ITEM]]);
	});

	it.each(['HEAD', 'PUT', 'DELETE'])('starts nothing by %s', async (method) => {
		const server = await publish();
		expect((await server.call(toQuery(), { method })).status).toBe(404);
		expect(await server.items()).toEqual([]);
	});

	it.each([
		['JSON', JSON_TYPE],
		['a form', FORM],
		['a form with parts', PARTS],
	])('is refused with a body over 16 kB: %s', async (_, headers: Record<string, string>) => {
		const server = await publish();
		const large = { s1: 'x'.repeat(16 * 1024) };
		const body = headers === PARTS ? toParts(large) : JSON.stringify(large);
		expect((await server.call(toQuery(), { method: 'POST', headers, body })).status).toBe(413);
		expect(await server.items()).toEqual([]);
		expect(server.log).toHaveLength(1);
	});

	it('is refused as a form with parts whose size is unknown', async () => {
		const server = await publish();
		const headers = { ...PARTS, 'Transfer-Encoding': 'chunked' };
		const options = { method: 'POST', headers, body: toParts(SALE) };
		const reply = await server.call(`?key=${SECRET}`, options);
		expect(reply.status).toBe(411);
		expect(await server.items()).toEqual([]);
		expect(server.log).toEqual([expect.stringContaining('whose size is unknown was refused')]);
		// Of other bodies n8n keeps the bytes.
		const form = { ...options, headers: { ...FORM, 'Transfer-Encoding': 'chunked' } };
		const body = encode(SALE, null);
		expect((await server.call(`?key=${SECRET}`, { ...form, body })).status).toBe(200);
		expect(await server.items()).toEqual([[SALE_ITEM]]);
	});

	it.each([
		['a list', JSON_TYPE, `[${JSON.stringify(SALE)}]`],
		['text', { 'Content-Type': 'text/plain' }, encode(SALE)],
		['bytes', { 'Content-Type': 'application/octet-stream' }, '\u0000\u0001'],
		['a file', PARTS, FILE],
		['mixed', { 'Content-Type': 'multipart/mixed; boundary=end-of-part' }, toParts(SALE)],
	])('is not taken for a test when its body is %s', async (_, headers, body) => {
		const server = await publish();
		const options = { method: 'POST', headers: headers as Record<string, string>, body };
		expect((await server.call(`?key=${SECRET}`, options)).status).toBe(400);
		expect(await server.items()).toEqual([]);
		expect(server.log).toHaveLength(1);
		// With an ID in the URL, what the body is does not matter.
		expect((await server.call(toQuery(), options)).status).toBe(200);
		expect(await server.items()).toEqual([[SALE_ITEM]]);
	});
});

describe('the key', () => {
	it('is compared in constant time, whatever its length', async () => {
		const compare = jest.spyOn(crypto, 'timingSafeEqual');
		const server = await publish();
		for (const key of [SECRET, 'x', `${SECRET}x`, '\u00e9'.repeat(40)]) {
			await server.call(toQuery({}, key));
		}
		const lengths = compare.mock.calls.map((pair) => pair.map(({ byteLength }) => byteLength));
		compare.mockRestore();
		expect(lengths).toEqual(Array(4).fill([32, 32]));
	});
});

describe('the node', () => {
	it('has one address for GET and POST, and the editor shows one', async () => {
		const type = (await loadPackage(packageDirectory)).getNode(
			'n8n-nodes-cake.cakePostbackTrigger',
		);
		const { description } = type as Extract<typeof type, { webhook?: unknown }>;
		expect(description).toMatchObject({
			displayName: 'CAKE Postback Trigger',
			group: ['trigger'],
			version: 1,
			inputs: [],
			outputs: ['main'],
			credentials: [{ name: 'cakePostbackApi', required: true, testedBy: 'testSecret' }],
			webhooks: [
				{ name: 'default', httpMethod: 'GET', path: 'postback' },
				{ name: 'setup', httpMethod: 'POST', path: 'postback', ndvHideUrl: true },
			],
		});
		expect(description.usableAsTool).toBeUndefined();
		expect(description.codex?.alias).toEqual(expect.arrayContaining(['postback', 'affiliate']));
		const names = description.properties.map(({ name }: { name: string }) => name);
		expect(names).toEqual(['urlNotice', 'urlBlock', 'placeNotice', 'repeatNotice', 'options']);
	});

	it('shows what goes after the URL, in the order that loses least, and where to paste it', async () => {
		const type = (await loadPackage(packageDirectory)).getNode(
			'n8n-nodes-cake.cakePostbackTrigger',
		);
		const { description } = type as Extract<typeof type, { webhook?: unknown }>;
		const [url, block, place, repeats] = description.properties.map(
			({ displayName }: { displayName: string }) => displayName.replaceAll('&amp;', '&'),
		);
		expect(block).toBe('After the Production URL');
		expect(description.properties[1]).toMatchObject({
			default:
				'?key=YOUR-SECRET&conversion_id=#leadid#&payout=#price#&converted_at=#utcunixtime#&affiliate_id=#affid#&offer_id=#oid#&campaign_id=#campid#&creative_id=#cid#&transaction_id=#tid#&s1=#s1#&s2=#s2#&s3=#s3#&s4=#s4#&s5=#s5#&end=1',
			typeOptions: { editorIsReadOnly: true },
		});
		expect(url).toContain('n8n does not show it again');
		expect(url).toContain("not the 'Test URL'");
		expect(place).toContain('not into the field for a pixel');
		expect(place).toContain('Testing & Tracking');
		expect(repeats).toContain(
			'The same call starts the workflow once. With other values it starts again, and the item has repeat: true. After a restart, or with several webhook processors, the same call may start it again.',
		);
		expect(repeats).toContain('At once, and none missed');
	});
});
