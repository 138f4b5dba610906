import { dispatch, type Outcome } from '../cake/dispatch';
import { CakeError } from '../cake/errors';
import type { Operation, Rows, Session } from './operations/operation';
import type { CheckedItem, PreparedItem } from './prepare';

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

/** Items as far as they have come, at their own indexes. */
interface Progress<Ready> {
	/** What was found fit to be sent; undefined for the others. */
	ready: Array<CheckedItem<Ready> | undefined>;
	outcomes: Array<Outcome<Rows>>;
}

/**
 * Looks up what the items refer to, then sends every item that passed the checks. The outcomes stand
 * at the items' own indexes.
 *
 * A recording without a clear answer stops a run that stops at failures; when a look at CAKE's list
 * then finds it stored, it was no failure, and the rest is sent after all.
 */
export async function sendAll<Prepared, Ready>(
	items: Array<PreparedItem<Prepared>>,
	operation: Operation<Prepared, Ready>,
	session: Session,
	options: SendOptions,
): Promise<Array<Outcome<Rows>>> {
	const progress = await lookUp(items, operation, session, options);
	const { outcomes } = progress;
	const hasFailed = () => outcomes.some(({ status }) => status === 'failed');
	// Where every request meets the same, or nothing new may be sent, so would the look-ups.
	const isOver = () => options.cancelSignal?.aborted === true || outcomes.some(concernsAll);
	if (isOver() || (!options.continues && hasFailed())) return outcomes;
	let unsent: number;
	do {
		unsent = await sendRound(progress, operation, session, options);
		if (isOver()) return outcomes;
		await settle(progress, operation, 'unclear', session);
	} while (unsent > 0 && !hasFailed());
	await settle(progress, operation, 'known', session);
	return outcomes;
}

/** How the jobs of a run share its places, and what ends them. */
function toDispatchOptions({ slots }: Session, { continues, cancelSignal }: SendOptions) {
	return { slots, cancelSignal, endsRun: (error: unknown) => !continues || endsRun(error) };
}

/** Before the first write: an item whose conversion is not found is known by then. */
async function lookUp<Prepared, Ready>(
	items: Array<PreparedItem<Prepared>>,
	operation: Operation<Prepared, Ready>,
	session: Session,
	options: SendOptions,
): Promise<Progress<Ready>> {
	const ready = items.map((): CheckedItem<Ready> | undefined => undefined);
	const outcomes = items.map((): Outcome<Rows> => ({ status: 'notStarted' }));
	const indexes: number[] = [];
	const checked = items.flatMap((item, index) => {
		if ('refusal' in item) return [];
		indexes.push(index);
		return [item];
	});
	const prepared = checked.map(({ values }) => values);
	const found = await operation.lookUp(prepared, session, toDispatchOptions(session, options));
	found.forEach((outcome, position) => {
		const { isDryRun } = checked[position];
		if (outcome.status !== 'done') outcomes[indexes[position]] = outcome;
		else ready[indexes[position]] = { values: outcome.value, isDryRun };
	});
	return { ready, outcomes };
}

/** One round of sending what has not been sent. Gives how many are left, because something stopped it. */
async function sendRound<Prepared, Ready>(
	{ ready, outcomes }: Progress<Ready>,
	operation: Operation<Prepared, Ready>,
	session: Session,
	options: SendOptions,
): Promise<number> {
	const indexes: number[] = [];
	const jobs = ready.flatMap((item, index) => {
		if (item === undefined || outcomes[index].status !== 'notStarted') return [];
		indexes.push(index);
		const { values, isDryRun } = item;
		return {
			key: operation.orderKey?.(values),
			run: async (stop: AbortSignal, onFailure: (error: unknown) => void) =>
				isDryRun && operation.rehearse
					? operation.rehearse(values)
					: await operation.perform(values, { ...session, stop, onFailure }),
		};
	});
	const sent = await dispatch(jobs, toDispatchOptions(session, options));
	indexes.forEach((index, position) => (outcomes[index] = sent[position]));
	return sent.filter(({ status }) => status === 'notStarted').length;
}

/** Lets the operation look up what its replies left open. */
async function settle<Prepared, Ready>(
	{ ready, outcomes }: Progress<Ready>,
	operation: Operation<Prepared, Ready>,
	which: 'unclear' | 'known',
	session: Session,
): Promise<void> {
	if (!operation.settle) return;
	const indexes: number[] = [];
	const sent = ready.flatMap((item, index) => {
		// A rehearsal stands for no conversion.
		if (item === undefined || item.isDryRun) return [];
		indexes.push(index);
		return { values: item.values, outcome: outcomes[index] };
	});
	const settled = await operation.settle(sent, which, session);
	indexes.forEach((index, position) => (outcomes[index] = settled[position]));
}
