import type { NodeRun } from '../../harness/engine/engine.mts';
import { getDetails } from './sales.mts';

/** The conversion IDs of the items that succeeded, and the kinds of failure of the others. */
export function summarize({ items, errorItems }: NodeRun) {
	return {
		conversions: items.map(({ json }) => json.conversion_id),
		failures: errorItems.map((item) => getDetails(item).kind),
	};
}

/** The messages of the hints that warn. */
export function listWarnings({ hints }: NodeRun): string[] {
	return hints.filter(({ type }) => type === 'warning').map(({ message }) => message);
}
