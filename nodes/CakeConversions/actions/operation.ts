import type { IDataObject, NodeExecutionHint } from 'n8n-workflow';

import type { DispatchOptions, Outcome } from '../../cake/transport/dispatch';
import { CakeError } from '../../cake/errors';
import type { RequestContext } from '../../cake/transport/retry';
import type { Fields, InvalidField } from '../../shared/fields';

/** What an operation needs to talk to CAKE during a run. */
export interface Session extends RequestContext {
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

/** What a dry run shows of an item instead of sending it. */
interface Preview {
	status: 'previewed';
	row: IDataObject;
}

/** An input item that passed every check. Later stages write their result to `outcome`. */
export interface ValidItem<Values, Result> {
	readonly index: number;
	readonly values: Values;
	/** Only show what would be sent. */
	readonly isDryRun: boolean;
	outcome: Outcome<Result> | Preview;
}

/** An input item that did not. */
interface InvalidItem {
	readonly index: number;
	readonly refusal: InvalidField;
}

/** One record for each input item, made once; each stage of a run adds to it. */
export type Item<Values, Result> = ValidItem<Values, Result> | InvalidItem;

export function isValid<Values, Result>(
	item: Item<Values, Result>,
): item is ValidItem<Values, Result> {
	return 'values' in item;
}

/** CAKE's failure of an item; absent where it has none, or failed in another way. */
export function getFailure({ outcome }: ValidItem<unknown, unknown>): CakeError | undefined {
	const error = outcome.status === 'failed' ? outcome.error : undefined;
	return error instanceof CakeError ? error : undefined;
}

/** Whether nobody knows if an item was stored. */
export function isUnclear(item: ValidItem<unknown, unknown>): boolean {
	return getFailure(item)?.kind === 'unknownOutcome';
}

/**
 * One operation of the node. `validate` sends nothing, so that one bad item among a thousand is found
 * before the first write.
 */
export interface Operation<Values, Result> {
	isWrite: boolean;
	/** @throws InvalidField */
	validate(item: Fields, settings: RunSettings): Values;
	/** Hints about the items of a run, before anything is sent. */
	describeItems?(items: Values[]): string[];
	/** Hints about the outcomes, once all is done. */
	describeOutcomes?(items: Array<ValidItem<Values, Result>>): NodeExecutionHint[];
	/** Finds the conversions that items refer to; an item whose conversion is not found fails. */
	findConversions?(
		items: Array<ValidItem<Values, Result>>,
		session: Session,
		options: DispatchOptions,
	): Promise<void>;
	/** Whether sending this item again, in another run, could change nothing. */
	isRepeatable(values: Values): boolean;
	/** Items with the same key are sent in input order, one at a time. */
	orderKey?(values: Values): string;
	/** What a dry run shows of an item; sends nothing. Only writes have one. */
	preview?(values: Values): IDataObject;
	/** @throws CakeError */
	perform(values: Values, session: Session): Promise<Result>;
	/**
	 * Decides what the replies left open.
	 * @param line absent when nothing more may be sent
	 * @param isLast whether everything is sent
	 */
	resolve?(
		items: Array<ValidItem<Values, Result>>,
		context: RequestContext | undefined,
		isLast: boolean,
	): Promise<void>;
	/** Whether an item was left alone on purpose. */
	isSkipped?(result: Result): boolean;
	/** The output items of a result. */
	toRows(result: Result, values: Values): IDataObject[];
}
