import {
	isUnclear,
	isValid,
	type Item,
	type Operation,
	type ValidItem,
} from '../actions/operation';

/** Writes ascending indexes as ranges, which stay short for a thousand items: `0-11, 13`. */
function toRanges(indexes: number[]): string {
	const ranges: string[] = [];
	let first = indexes[0];
	indexes.forEach((index, position) => {
		const next = indexes[position + 1];
		if (next === index + 1) return;
		ranges.push(first === index ? `${index}` : `${first}-${index}`);
		first = next;
	});
	return ranges.join(', ');
}

function describeCount(indexes: number[], status: string): string {
	const ranges = indexes.length ? ` (${toRanges(indexes)})` : '';
	return `${indexes.length} ${status}${ranges}`;
}

/**
 * Lists which items of a run of writes were stored and which were not, and says which to send
 * again. The text is for the error of a failed run, and for the log when a person stopped the run.
 */
export function summarize<Values, Result>(
	items: Array<Item<Values, Result>>,
	{
		adviseOnRepeat,
		isSkipped = () => false,
	}: Pick<Operation<Values, Result>, 'adviseOnRepeat' | 'isSkipped'>,
): string {
	const valid = items.filter(isValid);
	const select = (wanted: (item: ValidItem<Values, Result>) => boolean) =>
		valid.filter(wanted).map(({ index }) => index);
	const withStatus = (status: string) => select(({ outcome }) => outcome.status === status);
	const isSkippedItem = ({ outcome }: ValidItem<Values, Result>) =>
		outcome.status === 'done' && isSkipped(outcome.value);
	const stored = select((item) => item.outcome.status === 'done' && !isSkippedItem(item));
	const skipped = select(isSkippedItem);
	const unclear = select(isUnclear);
	const failed = select((item) => item.outcome.status === 'failed' && !isUnclear(item));
	const previewed = withStatus('previewed');
	const unsent = withStatus('notSent');
	const parts = [
		describeCount(stored, 'stored'),
		failed.length > 0 && describeCount(failed, 'failed'),
		skipped.length > 0 && describeCount(skipped, 'skipped'),
		unclear.length > 0 && describeCount(unclear, 'unclear'),
		previewed.length > 0 && describeCount(previewed, 'dry run only'),
		unsent.length > 0 && describeCount(unsent, 'not sent'),
	];
	const advice = adviseOnRepeat?.(valid.map(({ values }) => values));
	const counts = `Of ${items.length} items: ${parts.filter(Boolean).join(', ')}.`;
	return [counts, 'Items are counted from 0.', advice].filter(Boolean).join(' ');
}
