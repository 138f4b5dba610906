import { AccountFolder } from '../../support/account-file.mts';
import {
	beginTable,
	endTable,
	type Figures,
	runCampaign,
} from '../../campaigns/support/figures.mts';
import type { NodeRun } from '../../../harness/engine/engine.mts';

const announcement = { place: 1, campaign: 'Records', mustHold: 'none lost' };
const LIMIT_MS = 60_000;
const folder = new AccountFolder();

beforeEach(() => beginTable(folder.path('figures.jsonl')));
afterAll(() => folder.remove());

const run = async (work: () => Promise<{ seconds: number; run?: NodeRun }>, limitMs = LIMIT_MS) =>
	await runCampaign(announcement, work, () => '500 stored', limitMs);

describe('runCampaign', () => {
	it('adds the figures of a campaign that finished to the table', async () => {
		await run(async () => ({ seconds: 2 }));
		expect(endTable()).toEqual([{ ...announcement, measured: '500 stored', seconds: 2 }]);
	});

	it.each([
		['throws', async () => await Promise.reject(new Error('no sandbox')), 'no sandbox'],
		[
			'ends its workflow with an error',
			async () => ({ seconds: 2, run: { error: new Error('CAKE is down') } as unknown as NodeRun }),
			'CAKE is down',
		],
		[
			'takes too long',
			async () => await new Promise<never>(() => {}),
			'it took longer than 0.01 s',
		],
	])(
		'says that a campaign did not finish when it %s, and gives no figures',
		async (_, work, why) => {
			await expect(run(work, why.includes('longer') ? 10 : LIMIT_MS)).rejects.toThrow(why);
			expect(endTable()).toEqual([{ ...announcement, measured: `did not finish: ${why}` }]);
		},
	);

	it('says from the start that a campaign did not finish, in case that its process ends', async () => {
		let table: Figures[] = [];
		await run(async () => {
			table = endTable();
			return { seconds: 2 };
		});
		expect(table).toEqual([{ ...announcement, measured: 'did not finish' }]);
	});
});
