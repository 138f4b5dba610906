import type { INodeExecutionData } from 'n8n-workflow';

import type { NameLookup } from '../../cake/directory/nameLookup';
import type { LoopBreaks } from '../../cake/loopBreaks';
import { describeMissingNames } from '../../shared/names';
import { toHint } from '../actions/hints';
import type { Operation, Session } from '../actions/operation';

/** The same operation, but the names for each result are looked up while the other items are sent. */
export function lookUpNames<Values, Result>(
	operation: Operation<Values, Result>,
	lookup: NameLookup,
): Operation<Values, Result> {
	return {
		...operation,
		async perform(values, session) {
			const result = await operation.perform(values, session);
			lookup.want(operation.toRows(result, values));
			return result;
		},
	};
}

/** Adds the names to the output, as soon as all are there. A name that is not found is left out. */
export async function addNames(
	output: INodeExecutionData[],
	lookup: NameLookup,
	session: Pick<Session, 'hint'>,
	breaks: LoopBreaks,
): Promise<INodeExecutionData[]> {
	// Dry runs have rows, too.
	lookup.want(output.map(({ json }) => json));
	await lookup.settle();
	const missing = describeMissingNames(lookup);
	if (missing) session.hint(toHint(missing));
	for (const item of output) {
		item.json = lookup.addTo(item.json);
		if (breaks.isDue) await breaks.take();
	}
	return output;
}
