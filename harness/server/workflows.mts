import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from './instance.mts';
import { EXAMPLES_DIRECTORY } from './paths.mts';
import { Problem } from './problem.mts';

const PUBLISH_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 100;

/** A node of a workflow, as n8n's exports have it. */
export interface WorkflowNode {
	id?: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	[setting: string]: unknown;
}

/** A workflow as n8n exports it. */
export interface Workflow {
	/** Default: made from the name, so that the same workflow always gets the same. */
	id?: string;
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
}

/** A workflow that n8n has. */
export interface ImportedWorkflow {
	id: string;
	name: string;
	/** False when it was there already; it is left as it is then. */
	created: boolean;
}

interface Publication {
	status: string;
	triggers: Array<{ errorMessage: string | null }>;
}

/** The example workflows of the repository, in the order of their file names; perhaps none. */
export async function exampleFiles(): Promise<string[]> {
	const names = await readdir(EXAMPLES_DIRECTORY).catch(() => []);
	return names
		.filter((name) => name.endsWith('.json'))
		.sort()
		.map((name) => join(EXAMPLES_DIRECTORY, name));
}

/** Reads an exported workflow. */
export async function readWorkflow(file: string): Promise<Workflow> {
	const workflow = JSON.parse(await readFile(file, 'utf8')) as Partial<Workflow>;
	if (!Array.isArray(workflow.nodes) || !workflow.connections) {
		throw new Problem(`${file} is not a workflow exported from n8n`);
	}
	const { name = basename(file, '.json'), nodes, connections } = workflow;
	return { ...workflow, name, nodes, connections };
}

/** Gives a workflow to n8n, unless it has one of its ID. It is not active then. */
export async function importWorkflow(
	{ rest }: Instance,
	workflow: Workflow,
): Promise<ImportedWorkflow> {
	const { name, nodes, connections, settings = {} } = workflow;
	const id = workflow.id ?? idFor(name);
	const { exists } = await rest.get<{ exists: boolean }>(`/workflows/${id}/exists`);
	if (!exists) {
		const numbered = nodes.map((node) => ({ ...node, id: node.id ?? idFor(`${id} ${node.name}`) }));
		await rest.post('/workflows', { id, name, nodes: numbered, connections, settings });
	}
	return { id, name, created: !exists };
}

/**
 * Publishes a workflow, and waits until its triggers and webhooks are served: n8n does that after
 * it has answered.
 */
export async function activateWorkflow({ rest }: Instance, id: string): Promise<void> {
	const { versionId } = await rest.get<{ versionId: string }>(`/workflows/${id}`);
	await rest.post(`/workflows/${id}/activate`, { versionId });
	const deadline = Date.now() + PUBLISH_WITHIN_MS;
	while (Date.now() < deadline) {
		const { status, triggers } = await rest.get<Publication>(`/workflows/${id}/publication-status`);
		if (status === 'published') return;
		const refused = triggers.find(({ errorMessage }) => errorMessage);
		if (refused) throw new Problem(`n8n could not activate ${id}: ${refused.errorMessage}`);
		await sleep(ASK_EVERY_MS);
	}
	throw new Problem(`n8n did not activate ${id} within ${PUBLISH_WITHIN_MS / 1000} s`);
}

/** Takes a workflow out of service; its triggers do nothing any more. */
export async function deactivateWorkflow({ rest }: Instance, id: string): Promise<void> {
	await rest.post(`/workflows/${id}/deactivate`);
}

/** Sixteen characters, as n8n's own IDs have. */
function idFor(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
