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
import { speedUpPolling } from './polls.mts';
import { withSlackCredential } from './slack.mts';

/** The name of the trigger in rejected-to-slack.json. */
export const TRIGGER = 'Conversion rejected';

/** Imports rejected-to-slack.json as a user does, but with fast polls. Gives its ID. */
export async function importRejected(instance: Instance): Promise<string> {
	const example = await readWorkflow(join(EXAMPLES_DIRECTORY, 'rejected-to-slack.json'));
	const workflow = await withSlackCredential(instance, speedUpPolling(example));
	return (await importWorkflow(instance, workflow)).id;
}

/** Lists the executions that polls started, oldest first, without those started by hand. */
export async function listPolledExecutions(
	instance: Instance,
	workflowId: string,
): Promise<ListedExecution[]> {
	const executions = await listExecutions(instance, workflowId);
	return executions.filter(({ mode }) => mode === 'trigger').reverse();
}

/** Lists the conversions that the trigger gave an execution. */
export function listAnnouncedIn(execution: Execution): number[] {
	return listItems(execution, TRIGGER).map(({ json }) => Number(json.conversion_id));
}

/** Lists the conversions that polls announced, oldest first. One announced twice appears twice. */
export async function listAnnounced(instance: Instance, workflowId: string): Promise<number[]> {
	const ids: number[] = [];
	for (const { id } of await listPolledExecutions(instance, workflowId)) {
		ids.push(...listAnnouncedIn(await endOfExecution(instance, id)));
	}
	return ids;
}

/** Gives the memory of the trigger as n8n stored it; undefined when there is none. */
export async function readMemory({ rest }: Instance, workflowId: string): Promise<unknown> {
	const { staticData } = await rest.get<{
		staticData: Record<string, { memory?: unknown }> | null;
	}>(`/workflows/${workflowId}`);
	return staticData?.[`node:${TRIGGER}`]?.memory;
}
