import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../../../sandbox/server.mts';
import { buildBody, type Deal } from './workflow.mts';

const AT_A_TIME = 20;
const LOOK_EVERY_MS = 5;

/** n8n's answer to a webhook call. */
export interface Answer {
	deal: Deal;
	/** HTTP status. */
	status: number;
	/** Whether n8n said that CAKE had the deal already. */
	wasAlreadyRecorded: boolean;
	text: string;
}

/** Makes deals that are not recorded yet, each with a click of its own. */
export function makeDeals(account: Account, prefix: string, count: number): Deal[] {
	return account.freshClicks(count).map(({ clickId, offerId }, index) => ({
		id: `${prefix}-${index + 1}`,
		clickId,
		offerId,
	}));
}

/** Calls the webhook once for each deal, twenty at a time. Gives answers in the deals' order. */
export async function deliver(url: string, deals: Deal[]): Promise<Answer[]> {
	const answers: Answer[] = [];
	const left = deals.entries();
	const caller = async () => {
		for (const [index, deal] of left) answers[index] = await call(url, deal);
	};
	await Promise.all(Array.from({ length: AT_A_TIME }, caller));
	return answers;
}

/** Counts the conversions of these deals, by their clicks: deal ID -> number of conversions. */
export function countStored(account: Account, deals: Deal[]): Map<string, number> {
	const dealOfClick = new Map(deals.map(({ clickId, id }) => [clickId, id]));
	const counts = new Map(deals.map(({ id }) => [id, 0]));
	for (const { clickId } of account.conversions.values()) {
		const id = dealOfClick.get(clickId);
		if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
	}
	return counts;
}

/** Waits until the account holds this many conversions. */
export async function untilStored(
	account: Account,
	count: number,
	withinMs: number,
): Promise<void> {
	const deadline = Date.now() + withinMs;
	while (account.conversions.size < count) {
		if (Date.now() > deadline) throw new Error(`CAKE holds only ${account.conversions.size}`);
		await sleep(LOOK_EVERY_MS);
	}
}

async function call(url: string, deal: Deal): Promise<Answer> {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(buildBody(deal)),
	});
	const text = await response.text();
	return {
		deal,
		status: response.status,
		wasAlreadyRecorded: text.includes('"already_recorded":true'),
		text,
	};
}
