import assert from 'node:assert/strict';
import { type Execution, runWorkflow } from '../../../../harness/server/executions.mts';
import { importWorkflow } from '../../../../harness/server/workflows.mts';
import type { Checks } from '../../support/checks.mts';
import type { Fresh } from '../../support/fresh.mts';
import type { ChatRequest, ScriptedModel, ToldTool } from '../../support/scripted-model.mts';
import { START } from '../../support/workflows.mts';
import { type Tool, toldName } from './tools.mts';
import { type AgentVersion, agentWorkflow } from './workflow.mts';

/** What the checks of the agent work with. */
export interface Stage {
	fresh: Fresh;
	checks: Checks;
	model: ScriptedModel;
	/** n8n's credential for the model. */
	openAi: { id: string; name: string };
}

/** One call of a tool that the model is to make. */
export interface Call {
	tool: Tool;
	given: Record<string, unknown>;
}

/** What came of a run of the agent, as the model saw it. */
export interface Talk {
	execution: Execution;
	/** What it was told of its tools. */
	told: ToldTool[];
	/** What it was given as the result of each call, in order: the items. */
	results: Array<Array<Record<string, unknown>>>;
}

let talks = 0;

/**
 * Has the agent make these calls one after the other, as n8n's editor would run the workflow.
 * @param version of the agent; the newest by default
 */
export async function talk(
	{ fresh: { instance }, model, openAi }: Stage,
	calls: Call[],
	version: AgentVersion = 3.1,
): Promise<Talk> {
	const tools = [...new Set(calls.map(({ tool }) => tool))];
	const workflow = agentWorkflow(`Agent ${++talks}`, tools, openAi, version);
	const { id } = await importWorkflow(instance, workflow);
	const before = model.requests.length;
	model.script([
		...calls.map(({ tool, given }) => ({
			calls: [{ tool: toldName(tool), arguments: given }],
		})),
		{ text: 'Done.' },
	]);
	const execution = await runWorkflow(instance, id, START);
	assert.equal(execution.status, 'success', execution.error?.message);
	const requests = model.requests.slice(before);
	assert.equal(requests.length, calls.length + 1, 'the agent asked the model another time');
	return {
		execution,
		told: requests[0].tools?.map((tool) => tool.function) ?? [],
		results: resultsIn(requests[requests.length - 1]),
	};
}

function resultsIn({ messages }: ChatRequest): Talk['results'] {
	return messages
		.filter(({ role }) => role === 'tool')
		.map(({ content }) => JSON.parse(String(content)) as Array<Record<string, unknown>>);
}

/** The failure that a result is, with its details; fails the check when it is none. */
export function failureIn(result: Array<Record<string, unknown>>) {
	const [{ error, details }] = result;
	assert.equal(result.length, 1);
	assert.equal(typeof error, 'string');
	const { kind, reason } = details as { kind: string; reason: string };
	return { error: String(error), kind, reason };
}
