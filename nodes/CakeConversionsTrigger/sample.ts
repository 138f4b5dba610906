import { NodeOperationError, type INode } from 'n8n-workflow';

import type { Conversion } from '../cake/types';
import { describeSelection } from '../shared/filters';
import { addPreviousStatus, oldestFirst, type ReadList } from './diff';
import type { PollWindow } from './window';

/** Enough to map fields, and short enough to read. */
const SAMPLE_SIZE = 5;

/**
 * Picks real conversions as examples for a test in the editor: the newest ones, newest first.
 * @throws NodeOperationError when there are none, as n8n's own triggers do
 */
export function pickSample(
	node: INode,
	window: PollWindow,
	lists: Record<string, ReadList>,
): Conversion[] {
	const conversions = Object.values(lists).flatMap((list) => list.conversions);
	if (conversions.length > 0) {
		const newest = oldestFirst(conversions).slice(-SAMPLE_SIZE).reverse();
		return newest.map((one) => addPreviousStatus(one, window));
	}
	const { settings, range } = window;
	const { statuses } = settings;
	const what = statuses.length > 0 ? `${statuses.join(' or ')} conversions` : 'conversions';
	throw new NodeOperationError(node, 'No conversion was found to show as an example', {
		description: `Looked for ${what} ${describeSelection({ range, filters: settings.filters })}. Raise 'Look Back Days' under Options, remove a filter, or pin example data. Once published, the trigger still notices what comes.`,
	});
}
