import { NodeOperationError, type IExecuteFunctions, type IPollFunctions } from 'n8n-workflow';

import { CakeClient } from '../cake/transport/client';
import { asError } from '../cake/errors';

/** @throws NodeOperationError when the node's credential cannot be used */
export async function connect(context: IExecuteFunctions | IPollFunctions): Promise<CakeClient> {
	try {
		return await CakeClient.connect(context);
	} catch (error) {
		throw new NodeOperationError(context.getNode(), asError(error), {
			failure: { cause: 'credential-invalid' },
		});
	}
}
