import type { Account } from '../../sandbox/server.mts';
import { readDeals, wonAt } from '../demo/deals.mts';

/**
 * The conversion ID of the first deal. The data that is pinned in undo-changes.json relies on it. The
 * IDs of the seeded conversions are higher.
 */
const FIRST_CONVERSION_ID = 4_390_001;

/**
 * Adds the examples' won deals to a sandbox, like the example "CRM deal won" does: each once, and
 * none that CAKE refuses. The other examples use their orders.
 */
export function recordDeals(account: Account): void {
	for (const [index, deal] of readDeals().entries()) {
		const { dealId, payoutAgreed } = deal;
		const payout = payoutAgreed === '' ? undefined : Number(payoutAgreed);
		const expiresAt = account.clicks.get(deal.cakeClickId)?.expiresAt ?? 0;
		if (expiresAt <= account.now() || Number.isNaN(payout) || account.withUniqueId(dealId))
			continue;
		account.addConversion({
			conversionId: FIRST_CONVERSION_ID + index,
			clickId: deal.cakeClickId,
			offerId: deal.cakeOfferId,
			uniqueId: dealId,
			orderId: deal.orderNumber,
			payout,
			adv: { adv1: deal.country },
			at: wonAt(deal, account.now()),
		});
	}
}
