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

/** A deal that a CRM tells of, with the click it came from. */
export interface Deal {
	id: string;
	clickId: string;
	offerId: number;
}

/** A workflow, and what a caller has to know of it. */
export interface DealWorkflow {
	workflow: Workflow;
	/** Where its webhook listens. */
	path: string;
	/** The webhook's node. */
	trigger: string;
}

/** What the CRM sends. */
export function bodyFor({ id, clickId, offerId }: Deal): Record<string, unknown> {
	return {
		dealId: id,
		cakeClickId: clickId,
		cakeOfferId: offerId,
		orderNumber: `ORD-${id}`,
		payoutAgreed: '12.50',
		country: 'DE',
	};
}

/** The example "CRM deal won" as it is, but for the workflow that n8n starts when it fails. */
export async function dealWon(errorWorkflowId: string): Promise<DealWorkflow> {
	const file = (await exampleFiles()).find((candidate) => basename(candidate) === EXAMPLE);
	if (!file) throw new Problem(`There is no example ${EXAMPLE}`);
	const workflow = await readWorkflow(file);
	const settings = { ...workflow.settings, errorWorkflow: errorWorkflowId };
	const { name, parameters } = findNode(workflow, ({ type }) => type === WEBHOOK);
	return { workflow: { ...workflow, settings }, path: String(parameters.path), trigger: name };
}

/** The same without the unique ID, at another path. */
export async function dealWonWithoutId(errorWorkflowId: string): Promise<DealWorkflow> {
	const { workflow, trigger, ...original } = await dealWon(errorWorkflowId);
	const path = `${original.path}-without-id`;
	const webhook = findNode(workflow, ({ type }) => type === WEBHOOK);
	webhook.parameters.path = path;
	webhook.webhookId = path;
	const record = findNode(workflow, ({ parameters }) => 'uniqueId' in parameters);
	delete record.parameters.uniqueId;
	const name = `${workflow.name}, without unique ID`;
	return { workflow: { ...workflow, id: undefined, name }, path, trigger };
}

/** What n8n starts for every execution that failed. */
export function errorWorkflow(name: string): Workflow {
	const workflow = buildWorkflow(name, {});
	const onError = { ...workflow.nodes[0], type: 'n8n-nodes-base.errorTrigger' };
	return { ...workflow, nodes: [onError], connections: {} };
}

function findNode({ name, nodes }: Workflow, fits: (node: WorkflowNode) => boolean): WorkflowNode {
	const node = nodes.find(fits);
	if (!node) throw new Problem(`The example "${name}" is not what this test knows`);
	return node;
}
