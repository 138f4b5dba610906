import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { listCurlCommands } from '../../../support/docs.mts';
import type { Fresh } from '../../support/fresh.mts';
import { listByOrder, type Reply } from './support.mts';

/** Checks the recipes' curl commands on the examples that `checkDealWon` and `checkRefund` publish. */
export async function checkCommands(fresh: Fresh, t: TestContext): Promise<void> {
	const { url } = fresh.instance;
	const [deal] = listCurlCommands('docs/recipes/crm-deal-won.md');
	const [refund] = listCurlCommands('docs/recipes/refund-reject.md');

	await t.test('the recipes’ commands record a deal and reject a refunded order', async () => {
		const recorded = await send(`${url}/webhook/cake-deal-won`, deal);
		assert.equal(recorded.status, 200);
		assert.equal(recorded.json.conversion_id, listByOrder(fresh, 'SO-1101')[0].conversionId);
		const rejected = await send(`${url}/webhook/cake-refund`, refund);
		assert.deepEqual([rejected.status, rejected.json.status], [200, 'rejected']);
		assert.equal(listByOrder(fresh, 'SO-1061')[0].status, 'rejected');
	});
}

/** Sends what curl sends for the words `-d name=value`. */
async function send(url: string, words: string[]): Promise<Reply> {
	const body = new URLSearchParams(words.filter((word) => word !== '-d').join('&'));
	const response = await fetch(url, { method: 'POST', body });
	return {
		status: response.status,
		json: (await response.json()) as Record<string, unknown>,
	};
}
