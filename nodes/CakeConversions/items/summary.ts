import {
	isUnclear,
	isValid,
	type Item,
	type Operation,
	type ValidItem,
} from '../actions/operation';

/** `0-11, 13` for 0 to 11 and 13: a thousand items in a line a person can read. */
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

function count(indexes: number[], what: string): string {
	const which = indexes.length ? ` (${toRanges(indexes)})` : '';
	return `${indexes.length} ${what}${which}`;
}

/**
 * What of a run of writes was stored and what was not, and whether it may be run again.
 * For the error of a run that stopped, and for the log of one that was stopped by hand.
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
	const wasSkipped = ({ outcome }: ValidItem<Values, Result>) =>
		outcome.status === 'done' && isSkipped(outcome.value);
	const stored = select((item) => item.outcome.status === 'done' && !wasSkipped(item));
	const skipped = select(wasSkipped);
	const unclear = select(isUnclear);
	const failed = select((item) => item.outcome.status === 'failed' && !isUnclear(item));
	const previewed = withStatus('previewed');
	const unsent = withStatus('notSent');
	const parts = [
		`Of ${items.length} items ${count(stored, 'stored')}`,
		failed.length > 0 && count(failed, 'failed'),
		skipped.length > 0 && count(skipped, 'skipped'),
		unclear.length > 0 && count(unclear, 'left unclear'),
		previewed.length > 0 && count(previewed, 'dry run only'),
		unsent.length > 0 && count(unsent, 'not sent'),
	];
	const advice = valid.every(({ values }) => isRepeatable(values))
		? 'All items may safely be sent again.'
		: 'Send again only the items that failed or were not sent. Look unclear ones up in CAKE first: without a Unique ID they could be recorded twice.';
	return `${parts.filter(Boolean).join(', ')}. ${advice}`;
}
