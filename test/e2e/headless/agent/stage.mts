import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Execution, runWorkflow } from '../../../../harness/server/executions.mts';
import { importWorkflow } from '../../../../harness/server/workflows.mts';
import type { Fresh } from '../../support/fresh.mts';
import type { ChatRequest, ScriptedModel, ToldTool } from '../../support/scripted-model.mts';
import { START } from '../../support/workflows.mts';
import { type Tool, toldName } from './tools.mts';
import { type AgentVersion, buildAgentWorkflow } from './workflow.mts';

/** Shared by the checks of the agent. */
export interface Stage {
	fresh: Fresh;
	t: TestContext;
	model: ScriptedModel;
	/** n8n's credential for the model. */
	openAi: { id: string; name: string };
}

/** A tool call that the scripted model makes. */
export interface Call {
	tool: Tool;
	given: Record<string, unknown>;
}

/** A run of the agent, as the model saw it. */
export interface Talk {
	execution: Execution;
	/** The tools as the agent described them to the model. */
	told: ToldTool[];
	/** The items that each call gave the model, in the order of the calls. */
	results: Array<Array<Record<string, unknown>>>;
}

let talks = 0;

/**
 * Runs an agent whose model makes these calls one after the other, as n8n's editor runs a workflow.
 * @param version of the agent; the newest by default
 */
export async function talk(
	{ fresh: { instance }, model, openAi }: Stage,
	calls: Call[],
	version: AgentVersion = 3.1,
): Promise<Talk> {
	const tools = [...new Set(calls.map(({ tool }) => tool))];
	const workflow = buildAgentWorkflow(`Agent ${++talks}`, tools, openAi, version);
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
		results: readResults(requests[requests.length - 1]),
	};
}

function readResults({ messages }: ChatRequest): Talk['results'] {
	return messages
		.filter(({ role }) => role === 'tool')
		.map(({ content }) => JSON.parse(String(content)) as Array<Record<string, unknown>>);
}

/** Reads the failure in a result. Throws when the result is no failure. */
export function readFailure(result: Array<Record<string, unknown>>) {
	const [{ error, details }] = result;
	assert.equal(result.length, 1);
	assert.equal(typeof error, 'string');
	const { kind, reason } = details as { kind: string; reason: string };
	return { error: String(error), kind, reason };
}
