import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '../../sandbox/server.mts';
import type { Deal } from '../demo/deals.mts';
import { EXAMPLES_DIRECTORY } from '../../harness/server/paths.mts';
import { DAY_MS } from '../../sandbox/account/calendar.mts';

/**
 * Adds the examples' won deals to a sandbox, like the example "CRM deal won" does: each once, and
 * none that CAKE refuses. The other examples use their orders.
 */
export function recordDeals(account: Account): void {
	const file = join(EXAMPLES_DIRECTORY, 'data/crm-deals.json');
	for (const deal of JSON.parse(readFileSync(file, 'utf8')) as Deal[]) {
		const { dealId, payoutAgreed } = deal;
		const payout = payoutAgreed === '' ? undefined : Number(payoutAgreed);
		const expiresAt = account.clicks.get(deal.cakeClickId)?.expiresAt ?? 0;
		if (expiresAt <= account.now() || Number.isNaN(payout) || account.withUniqueId(dealId))
			continue;
		const day = new Date(account.now() - deal.wonDaysAgo * DAY_MS).toISOString().slice(0, 10);
		account.addConversion({
			clickId: deal.cakeClickId,
			offerId: deal.cakeOfferId,
			uniqueId: dealId,
			orderId: deal.orderNumber,
			payout,
			adv: { adv1: deal.country },
			at: Date.parse(`${day}T${deal.wonTime}`),
		});
	}
}
