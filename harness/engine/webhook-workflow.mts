import type { ServerResponse } from 'node:http';
import type {
	IDataObject,
	INode,
	INodeParameters,
	INodeType,
	IWebhookData,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
	IWorkflowExecuteAdditionalData,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { buildAdditionalData } from './additional-data.mts';
import { CredentialsHelper } from './credentials.mts';
import { core, packageDirectory, startExpressionEngine, workflowPackage } from './n8n.mts';
import { loadPackage, NodeTypes } from './nodes.mts';

export const NAME = 'CAKE Postback Trigger';
const TYPE = 'n8n-nodes-cake.cakePostbackTrigger';
const CREDENTIAL_TYPE = 'cakePostbackApi';
const CREDENTIAL_ID = 'credential';
export const WEBHOOK_ID = '3f0e6c52-6f0b-4a53-9d0c-2f7a1f6f5b10';

export interface WebhookOptions {
	parameters?: INodeParameters;
	/** Data of the credential. Without it n8n does not find the credential. */
	credential?: IDataObject;
	/** Other nodes with webhooks in the same workflow have other IDs. */
	nodeId?: string;
	/** Awaited before each execution starts. */
	beforeExecution?: () => Promise<void>;
}

/** A call that reached a webhook. */
export interface Received {
	workflow: Workflow;
	node: INode;
	additionalData: IWorkflowExecuteAdditionalData;
	webhook: IWebhookData;
	mode: WorkflowExecuteMode;
	response: ServerResponse;
}

/** The credentials that n8n has stored. */
export function getStore({ credential }: WebhookOptions) {
	return credential ? { [CREDENTIAL_ID]: { type: CREDENTIAL_TYPE, data: credential } } : {};
}

export function getType(workflow: Workflow, node: INode): INodeType {
	return workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
}

/** The webhooks of a node, one for each method. */
export function listWebhooks(workflow: Workflow, node: INode): IWebhookData[] {
	const descriptions = getType(workflow, node).description.webhooks ?? [];
	return descriptions.map((webhookDescription: IWebhookDescription) => ({
		httpMethod: webhookDescription.httpMethod as IWebhookData['httpMethod'],
		node: node.name,
		path: workflowPackage.NodeHelpers.getNodeWebhookPath(
			workflow.id,
			node,
			webhookDescription.path,
			false,
		),
		webhookDescription,
		workflowId: workflow.id,
		workflowExecuteAdditionalData: {} as IWorkflowExecuteAdditionalData,
	}));
}

/** The workflow as n8n loads it for each call: the trigger alone. */
export async function loadWorkflow(id: string, options: WebhookOptions) {
	const loaded = await loadPackage(packageDirectory);
	await startExpressionEngine();
	const { nodeId = 'trigger', parameters = {} } = options;
	const node: INode = {
		id: nodeId,
		webhookId: WEBHOOK_ID,
		name: NAME,
		type: TYPE,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials: { [CREDENTIAL_TYPE]: { id: CREDENTIAL_ID, name: 'CAKE postbacks' } },
	};
	const workflow = new workflowPackage.Workflow({
		id,
		name: 'Workflow',
		active: true,
		nodes: [node],
		connections: {},
		nodeTypes: new NodeTypes(loaded),
		settings: { timezone: 'UTC' },
	});
	const additionalData = buildAdditionalData({
		credentialsHelper: new CredentialsHelper(loaded, getStore(options)),
		executionId: '',
		workflowId: id,
		workflowSettings: workflow.settings,
		uiMessages: [],
	});
	return { workflow, node: workflow.getNode(NAME) as INode, additionalData };
}

export async function callNode(received: Received): Promise<IWebhookResponseData> {
	const { workflow, node, additionalData, mode, webhook } = received;
	const context: object = new core.WebhookContext(
		workflow,
		node,
		additionalData,
		mode,
		webhook,
		[],
		null,
	);
	const type = getType(workflow, node);
	return (await type.webhook?.call(context as IWebhookFunctions)) ?? {};
}
