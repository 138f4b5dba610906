import { SANDBOX_CREDENTIAL } from '../../../harness/server/credentials.mts';
import type { Workflow, WorkflowNode } from '../../../harness/server/workflows.mts';

/** The name of the first node of buildWorkflow(). */
export const START = 'Start';
/** The name of the CAKE node of buildWorkflow(). */
export const CAKE = 'CAKE';

const CAKE_TYPE = 'n8n-nodes-cake.cakeConversions';

/** Builds a workflow of a manual trigger and a CAKE node with these parameters and settings. */
export function buildWorkflow(
	name: string,
	parameters: Record<string, unknown>,
	settings: Partial<WorkflowNode> = {},
): Workflow {
	const { id, name: credential, type } = SANDBOX_CREDENTIAL;
	const start: WorkflowNode = {
		name: START,
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const cake: WorkflowNode = {
		name: CAKE,
		type: CAKE_TYPE,
		typeVersion: 1,
		position: [220, 0],
		parameters,
		credentials: { [type]: { id, name: credential } },
		...settings,
	};
	return {
		name,
		nodes: [start, cake],
		connections: { [START]: { main: [[{ node: CAKE, type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	};
}
