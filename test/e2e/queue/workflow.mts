import { basename } from 'node:path';
import {
	exampleFiles,
	readWorkflow,
	type Workflow,
	type WorkflowNode,
} from '../../../harness/server/workflows.mts';
import { Problem } from '../../../harness/server/problem.mts';
import { buildWorkflow } from '../support/workflows.mts';

const EXAMPLE = 'crm-deal-won.json';
const WEBHOOK = 'n8n-nodes-base.webhook';

/** A deal as a CRM reports it, with its click. */
export interface Deal {
	id: string;
	clickId: string;
	offerId: number;
}

/** A workflow with the facts that its callers need. */
export interface DealWorkflow {
	workflow: Workflow;
	/** The path of its webhook. */
	path: string;
	/** The name of the webhook's node. */
	trigger: string;
}

/** Builds the body that the CRM sends. */
export function buildBody({ id, clickId, offerId }: Deal): Record<string, unknown> {
	return {
		dealId: id,
		cakeClickId: clickId,
		cakeOfferId: offerId,
		orderNumber: `ORD-${id}`,
		payoutAgreed: '12.50',
		country: 'DE',
	};
}

/** Reads the example "CRM deal won", and sets only its error workflow. */
export async function readDealWon(errorWorkflowId: string): Promise<DealWorkflow> {
	const file = (await exampleFiles()).find((candidate) => basename(candidate) === EXAMPLE);
	if (!file) throw new Problem(`There is no example ${EXAMPLE}`);
	const workflow = await readWorkflow(file);
	const settings = { ...workflow.settings, errorWorkflow: errorWorkflowId };
	const { name, parameters } = findNode(workflow, ({ type }) => type === WEBHOOK);
	return { workflow: { ...workflow, settings }, path: String(parameters.path), trigger: name };
}

/** Reads the same example without the unique ID, at another path. */
export async function readDealWonWithoutId(errorWorkflowId: string): Promise<DealWorkflow> {
	const { workflow, trigger, ...original } = await readDealWon(errorWorkflowId);
	const path = `${original.path}-without-id`;
	const webhook = findNode(workflow, ({ type }) => type === WEBHOOK);
	webhook.parameters.path = path;
	webhook.webhookId = path;
	const record = findNode(workflow, ({ parameters }) => 'uniqueId' in parameters);
	delete record.parameters.uniqueId;
	const name = `${workflow.name}, without unique ID`;
	delete workflow.id;
	return { workflow: { ...workflow, name }, path, trigger };
}

/** Builds the workflow that n8n starts for every failed execution. */
export function buildErrorWorkflow(name: string): Workflow {
	const workflow = buildWorkflow(name, {});
	const onError = { ...workflow.nodes[0], type: 'n8n-nodes-base.errorTrigger' };
	return { ...workflow, nodes: [onError], connections: {} };
}

function findNode({ name, nodes }: Workflow, fits: (node: WorkflowNode) => boolean): WorkflowNode {
	const node = nodes.find(fits);
	if (!node) throw new Problem(`The example "${name}" is not what this test knows`);
	return node;
}
