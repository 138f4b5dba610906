import { NodeOperationError, type IExecuteFunctions, type IPollFunctions } from 'n8n-workflow';

import { CakeClient } from '../cake/transport/client';
import { asError } from '../cake/errors';

/**
 * A client with the credential of the node.
 * @throws NodeOperationError when the credential cannot be used
 */
export async function connect(context: IExecuteFunctions | IPollFunctions): Promise<CakeClient> {
	try {
		return await CakeClient.connect(context);
	} catch (error) {
		throw new NodeOperationError(context.getNode(), asError(error), {
			failure: { cause: 'credential-invalid' },
		});
	}
}
