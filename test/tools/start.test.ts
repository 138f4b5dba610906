import { Progress } from '../../harness/server/progress.mts';
import type { Sandbox } from '../../sandbox/server.mts';
import { readArguments } from '../../scripts/start/arguments.mts';
import { introduce, introduceSandbox } from '../../scripts/start/introduction.mts';
import { readPostbackUrls } from '../../scripts/start/postback.mts';
import { startKeptSandbox } from '../../scripts/start/sandbox.mts';
import { readExampleNames, readPinnedUpdate } from '../support/examples.mts';
import { AccountFolder } from '../support/account-file.mts';

/** Starts the sandbox of `npm start`. Nobody listens to its postbacks. */
const startIn = async (folder: AccountFolder) =>
	await startKeptSandbox(folder.path('account.json'), () => {}, ['http://127.0.0.1:1/']);

describe('npm start', () => {
	it('records the example deals once, and not again at the next start', async () => {
		const folder = new AccountFolder();
		const start = async () => await startIn(folder);
		const listOrders = ({ account }: Sandbox) =>
			[...account.conversions.values()].map(({ conversionId, orderId }) => [conversionId, orderId]);
		const first = await start();
		const before = listOrders(first);
		expect(before.filter(([, orderId]) => orderId === 'SO-1061')).toHaveLength(1);
		await first.close();
		const second = await start();
		expect(listOrders(second)).toEqual(before);
		expect(second.account.events).toEqual([]);
		await second.close();
		folder.remove();
	});

	it('calls each example with what its trigger shows in the editor', async () => {
		const urls = await readPostbackUrls(5678);
		expect(new Set(urls).size).toBe(3);
		for (const url of urls) {
			expect(url).toMatch(
				/^http:\/\/127\.0\.0\.1:5678\/webhook\/[\da-f-]{36}\/postback\?key=sandbox-secret/,
			);
			expect(url).toContain('&conversion_id=#leadid#&');
			expect(url).toMatch(/&end=1$/);
		}
	});

	it('has the conversions that the example undo-changes names, and one was changed since', async () => {
		const folder = new AccountFolder();
		const { account, close } = await startIn(folder);
		const rows = readPinnedUpdate().map((row) => account.conversions.get(row.conversion_id));
		const pinned = readPinnedUpdate();
		expect(rows.map((row) => row?.orderId)).toEqual(pinned.map((row) => row.order_id));
		const changed = pinned.filter((row, i) => row.conversion_status !== rows[i]?.status);
		expect(changed).toHaveLength(1);
		await close();
		folder.remove();
	});

	it('starts only a sandbox with --sandbox-only, which takes no option of n8n', () => {
		expect(readArguments([])).toMatchObject({ port: 5678, sandboxOnly: false });
		expect(readArguments(['--sandbox-only', '--reset'])).toMatchObject({
			sandboxOnly: true,
			reset: true,
		});
		for (const option of [['--watch'], ['--port', '5678']]) {
			expect(() => readArguments(['--sandbox-only', ...option])).toThrow(
				'--sandbox-only starts no n8n',
			);
		}
	});

	it('has a sandbox of its own call the URLs of --postback', () => {
		const urls = ['http://127.0.0.1:1/a', 'http://127.0.0.1:1/b'];
		const given = urls.flatMap((url) => ['--postback', url]);
		expect(readArguments([])).toMatchObject({ postback: [] });
		expect(readArguments(['--sandbox-only', ...given])).toMatchObject({ postback: urls });
		expect(() => readArguments(given)).toThrow('--postback needs --sandbox-only');
		for (const text of ['my-n8n/webhook', 'file:///x', 'http://']) {
			expect(() => readArguments(['--sandbox-only', '--postback', text])).toThrow(
				'--postback takes a URL such as http',
			);
		}
	});

	it('shows how long a step usually takes when it begins', async () => {
		const written: string[] = [];
		const output = { isTTY: false, write: (text: string) => written.push(text) };
		const progress = new Progress(output as unknown as NodeJS.WriteStream);
		await progress.step('Compiling', async () => {}, 'about 1 min');
		expect(written).toEqual([
			'  Compiling (usually about 1 min) ...\n',
			expect.stringMatching(/^ {2}Compiling, \d+ s\n$/),
		]);
	});

	it('ends with steps to try, which name workflows as n8n shows them', async () => {
		const folder = new AccountFolder();
		const sandbox = await startIn(folder);
		const examples = readExampleNames();
		const text = introduce({ instance: { url: 'http://127.0.0.1:5678' }, sandbox, examples });
		expect(text).toContain('http://127.0.0.1:5678/home/workflows\n');
		expect(text).toMatch(/\nNow try\n {2}1\. .*\n {2}2\. /);
		const quoted = [...text.matchAll(/[Oo]pen "(.*?)"/g)].map(([, name]) => name);
		expect(quoted.length).toBeGreaterThanOrEqual(3);
		expect([...examples.values()]).toEqual(expect.arrayContaining(quoted));
		await sandbox.close();
		folder.remove();
	});

	it('shows with --sandbox-only what the credential needs and how to install the package', async () => {
		const folder = new AccountFolder();
		const sandbox = await startKeptSandbox(folder.path('account.json'), () => {});
		const packed = {
			tarball: '/a/n8n-nodes-cake-9.9.9.tgz',
			name: 'n8n-nodes-cake',
			version: '9.9.9',
		};
		const text = introduceSandbox(sandbox, packed, []);
		expect(text).toContain(`  Base URL  ${sandbox.url}\n  API Key   ${sandbox.apiKey}\n`);
		expect(text).toContain('  cp "/a/n8n-nodes-cake-9.9.9.tgz" ~/.n8n/\n');
		expect(text).toContain('../n8n-nodes-cake-9.9.9.tgz\n');
		expect(text).not.toContain('home/workflows');
		await sandbox.close();
		folder.remove();
	});
});
