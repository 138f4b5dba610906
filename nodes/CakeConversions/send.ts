import { dispatch, type Outcome } from '../cake/dispatch';
import { CakeError } from '../cake/errors';
import type { Operation, Rows, Session } from './operations/operation';
import type { PreparedItem } from './prepare';

export interface SendOptions {
	/** Whether the run goes on after an item failed. */
	continues: boolean;
	/** n8n's signal that the execution was stopped by hand. */
	cancelSignal?: AbortSignal;
}

/** Whether the rest of a run is not worth sending, whatever the user chose to do about failures. */
export function endsRun(error: unknown): boolean {
	return !(error instanceof CakeError) || error.concernsAll;
}

function concernsAll(outcome: Outcome<Rows>): boolean {
	return outcome.status === 'failed' && endsRun(outcome.error);
}

/**
 * Sends every item that passed the checks. The outcomes stand at the items' own indexes.
 *
 * A recording without a clear answer stops a run that stops at failures; when a look at CAKE's list
 * then finds it stored, it was no failure, and the rest is sent after all.
 */
export async function sendAll<T>(
	items: Array<PreparedItem<T>>,
	operation: Operation<T>,
	session: Session,
	options: SendOptions,
): Promise<Array<Outcome<Rows>>> {
	const outcomes = items.map((): Outcome<Rows> => ({ status: 'notStarted' }));
	let unsent: number;
	do {
		unsent = await sendRound(items, outcomes, operation, session, options);
		// Where every request meets the same, or nothing new may be sent, so would the look-ups.
		if (options.cancelSignal?.aborted || outcomes.some(concernsAll)) return outcomes;
		await settle(items, outcomes, operation, 'unclear', session);
	} while (unsent > 0 && !outcomes.some(({ status }) => status === 'failed'));
	await settle(items, outcomes, operation, 'known', session);
	return outcomes;
}

/** One round of sending what has not been sent. Gives how many are left, because something stopped it. */
async function sendRound<T>(
	items: Array<PreparedItem<T>>,
	outcomes: Array<Outcome<Rows>>,
	operation: Operation<T>,
	session: Session,
	{ continues, cancelSignal }: SendOptions,
): Promise<number> {
	const indexes: number[] = [];
	const jobs = items.flatMap((item, index) => {
		if ('refusal' in item || outcomes[index].status !== 'notStarted') return [];
		indexes.push(index);
		return {
			key: operation.orderKey?.(item.values),
			run: async (stop: AbortSignal, onFailure: (error: unknown) => void) =>
				await operation.perform(item.values, { ...session, stop, onFailure }),
		};
	});
	const sent = await dispatch(jobs, {
		slots: session.slots,
		cancelSignal,
		endsRun: (error) => !continues || endsRun(error),
	});
	indexes.forEach((index, position) => (outcomes[index] = sent[position]));
	return sent.filter(({ status }) => status === 'notStarted').length;
}

/** Lets the operation look up what its replies left open. */
async function settle<T>(
	items: Array<PreparedItem<T>>,
	outcomes: Array<Outcome<Rows>>,
	operation: Operation<T>,
	which: 'unclear' | 'known',
	session: Session,
): Promise<void> {
	if (!operation.settle) return;
	const indexes: number[] = [];
	const sent = items.flatMap((item, index) => {
		if ('refusal' in item) return [];
		indexes.push(index);
		return { values: item.values, outcome: outcomes[index] };
	});
	const settled = await operation.settle(sent, which, session);
	indexes.forEach((index, position) => (outcomes[index] = settled[position]));
}
