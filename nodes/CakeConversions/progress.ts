import type { Outcome } from '../cake/dispatch';
import { isUnclear, type Operation } from './operations/operation';
import type { PreparedItem } from './prepare';

/** `0-11, 13` for 0 to 11 and 13: a thousand items in a line a person can read. */
export function toRanges(indexes: number[]): string {
	const ranges: string[] = [];
	let first = indexes[0];
	indexes.forEach((index, position) => {
		if (indexes[position + 1] === index + 1) return;
		ranges.push(first === index ? `${index}` : `${first}-${index}`);
		first = indexes[position + 1];
	});
	return ranges.join(', ');
}

function count(indexes: number[], what: string): string {
	const which = indexes.length ? ` (${toRanges(indexes)})` : '';
	return `${indexes.length} ${what}${which}`;
}

/**
 * What of a run of writes was stored and what was not, and whether it may be run again.
 * For the error of a run that stopped, and for the log of one that was stopped by hand.
 */
export function describeProgress<Prepared>(
	items: Array<PreparedItem<Prepared>>,
	outcomes: Array<Outcome<unknown>>,
	operation: Pick<Operation<Prepared>, 'isRepeatable'>,
): string {
	const indexesOf = (wanted: (outcome: Outcome<unknown>) => boolean) =>
		outcomes.flatMap((outcome, index) => (wanted(outcome) ? [index] : []));
	const isDryRun = (index: number) => 'isDryRun' in items[index] && items[index].isDryRun;
	const stored = indexesOf(({ status }) => status === 'done').filter((index) => !isDryRun(index));
	const rehearsed = indexesOf(({ status }) => status === 'done').filter(isDryRun);
	const unsent = indexesOf(({ status }) => status === 'notStarted');
	const unclear = indexesOf(isUnclear);
	const failed = indexesOf((outcome) => outcome.status === 'failed' && !isUnclear(outcome));
	const parts = [
		`Of ${outcomes.length} items ${count(stored, 'stored')}`,
		failed.length > 0 && count(failed, 'failed'),
		unclear.length > 0 && count(unclear, 'left unclear'),
		rehearsed.length > 0 && count(rehearsed, 'only rehearsed'),
		unsent.length > 0 && count(unsent, 'not sent'),
	];
	const isRepeatable = items.every(
		(item) => 'refusal' in item || operation.isRepeatable(item.values),
	);
	const advice = isRepeatable
		? 'All items may safely be sent again.'
		: 'Send only those again that were not stored: without a Unique ID CAKE would store the others twice.';
	return `${parts.filter(Boolean).join(', ')}. ${advice}`;
}
