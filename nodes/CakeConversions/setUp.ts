import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

import { Slots } from '../cake/slots';
import { toWholeNumber } from '../cake/values';
import { ItemParameters, type Parameters } from './parameters';

/** What n8n shows when a read-only credential is to write. A dry run writes nothing. */
export function readOnlyRefusal(context: IExecuteFunctions): NodeOperationError {
	return new NodeOperationError(context.getNode(), 'This CAKE credential is read-only', {
		description:
			"Nothing was sent. To record or update conversions, turn 'Read Only' off in the credential, or choose another one. To try the workflow without writing, turn on 'Dry Run' under Options.",
		failure: { cause: 'configuration-invalid' },
	});
}

/**
 * The members of 'Options' that are the same for the whole run, read from the first item.
 * @throws NodeOperationError
 */
export function readOptions(context: IExecuteFunctions, parameters: Parameters) {
	const options = new ItemParameters(parameters, 0).collection('options');
	try {
		const seconds = options.optional('Timeout (Seconds)', 'timeout', (value) =>
			toWholeNumber(value, 1, 3600),
		);
		const maxConcurrent = options.optional('Max Concurrent', 'maxConcurrent', (value) =>
			toWholeNumber(value, 1, 100),
		);
		return {
			slots: new Slots(maxConcurrent ?? 20),
			retries: options.optional('Retries', 'retries', (value) => toWholeNumber(value, 0, 20)) ?? 4,
			timeoutMs: (seconds ?? 60) * 1000,
		};
	} catch (error) {
		throw new NodeOperationError(context.getNode(), error as Error, {
			description: (error as { reason?: string }).reason,
		});
	}
}
