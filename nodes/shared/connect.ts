import { NodeOperationError } from 'n8n-workflow';

import { CakeClient, type NodeContext } from '../cake/transport/client';
import { asError } from '../cake/errors';

/** @throws NodeOperationError when the node's credential cannot be used */
export async function connect(context: NodeContext): Promise<CakeClient> {
	try {
		return await CakeClient.connect(context);
	} catch (error) {
		throw new NodeOperationError(context.getNode(), asError(error), {
			failure: { cause: 'credential-invalid' },
		});
	}
}
