import type {
	ICredentialsHelper,
	IDataObject,
	IWorkflowExecuteAdditionalData,
	IWorkflowSettings,
} from 'n8n-workflow';
import { container, core } from './n8n.mts';

/** A message that a node sent to the editor. */
export interface UiMessage {
	type: string;
	data: IDataObject | IDataObject[];
}

/** What differs between executions. */
export interface ExecutionSetting {
	credentialsHelper: ICredentialsHelper;
	executionId: string;
	workflowId: string;
	workflowSettings: IWorkflowSettings;
	uiMessages: UiMessage[];
}

const base = 'http://localhost:5678/';

async function rejectUnsupported(): Promise<never> {
	throw new Error('Not part of the harness');
}

/**
 * Builds what n8n's server passes to the engine (getBase of workflow-execute-additional-data.js in
 * n8n 2.41). Parts that need its database are left out: sub-workflows, agents, task runners.
 */
export function buildAdditionalData(setting: ExecutionSetting): IWorkflowExecuteAdditionalData {
	return {
		currentNodeExecutionIndex: 0,
		credentialsHelper: setting.credentialsHelper,
		executionId: setting.executionId,
		workflowId: setting.workflowId,
		workflowSettings: setting.workflowSettings,
		userId: 'user',
		projectId: 'project',
		variables: {},
		restApiUrl: `${base}rest`,
		instanceBaseUrl: base,
		formBaseUrl: `${base}form`,
		formWaitingBaseUrl: `${base}form-waiting`,
		formTestBaseUrl: `${base}form-test`,
		webhookBaseUrl: `${base}webhook`,
		webhookWaitingBaseUrl: `${base}webhook-waiting`,
		webhookTestBaseUrl: `${base}webhook-test`,
		mcpBaseUrl: `${base}mcp`,
		mcpTestBaseUrl: `${base}mcp-test`,
		externalSecretsProxy: container.get(core.ExternalSecretsProxy),
		executeWorkflow: rejectUnsupported,
		getRunExecutionData: rejectUnsupported,
		getRuntimeCredential: rejectUnsupported,
		startRunnerTask: rejectUnsupported,
		setExecutionStatus: () => {},
		sendDataToUI: (type, data) => {
			setting.uiMessages.push({ type, data });
		},
		logAiEvent: () => {},
	};
}
