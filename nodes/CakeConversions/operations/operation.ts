import type { NodeExecutionHint } from 'n8n-workflow';

import type { CakeClient } from '../../cake/client';
import type { RetryOptions } from '../../cake/retry';
import type { ConversionRow } from '../../cake/types';
import type { ItemParameters } from '../parameters';

/** What becomes of an item: conversions as CAKE has them. */
export type Rows = ConversionRow[];

/** What an operation needs to talk to CAKE during a run. */
export interface Session extends RetryOptions {
	client: CakeClient;
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

/**
 * One operation of the node: what becomes of an item. `prepare` checks everything and sends nothing,
 * so that one bad item among a thousand is found before the first write.
 */
export interface Operation<Prepared> {
	isWrite: boolean;
	/** @throws InvalidField */
	prepare(item: ItemParameters, settings: RunSettings): Prepared;
	/** Items with the same key are sent in input order, one at a time. */
	orderKey?(prepared: Prepared): string;
	/** @throws CakeError */
	perform(prepared: Prepared, session: Session): Promise<Rows>;
}
