import { SANDBOX_CREDENTIAL } from '../../harness/server/credentials.mts';
import type { Workflow, WorkflowNode } from '../../harness/server/workflows.mts';

/** A node of a job, before it has a position in a workflow. */
export type Step = Pick<WorkflowNode, 'name' | 'type' | 'typeVersion' | 'parameters'> &
	Partial<WorkflowNode>;

const { id, name, type } = SANDBOX_CREDENTIAL;
const credentials = { [type]: { id, name } };

/** A call to this webhook runs a workflow. The reply comes after the last node. */
export function webhook(path: string): Step {
	return {
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		webhookId: path,
		parameters: {
			httpMethod: 'POST',
			path,
			responseMode: 'lastNode',
			responseData: 'firstEntryJson',
			options: {},
		},
	};
}

export function cake(parameters: Record<string, unknown>): Step {
	return {
		name: 'CAKE',
		type: 'n8n-nodes-cake.cakeConversions',
		typeVersion: 1,
		credentials,
		parameters,
	};
}

/** `credential` puts the key where CAKE expects it. */
const AUTHENTICATION = {
	credential: { authentication: 'predefinedCredentialType', nodeCredentialType: type },
	none: { authentication: 'none' },
};

export function httpRequest(
	url: string,
	query: Record<string, string>,
	options: Record<string, unknown> = {},
	authentication: keyof typeof AUTHENTICATION = 'credential',
): Step {
	const parameters = Object.entries(query).map(([key, value]) => ({ name: key, value }));
	return {
		name: 'HTTP Request',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		...(authentication === 'credential' && { credentials }),
		parameters: {
			url,
			...AUTHENTICATION[authentication],
			sendQuery: true,
			queryParameters: { parameters },
			options,
		},
	};
}

/** Split Out makes an item of each row of a list. */
export function splitOut(field: string): Step {
	return {
		name: 'Split Out',
		type: 'n8n-nodes-base.splitOut',
		typeVersion: 1,
		parameters: { fieldToSplitOut: field, options: {} },
	};
}

/** A node of this bench (nodes/). n8n calls nodes outside a package CUSTOM. */
export function own(
	node: 'items' | 'bareLoop' | 'result',
	parameters: Record<string, unknown> = {},
): Step {
	const given = node === 'bareLoop' ? { credentials } : {};
	return { name: node, type: `CUSTOM.${node}`, typeVersion: 1, parameters, ...given };
}

/** Connects steps one after another. For every side, n8n saves no execution data. */
export function buildWorkflow(title: string, steps: Step[]): Workflow {
	const nodes = steps.map((step, index): WorkflowNode => ({
		position: [index * 220, 0],
		...step,
	}));
	const links = steps
		.slice(1)
		.map((step, index) => [
			steps[index].name,
			{ main: [[{ node: step.name, type: 'main', index: 0 }]] },
		]);
	return {
		name: title,
		nodes,
		connections: Object.fromEntries(links) as Record<string, unknown>,
		settings: {
			executionOrder: 'v1',
			saveDataSuccessExecution: 'none',
			saveExecutionProgress: false,
		},
	};
}
