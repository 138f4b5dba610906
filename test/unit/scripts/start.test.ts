import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '../../../sandbox/server.mts';
import { startKeptSandbox } from '../../../scripts/start/sandbox.mts';

describe('npm start', () => {
	it('records the example deals once, and not again at the next start', async () => {
		const directory = mkdtempSync(join(tmpdir(), 'start-'));
		const start = () => startKeptSandbox(join(directory, 'account.json'), () => {});
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
		rmSync(directory, { recursive: true });
	});
});
