import { dispatch, type DispatchOptions, type Job } from '../../cake/transport/dispatch';
import { CakeError } from '../../cake/errors';
import type { Operation, Session, ValidItem } from '../actions/operation';

/** Whether the rest of a run is not worth sending, whatever the user chose to do about failures. */
function isFatalForRun(error: unknown): boolean {
	return !(error instanceof CakeError) || error.isFatalForRun;
}

/**
 * Finds the conversions that items refer to, then sends the items. Writes each outcome to its item.
 *
 * An unclear recording ends a run that stops at failures. If CAKE's list then shows it stored, it was
 * no failure, and the rest is sent after all.
 * @param continues whether the run goes on after an item failed
 * @returns the item whose failure ended the run, if one did
 */
export async function sendItems<Values, Result>(
	items: Array<ValidItem<Values, Result>>,
	operation: Operation<Values, Result>,
	session: Session,
	continues: boolean,
): Promise<ValidItem<Values, Result> | undefined> {
	let cause: unknown;
	const options: DispatchOptions = {
		semaphore: session.semaphore,
		cancelSignal: session.stop,
		endsRun(error) {
			const isEnd = !continues || isFatalForRun(error);
			if (isEnd) cause ??= error;
			return isEnd;
		},
	};
	const findEnding = () =>
		items.find(({ outcome }) => outcome.status === 'failed' && outcome.error === cause);
	const failures = () =>
		items.flatMap(({ outcome }) => (outcome.status === 'failed' ? [outcome.error] : []));
	// Searches would fail the same way, or may not be sent either.
	const isOver = () => session.stop?.aborted === true || failures().some(isFatalForRun);

	await operation.findConversions?.(items, session, options);
	let endedBy = findEnding();
	if (isOver() || (!continues && failures().length > 0)) return endedBy;
	do {
		cause = undefined;
		await sendRound(items, operation, session, options);
		endedBy = findEnding();
		await operation.resolve?.(items, isOver() ? undefined : session, !items.some(isWaiting));
	} while (!isOver() && items.some(isWaiting) && failures().length === 0);
	return endedBy;
}

function isWaiting({ outcome }: ValidItem<unknown, unknown>): boolean {
	return outcome.status === 'notSent';
}

/** Sends what has not been sent; some may be left, because something stopped it. */
async function sendRound<Values, Result>(
	items: Array<ValidItem<Values, Result>>,
	operation: Operation<Values, Result>,
	session: Session,
	options: DispatchOptions,
): Promise<void> {
	const toJob = (item: ValidItem<Values, Result>): Job<typeof item.outcome> => ({
		key: operation.orderKey?.(item.values),
		async run(stop, onFailure) {
			if (item.isDryRun && operation.preview) {
				return { status: 'previewed', row: operation.preview(item.values) };
			}
			const value = await operation.perform(item.values, { ...session, stop, onFailure });
			return { status: 'done', value };
		},
		onEnd(outcome) {
			item.outcome = outcome.status === 'done' ? outcome.value : outcome;
		},
	});
	await dispatch(items.filter(isWaiting).map(toJob), options);
}
