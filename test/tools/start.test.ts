import type { Sandbox } from '../../sandbox/server.mts';
import { readPostbackUrl } from '../../scripts/start/postback.mts';
import { startKeptSandbox } from '../../scripts/start/sandbox.mts';
import { readPinnedUpdate } from '../support/examples.mts';
import { AccountFolder } from '../support/account-file.mts';

/** Starts the sandbox of `npm start`. Nobody listens to its postbacks. */
const startIn = async (folder: AccountFolder) =>
	await startKeptSandbox(folder.path('account.json'), () => {}, 'http://127.0.0.1:1/');

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

	it('calls the example with what its trigger shows in the editor', async () => {
		const url = await readPostbackUrl(5678);
		expect(url).toMatch(
			/^http:\/\/127\.0\.0\.1:5678\/webhook\/[\da-f-]{36}\/postback\?key=sandbox-secret/,
		);
		expect(url).toContain('&conversion_id=#leadid#&');
		expect(url).toMatch(/&end=1$/);
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
});
