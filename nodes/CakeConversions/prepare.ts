import { sleep, type IExecuteFunctions } from 'n8n-workflow';

import { asError } from '../cake/errors';
import { readDryRun } from './operations/dryRun';
import type { Operation, RunSettings } from './operations/operation';
import { InvalidField } from '../shared/collection';
import { ItemParameters, type Parameters } from './parameters';

/** An item that passed every check, or why it did not. */
export type PreparedItem<T> = CheckedItem<T> | { refusal: Refusal };

export interface CheckedItem<T> {
	values: T;
	/** It is only to be shown what would be sent for it. */
	isDryRun: boolean;
}

export type Refusal = Pick<InvalidField, 'message' | 'reason'>;

/** n8n serves others from this thread: after so long they get a turn. */
const TURN_MS = 50;

/**
 * Checks every item before anything is sent. Each expression is evaluated once.
 * An InvalidField is that item's refusal; anything else thrown (an expression that fails) is n8n's.
 */
export async function prepareItems<T, Ready>(
	context: IExecuteFunctions,
	operation: Operation<T, Ready>,
	parameters: Parameters,
	settings: RunSettings,
	continues: boolean,
): Promise<Array<PreparedItem<T>>> {
	const prepared: Array<PreparedItem<T>> = [];
	let turn = Date.now();
	for (let index = 0; index < context.getInputData().length; index++) {
		try {
			const item = new ItemParameters(parameters, index);
			const values = operation.prepare(item, settings);
			prepared.push({ values, isDryRun: operation.rehearse ? readDryRun(item) : false });
		} catch (error) {
			prepared.push({ refusal: asRefusal(error, continues) });
		}
		if (Date.now() - turn >= TURN_MS) {
			await sleep(0);
			turn = Date.now();
		}
	}
	return prepared;
}

function asRefusal(error: unknown, continues: boolean): Refusal {
	if (error instanceof InvalidField) return error;
	// Preparing only reads fields, so this is an expression that failed. What n8n throws for it has many
	// names; thrown on under Continue On Fail, all items would be passed on as done.
	if (continues && error instanceof Error) {
		return {
			message: error.message,
			reason: 'An expression of this item failed. Nothing was sent for it.',
		};
	}
	throw asError(error);
}
