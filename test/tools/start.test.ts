import type { Sandbox } from '../../sandbox/server.mts';
import { startKeptSandbox } from '../../scripts/start/sandbox.mts';
import { AccountFolder } from '../support/account-file.mts';

describe('npm start', () => {
	it('records the example deals once, and not again at the next start', async () => {
		const folder = new AccountFolder();
		const start = () => startKeptSandbox(folder.path('account.json'), () => {});
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
});
