import type { NodeExecutionHint } from 'n8n-workflow';

import type { DispatchOptions, Outcome } from '../../cake/dispatch';
import { CakeError } from '../../cake/errors';
import type { Line } from '../../cake/retry';
import type { ConversionRow } from '../../cake/types';
import type { InvalidField } from '../../shared/collection';
import type { ItemParameters } from '../parameters';

/** The output rows of one item: conversions as CAKE has them. */
export type Rows = ConversionRow[];

/** What an operation needs to talk to CAKE during a run. */
export interface Session extends Line {
	/** Shows a hint beside the node's output. */
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

/** Why the fields of an item cannot be used. */
export type Refusal = Pick<InvalidField, 'message' | 'reason'>;

/** An input item that passed every check. Later stages write their result to `outcome`. */
export interface ValidItem<Values> {
	readonly index: number;
	readonly values: Values;
	/** Only show what would be sent. */
	readonly isDryRun: boolean;
	outcome: Outcome<Rows>;
}

/** An input item that did not. */
export interface InvalidItem {
	readonly index: number;
	readonly refusal: Refusal;
}

/** One record for each input item, made once; each stage of a run adds to it. */
export type Item<Values> = ValidItem<Values> | InvalidItem;

export function isValid<Values>(item: Item<Values>): item is ValidItem<Values> {
	return 'values' in item;
}

/** Whether nobody knows if an item was stored. */
export function isUnclear({ outcome }: { outcome: Outcome<unknown> }): boolean {
	return (
		outcome.status === 'failed' &&
		outcome.error instanceof CakeError &&
		outcome.error.kind === 'unknownOutcome'
	);
}

/** One operation of the node. `prepare` validates and sends nothing: bad items are found before the first write. */
export interface Operation<Values> {
	isWrite: boolean;
	/** @throws InvalidField */
	prepare(item: ItemParameters, settings: RunSettings): Values;
	/** Hints about the items of a run, before anything is sent. */
	remarks?(items: Values[]): string[];
	/** Hints about the outcomes, once all is done. */
	remarksOnOutcomes?(items: Array<ValidItem<Values>>): NodeExecutionHint[];
	/** Finds the conversions that items refer to; an item whose conversion is not found fails. */
	lookUp?(
		items: Array<ValidItem<Values>>,
		session: Session,
		options: DispatchOptions,
	): Promise<void>;
	/** Whether sending this item again, in another run, could change nothing. */
	isRepeatable(values: Values): boolean;
	/** Items with the same key are sent in input order, one at a time. */
	orderKey?(values: Values): string;
	/** The output of a dry run; sends nothing. Only writes have one. */
	rehearse?(values: Values): Rows;
	/** @throws CakeError */
	perform(values: Values, session: Session): Promise<Rows>;
	/** Reads CAKE's list to settle items without a clear answer, or those that CAKE already had. */
	settle?(items: Array<ValidItem<Values>>, which: 'unclear' | 'known', line: Line): Promise<void>;
}
