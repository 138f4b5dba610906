import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'flatted';
import type { Instance } from './instance.mts';
import { Problem } from './problem.mts';

const ASK_EVERY_MS = 150;
const END_WITHIN_MS = 120_000;
const RUNNING = ['new', 'running', 'unknown'];
const UNFINISHED = [...RUNNING, 'waiting'];

/** An item that a node outputs. */
export interface Item {
	json: Record<string, unknown>;
	pairedItem?: unknown;
}

/** The result of one run of a node. */
export interface NodeRun {
	executionStatus?: string;
	error?: { message: string; description?: string };
	/** A list of items for each output, null for an output without items. */
	data?: { main: Array<Item[] | null> };
	hints?: Array<{ message: string }>;
}

/** An execution that has ended. */
export interface Execution {
	/** Absent when n8n's command ran the workflow. */
	id?: string;
	status: string;
	/** Why it failed. */
	error?: { message: string; description?: string } | undefined;
	/** Runs by node name. */
	runs: Record<string, NodeRun[]>;
}

/** An execution in n8n's list. */
export interface ListedExecution {
	id: string;
	status: string;
	mode: string;
	workflowId: string;
}

interface StoredRun {
	resultData: { error?: Execution['error']; runData?: Execution['runs'] };
}

/** The items of one output of a node, from its last run. */
export function listItems(execution: Execution, node: string, output = 0): Item[] {
	return execution.runs[node]?.at(-1)?.data?.main[output] ?? [];
}

/**
 * Runs a workflow as the editor's button does, and waits for its end. Takes about a second.
 * @param trigger the name of a trigger that needs no call from outside: one such as manual or
 * schedule, or one that has data pinned to it
 * @param output what the trigger outputs, for a trigger whose user types it in the editor (chat)
 */
export async function runWorkflow(
	instance: Instance,
	workflowId: string,
	trigger: string,
	output?: Item['json'],
): Promise<Execution> {
	return await endOfExecution(instance, await startWorkflow(instance, workflowId, trigger, output));
}

/** Runs a workflow as `runWorkflow` does, up to a page of a form that a user has to open. */
export async function runWorkflowToForm(
	instance: Instance,
	workflowId: string,
	trigger: string,
): Promise<Execution> {
	const id = await startWorkflow(instance, workflowId, trigger);
	return await executionUntil(instance, id, (status) => !RUNNING.includes(status));
}

async function startWorkflow(
	instance: Instance,
	workflowId: string,
	trigger: string,
	output?: Item['json'],
): Promise<string> {
	const data = output && {
		startTime: Date.now(),
		executionTime: 0,
		executionStatus: 'success',
		data: { main: [[{ json: output }]] },
		source: [null],
	};
	const answer = await instance.rest.post<{ executionId?: string }>(
		`/workflows/${workflowId}/run`,
		{ triggerToStartFrom: { name: trigger, data } },
	);
	if (!answer.executionId) {
		throw new Problem(`n8n waits for a call of the trigger ${trigger}: activate, then call it`);
	}
	return answer.executionId;
}

/** Runs a workflow with n8n's command, in a process of its own. Takes some seconds. */
export async function executeByCommand(instance: Instance, workflowId: string): Promise<Execution> {
	const { output } = await instance.command(['execute', `--id=${workflowId}`, '--rawOutput']);
	const lines = output.split('\n');
	const json = lines.slice(lines.indexOf('{'), lines.lastIndexOf('}') + 1).join('\n');
	if (!lines.includes('{')) throw new Problem(`n8n execute gave no data: ${output.slice(-2000)}`);
	const { status, data } = JSON.parse(json) as { status: string; data: StoredRun };
	return { status, error: data.resultData.error, runs: data.resultData.runData ?? {} };
}

/** Waits until an execution has ended, and returns it. Throws a Problem after two minutes. */
export async function endOfExecution(instance: Instance, id: string): Promise<Execution> {
	return await executionUntil(instance, id, (status) => !UNFINISHED.includes(status));
}

async function executionUntil(
	instance: Instance,
	id: string,
	isReached: (status: string) => boolean,
): Promise<Execution> {
	const deadline = Date.now() + END_WITHIN_MS;
	while (Date.now() < deadline) {
		const { status, data } = await instance.rest.get<{ status: string; data: string }>(
			`/executions/${id}`,
		);
		if (isReached(status)) {
			const { resultData } = parse(data) as StoredRun;
			return { id, status, error: resultData.error, runs: resultData.runData ?? {} };
		}
		await sleep(ASK_EVERY_MS);
	}
	throw new Problem(`Execution ${id} did not end within ${END_WITHIN_MS / 1000} s`);
}

/** The executions of a workflow, newest first, at most 100. These include webhook calls. */
export async function listExecutions(
	{ rest }: Instance,
	workflowId: string,
): Promise<ListedExecution[]> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId }));
	const { results } = await rest.get<{ results: ListedExecution[] }>(
		`/executions?filter=${filter}&limit=100`,
	);
	return results;
}
