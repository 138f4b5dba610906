import type { INodeParameters } from 'n8n-workflow';
import { listIds, Poller } from '../../../harness/engine/poller.mts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/server.mts';
import { AccountFolder } from '../../support/account-file.mts';

const DAY_MS = 86_400_000;
const EVENTS: Array<[string, INodeParameters, boolean]> = [
	['new conversions, at n8n’s defaults', { event: 'new' }, false],
	['new conversions, with durable cursors', { event: 'new' }, true],
	['statuses, at n8n’s defaults', { statuses: ['approved', 'pending', 'rejected'] }, false],
	['statuses, with durable cursors', { statuses: ['approved', 'pending', 'rejected'] }, true],
];

let folder: AccountFolder;
let sandbox: Sandbox;

beforeEach(() => (folder = new AccountFolder()));

afterEach(async () => {
	await sandbox.close();
	folder.remove();
});

async function start(options: SandboxOptions = {}): Promise<void> {
	sandbox = await startSandbox({ file: folder.path('account.json'), rows: 528, ...options });
}

/** Like `npm start`, which gives the credential the sandbox's address at each start. */
const credential = () => ({ baseUrl: sandbox.url, apiKey: sandbox.apiKey });

describe('a published trigger and a sandbox that keeps its account', () => {
	it.each(EVENTS)(
		'announces nothing false after n8n and the sandbox were started again: %s',
		async (_, parameters, isDurable) => {
			await start();
			const options = { parameters, isDurable, credential: credential() };
			const poller = await new Poller(options).publish();
			const before = sandbox.account.addConversion().conversionId;
			expect(listIds(await poller.tick())).toEqual([before]);
			await sandbox.close();
			// The seed draws other dates on another day.
			const later = Date.now() + DAY_MS / 2;
			await start({ now: () => new Date(later) });
			Object.assign(options.credential, credential());
			await poller.restart();
			await poller.tick();
			await poller.tick();
			expect(listIds(poller.announced)).toEqual([before]);
			const after = sandbox.account.addConversion().conversionId;
			expect(listIds(await poller.tick())).toEqual([after]);
		},
	);

	it('announces a conversion after a killed sandbox lost another that was announced', async () => {
		await start();
		const options = { parameters: { event: 'new' }, credential: credential() };
		const poller = await new Poller(options).publish();
		folder.copy('account.json', 'saved.json');
		const lost = sandbox.account.addConversion().conversionId;
		expect(listIds(await poller.tick())).toEqual([lost]);
		await sandbox.close();
		await start({ file: folder.path('saved.json') });
		Object.assign(options.credential, credential());
		expect(await poller.restart()).toEqual([]);
		const next = sandbox.account.addConversion().conversionId;
		expect(listIds(await poller.tick())).toEqual([next]);
	});
});
