import { join } from 'node:path';
import {
	endOfExecution,
	type Execution,
	listExecutions,
	listItems,
	type ListedExecution,
} from '../../../harness/server/executions.mts';
import type { Instance } from '../../../harness/server/instance.mts';
import { EXAMPLES_DIRECTORY } from '../../../harness/server/paths.mts';
import { importWorkflow, readWorkflow } from '../../../harness/server/workflows.mts';
import { pollingFast } from './polls.mts';
import { withSlackCredential } from './slack.mts';

/** The trigger in rejected-to-slack.json. */
export const TRIGGER = 'Conversion rejected';

/** Imports rejected-to-slack.json as a user does, but polling fast; gives its ID. */
export async function importRejected(instance: Instance): Promise<string> {
	const example = await readWorkflow(join(EXAMPLES_DIRECTORY, 'rejected-to-slack.json'));
	const workflow = await withSlackCredential(instance, pollingFast(example));
	return (await importWorkflow(instance, workflow)).id;
}

/** The executions that polls started, oldest first; those started by hand are not among them. */
export async function polledExecutions(
	instance: Instance,
	workflowId: string,
): Promise<ListedExecution[]> {
	const executions = await listExecutions(instance, workflowId);
	return executions.filter(({ mode }) => mode === 'trigger').reverse();
}

/** The conversions that the trigger gave an execution. */
export function announcedIn(execution: Execution): number[] {
	return listItems(execution, TRIGGER).map(({ json }) => Number(json.conversion_id));
}

/** The conversions that polls announced, oldest first; one announced twice is there twice. */
export async function announced(instance: Instance, workflowId: string): Promise<number[]> {
	const ids: number[] = [];
	for (const { id } of await polledExecutions(instance, workflowId)) {
		ids.push(...announcedIn(await endOfExecution(instance, id)));
	}
	return ids;
}

/** What n8n has stored as the memory of the trigger; undefined when nothing. */
export async function readMemory({ rest }: Instance, workflowId: string): Promise<unknown> {
	const { staticData } = await rest.get<{
		staticData: Record<string, { memory?: unknown }> | null;
	}>(`/workflows/${workflowId}`);
	return staticData?.[`node:${TRIGGER}`]?.memory;
}
