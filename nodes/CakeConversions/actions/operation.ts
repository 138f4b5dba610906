import type { DateTime } from 'luxon';
import type { IDataObject, NodeExecutionHint } from 'n8n-workflow';

import type { DispatchOptions, Outcome } from '../../cake/transport/dispatch';
import { CakeError } from '../../cake/errors';
import type { RequestContext } from '../../cake/transport/retry';
import type { LimitExceeded } from '../../shared/failures';
import type { Fields, InvalidField } from '../../shared/fields';
import type { Limits } from './limits';

/** The request context of one run of the node, with a way to show hints. */
export interface Session extends RequestContext {
	/** Shows a hint beside the node's output. */
	hint(hint: NodeExecutionHint): void;
}

/** Settings that all items of a run share. */
export interface RunSettings {
	/** IANA name of the workflow's time zone. */
	timezone: string;
	/** The start of the run: ranges such as 'Last Month' are the same for all items. */
	now: DateTime;
	/** Whether an AI agent called the node. */
	isTool: boolean;
	/** Whether n8n's Retry On Fail is on. When the node fails, n8n runs it again with all items. */
	isRetriedByN8n: boolean;
	/** Whether n8n's Execute Once is on. The node gets the first item only. */
	isExecutedOnce: boolean;
}

/** The outcome of a dry run: the output item in place of a result. */
interface Preview {
	status: 'previewed';
	row: IDataObject;
}

/** An input item that passed validation. `sendItems` sets its `outcome`. */
export interface ValidItem<Values, Result> {
	readonly index: number;
	/** The data of the input item. */
	readonly json: IDataObject;
	readonly values: Values;
	readonly isDryRun: boolean;
	/** Absent if the user added none. */
	readonly limits?: Limits | undefined;
	/** Set on a dry run: the limit that would stop this run. */
	exceeded?: LimitExceeded | undefined;
	outcome: Outcome<Result> | Preview;
}

/** An input item that did not pass validation. */
interface InvalidItem {
	readonly index: number;
	readonly refusal: InvalidField;
}

/** One object for each input item. `validateItems` creates it, and the stages after it add to it. */
export type Item<Values, Result> = ValidItem<Values, Result> | InvalidItem;

export function isValid<Values, Result>(
	item: Item<Values, Result>,
): item is ValidItem<Values, Result> {
	return 'values' in item;
}

/** The `CakeError` an item failed with; undefined when it did not fail, or failed with another error. */
export function getFailure({ outcome }: ValidItem<unknown, unknown>): CakeError | undefined {
	const error = outcome.status === 'failed' ? outcome.error : undefined;
	return error instanceof CakeError ? error : undefined;
}

/** Whether it is unknown if CAKE stored the item. */
export function isUnclear(item: ValidItem<unknown, unknown>): boolean {
	return getFailure(item)?.kind === 'unknownOutcome';
}

/** A write that may go out, as the limits see it. */
export interface PlannedWrite {
	/** Names the item in messages, such as `Conversion ID 7`. */
	name: string;
	/** What it pays the affiliate, a number or text; anything else if that is not known. */
	payout: unknown;
	/** What the advertiser is charged for it. */
	revenue: unknown;
}

/** What the limits on writes need to know of an operation. */
export interface WritePlanner<Values> {
	/** Every write that these items can cause, after their conversions were found. */
	plan(items: Values[]): PlannedWrite[];
	/** A sentence that says how to make an amount known. */
	adviseOn(label: 'Payout' | 'Revenue'): string;
}

/**
 * One operation of the node. All items are validated before the first is sent, so that a bad value is
 * found before the first write.
 */
export interface Operation<Values, Result> {
	isWrite: boolean;
	/** @throws InvalidField */
	validate(item: Fields, settings: RunSettings): Values;
	/** Hints about the items of a run, before anything is sent. */
	describeItems?(items: Values[], total: number): NodeExecutionHint[];
	/** Hints about the outcomes, after everything was sent. */
	describeOutcomes?(items: Array<ValidItem<Values, Result>>, total: number): NodeExecutionHint[];
	/** Finds the conversions that items refer to. An item whose conversion is not found fails. */
	findConversions?(
		items: Array<ValidItem<Values, Result>>,
		session: Session,
		options: DispatchOptions,
	): Promise<void>;
	/** Says which items of a run that failed may be sent again. Only writes have it. */
	adviseOnRepeat?(items: Values[]): string;
	/** Items with the same key are sent in input order, one at a time. */
	orderKey?(values: Values): string;
	/** For the limits. Only writes have it. */
	writes?: WritePlanner<Values>;
	/** The output item of a dry run. Sends nothing. Only writes have it. */
	preview?(values: Values): IDataObject;
	/** @throws CakeError */
	perform(values: Values, session: Session): Promise<Result>;
	/**
	 * Decides the outcome of items whose replies were unclear.
	 * @param context absent when nothing more may be sent
	 * @param isAllSent whether no item is left to send
	 */
	resolve?(
		items: Array<ValidItem<Values, Result>>,
		context: RequestContext | undefined,
		isAllSent: boolean,
	): Promise<void>;
	/** Whether the operation skipped the item, as its options asked. */
	isSkipped?(result: Result): boolean;
	toRows(result: Result, values: Values): IDataObject[];
	/** Output after that of all items, such as what the items lack. It is paired with the first item. */
	toMoreRows?(): IDataObject[];
}
