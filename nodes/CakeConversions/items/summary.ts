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
 * Lists which items of a run of writes were stored and which were not, and says whether the run can be
 * repeated. The text is for the error of a failed run, and for the log when a person stopped the run.
 */
export function summarize<Values, Result>(
	items: Array<Item<Values, Result>>,
	{
		isRepeatable,
		isSkipped = () => false,
	}: Pick<Operation<Values, Result>, 'isRepeatable' | 'isSkipped'>,
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
		`Of ${items.length} items ${describeCount(stored, 'stored')}`,
		failed.length > 0 && describeCount(failed, 'failed'),
		skipped.length > 0 && describeCount(skipped, 'skipped'),
		unclear.length > 0 && describeCount(unclear, 'of unknown outcome'),
		previewed.length > 0 && describeCount(previewed, 'only previewed'),
		unsent.length > 0 && describeCount(unsent, 'not sent'),
	];
	const advice = valid.every(({ values }) => isRepeatable(values))
		? 'All items may safely be sent again.'
		: 'Send again only the items that failed or were not sent. Look unclear ones up in CAKE first: without a Unique ID they could be recorded twice.';
	return `${parts.filter(Boolean).join(', ')}. ${advice}`;
}
