import { setTimeout as sleep } from 'node:timers/promises';
import { readFlatted } from './flatted.mts';
import type { Instance } from './instance.mts';
import { Problem } from './problem.mts';

const ASK_EVERY_MS = 150;
const END_WITHIN_MS = 120_000;
const UNDER_WAY = ['new', 'running', 'waiting', 'unknown'];

/** An item as nodes pass it on. */
export interface Item {
	json: Record<string, unknown>;
	pairedItem?: unknown;
}

/** What one run of a node gave. */
export interface NodeRun {
	executionStatus?: string;
	error?: { message: string; description?: string };
	/** A list for each output; null where nothing came out. */
	data?: { main: Array<Item[] | null> };
	hints?: Array<{ message: string }>;
}

/** An execution that has ended. */
export interface Execution {
	/** Absent when it was a command. */
	id?: string;
	status: string;
	/** Why it failed. */
	error?: { message: string; description?: string };
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

/** The items that a node gave in its last run, of one output (the first, unless said). */
export function listItems(execution: Execution, node: string, output = 0): Item[] {
	return execution.runs[node]?.at(-1)?.data?.main[output] ?? [];
}

/**
 * Runs a workflow as the editor's button does, from a trigger that needs nothing from outside
 * (manual, schedule), and waits for its end. Takes about a second.
 * @param said what the trigger gives, where the editor has it from its user (chat)
 */
export async function runWorkflow(
	instance: Instance,
	workflowId: string,
	trigger: string,
	said?: Item['json'],
): Promise<Execution> {
	const data = said && {
		startTime: Date.now(),
		executionTime: 0,
		executionStatus: 'success',
		data: { main: [[{ json: said }]] },
		source: [null],
	};
	const answer = await instance.rest.post<{ executionId?: string }>(
		`/workflows/${workflowId}/run`,
		{ triggerToStartFrom: { name: trigger, data } },
	);
	if (!answer.executionId) {
		throw new Problem(`n8n waits for a call of the trigger ${trigger}: activate, then call it`);
	}
	return await endOfExecution(instance, answer.executionId);
}

/** Runs a workflow by n8n's command, in a process of its own. Takes some seconds. */
export async function executeByCommand(instance: Instance, workflowId: string): Promise<Execution> {
	const { output } = await instance.command(['execute', `--id=${workflowId}`, '--rawOutput']);
	const lines = output.split('\n');
	const json = lines.slice(lines.indexOf('{'), lines.lastIndexOf('}') + 1).join('\n');
	if (!lines.includes('{')) throw new Problem(`n8n execute gave no data: ${output.slice(-2000)}`);
	const { status, data } = JSON.parse(json) as { status: string; data: StoredRun };
	return { status, error: data.resultData.error, runs: data.resultData.runData ?? {} };
}

/** Waits until an execution has ended, and gives its data. */
export async function endOfExecution(instance: Instance, id: string): Promise<Execution> {
	const deadline = Date.now() + END_WITHIN_MS;
	while (Date.now() < deadline) {
		const { status, data } = await instance.rest.get<{ status: string; data: string }>(
			`/executions/${id}`,
		);
		if (!UNDER_WAY.includes(status)) {
			const { resultData } = readFlatted(data) as StoredRun;
			return { id, status, error: resultData.error, runs: resultData.runData ?? {} };
		}
		await sleep(ASK_EVERY_MS);
	}
	throw new Problem(`Execution ${id} did not end within ${END_WITHIN_MS / 1000} s`);
}

/** The executions of a workflow, newest first, at most 100. For those that a webhook started. */
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
