import { URL_BLOCK } from '../../../nodes/CakePostbackTrigger/urlBlock';
import { POSTBACK_FAULT_KINDS, startSandbox } from '../../../sandbox/server.mts';
import type { PostbackOptions, Sandbox } from '../../../sandbox/server.mts';
import type { WebhookServer } from '../../../harness/engine/webhooks.mts';
import { SECRET, usePostbacks } from '../../support/postbacks.mts';
import { SandboxClient } from '../../support/sandbox-client.mts';
import { chooseCount } from '../../support/scale.mts';

const publish = usePostbacks();
let sandbox: Sandbox;
let server: WebhookServer;

/** Publishes the trigger and pastes its URL into CAKE, as the node's notice says. */
async function start(options: Partial<PostbackOptions> = {}): Promise<void> {
	server = await publish();
	const url = server.url + URL_BLOCK.replace('YOUR-SECRET', SECRET);
	sandbox = await startSandbox({ postback: { urls: [url], lateMs: 20, ...options } });
}

/** Records sales, and gives their conversion IDs after all postbacks have been answered. */
async function record(count = 1): Promise<number[]> {
	const client = new SandboxClient(sandbox);
	const replies = await Promise.all(
		sandbox.account
			.freshClicks(count)
			.map(({ clickId, offerId }) => client.record({ click_id: clickId, offer_id: offerId })),
	);
	await sandbox.postbacks.settle();
	return replies.map(({ json }) => Number(json.conversion_id));
}

const countStatuses = () => {
	const statuses = sandbox.postbacks.log.map(({ status }) => status);
	return {
		ok: statuses.filter((s) => s === 200).length,
		refused: statuses.filter((s) => s === 403).length,
	};
};

afterEach(async () => await sandbox.close());

describe('a postback of the sandbox', () => {
	it.each(['GET', 'POST'] as const)('has the values that were recorded, by %s', async (method) => {
		await start({ method });
		const [id] = await record();
		const row = sandbox.account.conversions.get(id);
		expect(await server.items()).toEqual([
			[
				{
					conversion_id: id,
					offer_id: row?.offerId,
					affiliate_id: row?.affiliateId,
					campaign_id: expect.any(Number),
					creative_id: 1,
					payout: row?.payout,
					payout_text: String(row?.payout),
					converted_at: new Date(row?.at ?? 0).toISOString().replace('.000', ''),
					s1: `site-${row?.affiliateId}`,
					s2: row?.clickId,
					complete: true,
				},
			],
		]);
	});

	it.each([
		['twice', { ok: 2, refused: 0 }],
		['late', { ok: 1, refused: 0 }],
		['burst', { ok: 200, refused: 0 }],
		['forged', { ok: 1, refused: 1 }],
	] as const)('starts the workflow once when it comes %s', async (fault, statuses) => {
		await start();
		sandbox.postbacks.failNext(fault);
		const [id] = await record();
		const items = await server.items();
		expect(items).toEqual([[expect.objectContaining({ conversion_id: id, complete: true })]]);
		expect(countStatuses()).toEqual(statuses);
	});

	it('says that it is not whole when CAKE left a token in it', async () => {
		await start();
		sandbox.postbacks.failNext('cut');
		const [id] = await record();
		const [[item]] = await server.items();
		expect(item).toMatchObject({ conversion_id: id, complete: false });
		expect(item).not.toHaveProperty(String(item.cut_after));
	});

	it('lacks a token that CAKE left in it, encoded, and has what follows', async () => {
		await start();
		sandbox.postbacks.failNext('unfilled');
		const [id] = await record();
		const [[item]] = await server.items();
		expect(item).toMatchObject({ conversion_id: id, complete: true });
		expect(JSON.stringify(item)).not.toContain('#');
	});

	it('keeps all that stands before a sub ID with & and #', async () => {
		await start();
		sandbox.postbacks.failNext('unencoded');
		const [id] = await record();
		const [[item]] = await server.items();
		const payout = sandbox.account.conversions.get(id)?.payout;
		expect(item).toMatchObject({ conversion_id: id, payout, s1: 'R', other: { D: 'shoes' } });
		expect(item).toMatchObject({ complete: false, cut_after: 's1' });
	});
});

describe('many postbacks under all faults', () => {
	it('start the workflow once for each conversion', async () => {
		const kinds = POSTBACK_FAULT_KINDS.filter((kind) => kind !== 'burst');
		await start({ faults: kinds.map((kind) => ({ kind, probability: 0.1 })) });
		const ids = await record(chooseCount(80, 1_000));
		const items = (await server.items()).flat();
		expect(items.map((item) => Number(item.conversion_id)).sort()).toEqual(ids.sort());
		expect(items.filter((item) => item.repeat)).toEqual([]);
		expect(countStatuses().refused).toBe(
			sandbox.postbacks.log.filter(({ fault }) => fault === 'forged').length / 2,
		);
		expect(new Set(sandbox.postbacks.log.map(({ fault }) => fault)).size).toBe(kinds.length + 1);
	}, 240_000);
});
