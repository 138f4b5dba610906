import type { Outcome } from '../cake/dispatch';
import { CakeError } from '../cake/errors';

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

/** What had been stored and what had not when a run of several writes stopped, for its error. */
export function describeProgress(outcomes: Array<Outcome<unknown>>, failedIndex: number): string {
	if (outcomes.length < 2) return '';
	const indexesOf = (wanted: (outcome: Outcome<unknown>, index: number) => boolean) =>
		outcomes.flatMap((outcome, index) => (wanted(outcome, index) ? [index] : []));
	const stored = indexesOf(({ status }) => status === 'done');
	const unsent = indexesOf(({ status }) => status === 'notStarted');
	const unclear = indexesOf(isUnclear);
	const alsoFailed = indexesOf(
		(outcome, index) => outcome.status === 'failed' && index !== failedIndex && !isUnclear(outcome),
	);
	const parts = [
		`Of ${outcomes.length} items ${count(stored, 'stored')}`,
		alsoFailed.length > 0 && `${count(alsoFailed, 'failed too')}`,
		unclear.length > 0 && `${count(unclear, 'left unclear')}`,
		unsent.length > 0 && `${count(unsent, 'not sent')}`,
	];
	return `${parts.filter(Boolean).join(', ')}.`;
}

function isUnclear(outcome: Outcome<unknown>): boolean {
	return (
		outcome.status === 'failed' &&
		outcome.error instanceof CakeError &&
		outcome.error.kind === 'unknownOutcome'
	);
}
