import { groupBy } from '../../../cake/groupBy';
import type { PlannedWrite } from '../operation';
import { getSkipReason, getTracked, type Update } from './updates';

/** The changes of one conversion, in input order. Only an approval pays. */
function planChanges(conversionId: number, updates: Update[]): PlannedWrite[] {
	const [row = {}] = updates.map((update) => getTracked(update).row ?? {});
	// A change that CAKE refuses leaves the status as it was, so each of these may be met.
	const statuses = new Set<unknown>([row.conversion_status]);
	const sent = updates.filter((update) => {
		const isSkipped = [...statuses].every((status) => getSkipReason(update, status));
		if (!isSkipped) statuses.add(update.status);
		return !isSkipped;
	});
	// A conversion that is approved twice is paid once.
	const approval = sent.find(({ status }) => status === 'approved');
	return sent.map((update) => ({
		name: `Conversion ID ${conversionId}`,
		payout: update === approval ? row.payout : 0,
		revenue: update === approval ? row.revenue : 0,
	}));
}

/** The changes that these items can cause. Those that 'Only If Status Is' skips are left out. */
export function planWrites(updates: Update[]): PlannedWrite[] {
	const byConversion = groupBy(updates, (update) => getTracked(update).conversionId);
	return [...byConversion].flatMap(([id, group]) => planChanges(id, group));
}
