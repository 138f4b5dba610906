import { NodeOperationError, type INode } from 'n8n-workflow';

import type { ConversionRow } from '../cake/types';
import { oldestFirst, type ReadList } from './changes';
import type { Watch } from './watch';
import type { PollWindow } from './window';

/** Enough to map fields with, and quick to look through. */
const SAMPLE_SIZE = 5;

/**
 * The newest of what was read, for a test in the editor: real rows, though none has just changed.
 * @throws NodeOperationError when there is none, as n8n's own triggers do
 */
export function pickSample(
	node: INode,
	{ settings, range }: PollWindow,
	lists: Record<string, ReadList>,
): ConversionRow[] {
	const rows = Object.values(lists).flatMap((list) => list.rows);
	if (rows.length > 0) return oldestFirst(rows).slice(-SAMPLE_SIZE).reverse();
	throw new NodeOperationError(node, 'No conversion was found to show as an example', {
		description: `Looked for ${describe(settings)} from ${range.startDate} to ${range.endDate}. Raise 'Look Back Days' under Options, remove a filter, or pin example data. Once published, the trigger still notices what comes.`,
	});
}

function describe({ statuses, filters }: Watch): string {
	const status = statuses.length > 0 ? `${statuses.join(' or ')} conversions` : 'conversions';
	const narrowed = [
		filters.advertiserId && `advertiser ${filters.advertiserId}`,
		filters.affiliateId && `affiliate ${filters.affiliateId}`,
		filters.offerId && `offer ${filters.offerId}`,
	].filter(Boolean);
	return narrowed.length > 0 ? `${status} of ${narrowed.join(', ')}` : status;
}
