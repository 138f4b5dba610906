import type { IExecuteFunctions } from 'n8n-workflow';

import { asError } from '../../cake/errors';
import type { LoopBreaks } from '../../cake/loopBreaks';
import { InvalidField } from '../../shared/fields';
import { readDryRun } from '../actions/dryRun';
import { readLimits } from '../actions/limits';
import type { Item, Operation, RunSettings } from '../actions/operation';
import type { Parameters } from './parameters';

/**
 * Validates every item before anything is sent. An item with an invalid field gets a refusal.
 * @throws the error of an expression that fails, under On Error > Stop Workflow
 */
export async function validateItems<Values, Result>(
	context: IExecuteFunctions,
	operation: Operation<Values, Result>,
	parameters: Parameters,
	settings: RunSettings,
	shouldContinue: boolean,
	breaks: LoopBreaks,
): Promise<Array<Item<Values, Result>>> {
	const items: Array<Item<Values, Result>> = [];
	for (const [index, { json }] of context.getInputData().entries()) {
		try {
			const fields = parameters.getFields(index);
			const values = operation.validate(fields, settings);
			const isDryRun = operation.preview ? readDryRun(fields) : false;
			const limits = operation.writes && readLimits(fields);
			items.push({ index, json, values, isDryRun, limits, outcome: { status: 'notSent' } });
		} catch (error) {
			items.push({ index, refusal: asRefusal(error, shouldContinue) });
		}
		if (breaks.isDue) await breaks.take();
	}
	return items;
}

function asRefusal(error: unknown, shouldContinue: boolean): InvalidField {
	if (error instanceof InvalidField) return error;
	// Validation only reads fields, so an expression failed. n8n's errors for it have no common class. If
	// this threw under On Error > Continue, n8n would pass all items on as if they had succeeded.
	if (shouldContinue && error instanceof Error) {
		const reason = 'An expression of this item failed. Nothing was sent for it.';
		return new InvalidField(error.message, reason);
	}
	throw asError(error);
}
