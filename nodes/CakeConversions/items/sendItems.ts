import { dispatch, type DispatchOptions, type Job } from '../../cake/transport/dispatch';
import { CakeError } from '../../cake/errors';
import { markStopped } from '../actions/dryRun';
import { toWarning } from '../actions/hints';
import { findExceededLimit } from '../actions/judgeWrites';
import type { Operation, Session, ValidItem } from '../actions/operation';

/** Whether a failure ends the run even under On Error > Continue. Errors of the node's own code do. */
function isFatalForRun(error: unknown): boolean {
	return !(error instanceof CakeError) || error.isFatalForRun;
}

/**
 * Finds the conversions that items refer to, then sends the items. Sets the outcome of each item.
 *
 * Under On Error > Stop Workflow, an unclear recording ends a round of sending. If CAKE's list then
 * shows that the recording was stored, the remaining items are sent in another round.
 * @param shouldContinue whether the run continues after an item has failed
 * @returns the item whose failure ended the run, if there is one
 */
export async function sendItems<Values, Result>(
	items: Array<ValidItem<Values, Result>>,
	operation: Operation<Values, Result>,
	session: Session,
	shouldContinue: boolean,
): Promise<ValidItem<Values, Result> | undefined> {
	let endingError: unknown;
	const options: DispatchOptions = {
		semaphore: session.semaphore,
		cancelSignal: session.stop,
		endsRun(error) {
			if (shouldContinue && !isFatalForRun(error)) return false;
			// Keeps the first failure. `dispatch` asks in the order of events, and outcomes do not show it.
			endingError ??= error;
			return true;
		},
	};
	const findEndingItem = () =>
		items.find(({ outcome }) => outcome.status === 'failed' && outcome.error === endingError);
	const failures = () =>
		items.flatMap(({ outcome }) => (outcome.status === 'failed' ? [outcome.error] : []));
	// True when no further request can succeed, or none may be sent.
	const isOver = () => session.stop?.aborted === true || failures().some(isFatalForRun);

	await operation.findConversions?.(items, session, options);
	let endedBy = findEndingItem();
	if (isOver() || (!shouldContinue && failures().length > 0)) return endedBy;
	enforceLimits(items.filter(isWaiting), operation, session);
	do {
		endingError = undefined;
		await sendRound(items, operation, session, options);
		endedBy = findEndingItem();
		await operation.resolve?.(items, isOver() ? undefined : session, !items.some(isWaiting));
	} while (!isOver() && items.some(isWaiting) && failures().length === 0);
	return endedBy;
}

/**
 * Fails all items if those to send exceed a limit together. A dry run only says that it would be so.
 */
function enforceLimits<Values, Result>(
	items: Array<ValidItem<Values, Result>>,
	{ writes }: Operation<Values, Result>,
	session: Session,
): void {
	if (!writes) return;
	const dryRuns = items.filter(({ isDryRun }) => isDryRun);
	const toSend = items.filter(({ isDryRun }) => !isDryRun);
	const error = findExceededLimit(toSend, writes);
	if (error) {
		for (const item of items) item.outcome = { status: 'failed', error };
		return;
	}
	const exceeded = dryRuns.length > 0 ? findExceededLimit(items, writes) : undefined;
	if (!exceeded) return;
	const { message, detail } = exceeded;
	session.hint(toWarning(`Without Dry Run, a limit would stop this run. ${message}. ${detail}`));
	for (const item of dryRuns) item.exceeded = exceeded;
}

function isWaiting({ outcome }: ValidItem<unknown, unknown>): boolean {
	return outcome.status === 'notSent';
}

/** Sends the items that wait. When a failure or a person ends the round, some still wait. */
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
				const row = operation.preview(item.values);
				return { status: 'previewed', row: markStopped(row, item.exceeded) };
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
