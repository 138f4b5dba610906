import type { NodeExecutionHint } from 'n8n-workflow';

import type { DispatchOptions, Outcome } from '../../cake/dispatch';
import { CakeError } from '../../cake/errors';
import type { Line } from '../../cake/retry';
import type { ConversionRow } from '../../cake/types';
import type { ItemParameters } from '../parameters';

/** What becomes of an item: conversions as CAKE has them. */
export type Rows = ConversionRow[];

/** What an operation needs to talk to CAKE during a run. */
export interface Session extends Line {
	/** Shows a remark beside the node's output. */
	hint(hint: NodeExecutionHint): void;
}

/** What is the same for all items of a run. */
export interface RunSettings {
	/** IANA name of the workflow's time zone. */
	timezone: string;
	/** An AI agent called the node. */
	isTool: boolean;
	/** n8n's Retry On Fail is on: it sends every item again. */
	isRetriedByN8n: boolean;
}

/** Whether nobody knows if an item was stored. */
export function isUnclear(outcome: Outcome<unknown>): boolean {
	return (
		outcome.status === 'failed' &&
		outcome.error instanceof CakeError &&
		outcome.error.kind === 'unknownOutcome'
	);
}

/** An item that was ready to be sent, and what became of it. */
export interface SentItem<Ready> {
	values: Ready;
	outcome: Outcome<Rows>;
}

/**
 * One operation of the node: what becomes of an item. `prepare` checks everything and sends nothing,
 * so that one bad item among a thousand is found before the first write.
 */
export interface Operation<Prepared, Ready = Prepared> {
	isWrite: boolean;
	/** @throws InvalidField */
	prepare(item: ItemParameters, settings: RunSettings): Prepared;
	/** What to tell the user about the items of a run, beside the output. */
	remarks?(items: Prepared[]): string[];
	/** The same about what became of them, once all is done. */
	remarksOnOutcomes?(items: Array<SentItem<Prepared>>): NodeExecutionHint[];
	/** Makes items ready to be sent, by looking up what they refer to; an outcome for each, in order. */
	lookUp(
		items: Prepared[],
		session: Session,
		options: DispatchOptions,
	): Promise<Array<Outcome<Ready>>>;
	/** Whether sending this item again, in another run, could change nothing. */
	isRepeatable(prepared: Prepared): boolean;
	/** Items with the same key are sent in input order, one at a time. */
	orderKey?(ready: Ready): string;
	/** What comes out of a dry run of an item; sends nothing. Only writes have one. */
	rehearse?(ready: Ready): Rows;
	/** @throws CakeError */
	perform(ready: Ready, session: Session): Promise<Rows>;
	/**
	 * Looks up what the replies left open: items without a clear answer, or those that CAKE knew.
	 * Gives an outcome for each item, in order.
	 */
	settle?(
		items: Array<SentItem<Ready>>,
		which: 'unclear' | 'known',
		line: Line,
	): Promise<Array<Outcome<Rows>>>;
}

/** The `lookUp` of an operation whose items refer to nothing. */
export async function asTheyAre<Prepared>(items: Prepared[]): Promise<Array<Outcome<Prepared>>> {
	return items.map((value) => ({ status: 'done', value }));
}
