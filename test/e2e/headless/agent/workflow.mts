import { SANDBOX_CREDENTIAL } from '../../../../harness/server/credentials.mts';
import type { Workflow, WorkflowNode } from '../../../../harness/server/workflows.mts';
import { START, buildWorkflow } from '../../support/workflows.mts';
import type { Tool } from './tools.mts';

/** The name of the agent's node. */
export const AGENT = 'AI Agent';
const MODEL = 'OpenAI Chat Model';
const TOOL_TYPE = 'n8n-nodes-cake.cakeConversionsTool';

/** Since agent version 3, n8n runs a tool as a node of its own; before, inside the agent. */
export type AgentVersion = 3.1 | 2.2;

/** Builds a workflow with an AI agent, its model and these tools, started by hand. */
export function buildAgentWorkflow(
	name: string,
	tools: Tool[],
	openAi: { id: string; name: string },
	version: AgentVersion,
): Workflow {
	const { id, name: credential, type } = SANDBOX_CREDENTIAL;
	const [start] = buildWorkflow(name, {}).nodes;
	const agent: WorkflowNode = {
		name: AGENT,
		type: '@n8n/n8n-nodes-langchain.agent',
		typeVersion: version,
		position: [220, 0],
		parameters: { promptType: 'define', text: 'Do what the script says.', options: {} },
	};
	const model: WorkflowNode = {
		name: MODEL,
		type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
		typeVersion: 1.2,
		position: [160, 220],
		parameters: {
			model: { __rl: true, mode: 'id', value: 'scripted' },
			options: { maxRetries: 0 },
		},
		credentials: { openAiApi: openAi },
	};
	const cakes = tools.map((tool, index): WorkflowNode => ({
		name: tool.name,
		type: TOOL_TYPE,
		typeVersion: 1,
		position: [300 + index * 160, 220],
		parameters: tool.parameters,
		credentials: { [type]: { id, name: credential } },
	}));
	const link = (from: string, to: string, kind: string) => [
		from,
		{ [kind]: [[{ node: to, type: kind, index: 0 }]] },
	];
	return {
		name,
		nodes: [start, agent, model, ...cakes],
		connections: Object.fromEntries([
			link(START, AGENT, 'main'),
			link(MODEL, AGENT, 'ai_languageModel'),
			...tools.map((tool) => link(tool.name, AGENT, 'ai_tool')),
		]) as Workflow['connections'],
		settings: { executionOrder: 'v1' },
	};
}
