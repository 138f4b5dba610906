import { NodeOperationError, type INode } from 'n8n-workflow';

import { asError } from '../cake/errors';
import { Slots } from '../cake/transport/semaphore';
import { toNodeError } from '../shared/failures';
import type { Fields } from '../shared/fields';

/** What n8n shows when a read-only credential is to write. A dry run writes nothing. */
export function readOnlyRefusal(node: INode): NodeOperationError {
	return new NodeOperationError(node, 'This CAKE credential is read-only', {
		description:
			"Nothing was sent. To record or update conversions, turn 'Read Only' off in the credential, or choose another one. To try the workflow without writing, turn on 'Dry Run' under Options.",
		failure: { cause: 'configuration-invalid' },
	});
}

/**
 * The members of 'Options' that are the same for the whole run, read from the first item.
 * @throws NodeOperationError
 */
export function readOptions(node: INode, firstItem: Fields) {
	const options = firstItem.members('options');
	try {
		const timeoutMs = options.wholeNumber('timeout') * 1000;
		return {
			slots: new Slots(options.wholeNumber('maxConcurrent')),
			retries: options.wholeNumber('retries'),
			remainingMs: () => timeoutMs,
		};
	} catch (error) {
		throw toNodeError(node, asError(error), { audience: 'editor' });
	}
}
