import {
	endOfExecution,
	listExecutions,
	listItems,
	type ListedExecution,
} from '../../../harness/server/executions.mts';
import { activateWorkflow, importWorkflow } from '../../../harness/server/workflows.mts';
import type { Cluster } from './cluster.mts';
import { buildErrorWorkflow, type DealWorkflow } from './workflow.mts';

/** An active deal-won workflow, and the workflow that n8n starts for its failures. */
export interface Stage {
	id: string;
	/** Address of its webhook. */
	url: string;
	/** The name of the webhook's node. */
	trigger: string;
	errorWorkflowId: string;
}

/** Imports and activates a workflow and its error workflow. */
export async function setTheStage(
	{ main }: Cluster,
	name: string,
	make: (errorWorkflow: string) => Promise<DealWorkflow>,
): Promise<Stage> {
	const failures = await importWorkflow(main, buildErrorWorkflow(`Failures of ${name}`));
	await activateWorkflow(main, failures.id);
	const { workflow, path, trigger } = await make(failures.id);
	const { id } = await importWorkflow(main, workflow);
	await activateWorkflow(main, id);
	return { id, url: `${main.url}/webhook/${path}`, trigger, errorWorkflowId: failures.id };
}

/** Counts how often n8n started the workflow for failures, up to 100. */
export async function countFailures(
	{ main }: Cluster,
	{ errorWorkflowId }: Stage,
): Promise<number> {
	return (await listExecutions(main, errorWorkflowId)).length;
}

/** Lists the IDs of the deals that started these executions, from their data. */
export async function listDeals(
	{ main }: Cluster,
	{ trigger }: Stage,
	executions: ListedExecution[],
): Promise<string[]> {
	const deals: string[] = [];
	for (const { id } of executions) {
		const [item] = listItems(await endOfExecution(main, id), trigger);
		deals.push(String((item?.json.body as { dealId?: string } | undefined)?.dealId));
	}
	return deals;
}
