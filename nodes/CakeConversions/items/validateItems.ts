import { sleep, type IExecuteFunctions } from 'n8n-workflow';

import { asError } from '../../cake/errors';
import { InvalidField } from '../../shared/fields';
import { readDryRun } from '../actions/dryRun';
import type { Item, Operation, RunSettings } from '../actions/operation';
import type { Parameters } from './parameters';

/** n8n serves others from this thread: after so long they get a turn. */
const TURN_MS = 50;

/**
 * Checks every item before anything is sent. Each expression is evaluated once.
 * An InvalidField is that item's refusal; anything else thrown (an expression that fails) is n8n's.
 */
export async function validateItems<Values, Result>(
	context: IExecuteFunctions,
	operation: Operation<Values, Result>,
	parameters: Parameters,
	settings: RunSettings,
	continues: boolean,
): Promise<Array<Item<Values, Result>>> {
	const items: Array<Item<Values, Result>> = [];
	let turn = Date.now();
	for (let index = 0; index < context.getInputData().length; index++) {
		try {
			const fields = parameters.ofItem(index);
			const values = operation.validate(fields, settings);
			const isDryRun = operation.preview ? readDryRun(fields) : false;
			items.push({ index, values, isDryRun, outcome: { status: 'notSent' } });
		} catch (error) {
			items.push({ index, refusal: asRefusal(error, continues) });
		}
		if (Date.now() - turn >= TURN_MS) {
			await sleep(0);
			turn = Date.now();
		}
	}
	return items;
}

function asRefusal(error: unknown, continues: boolean): InvalidField {
	if (error instanceof InvalidField) return error;
	// Validation only reads fields, so this is an expression that failed. What n8n throws for it has many
	// names; thrown on under On Error > Continue, all items would be passed on as done.
	if (continues && error instanceof Error) {
		const reason = 'An expression of this item failed. Nothing was sent for it.';
		return new InvalidField(error.message, reason);
	}
	throw asError(error);
}
