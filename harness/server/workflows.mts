import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from './instance.mts';
import { EXAMPLES_DIRECTORY } from './paths.mts';
import { Problem } from './problem.mts';

const PUBLISH_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 100;

/** A node of an exported workflow. */
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
	/** Default: a hash of the name, so that the same workflow always gets the same ID. */
	id?: string | undefined;
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	/** What a node outputs when the workflow is executed in the editor, by node name. */
	pinData?: Record<string, PinnedItem[]>;
}

/** An item pinned to a node. Files are base64. */
export interface PinnedItem {
	json: Record<string, unknown>;
	binary?: Record<string, { data: string; mimeType: string; fileName?: string }>;
}

/** A workflow that n8n has. */
export interface ImportedWorkflow {
	id: string;
	name: string;
	/** False when it was there already. Then the import changes nothing. */
	created: boolean;
}

interface Publication {
	status: string;
	triggers: Array<{ errorMessage: string | null }>;
}

/** Lists the example workflows of the repository by file name. There may be none. */
export async function exampleFiles(): Promise<string[]> {
	const names = await readdir(EXAMPLES_DIRECTORY).catch(() => []);
	return names
		.filter((name) => name.endsWith('.json'))
		.sort()
		.map((name) => join(EXAMPLES_DIRECTORY, name));
}

/** Reads an exported workflow. Throws a Problem when the file is none. */
export async function readWorkflow(file: string): Promise<Workflow> {
	const workflow = JSON.parse(await readFile(file, 'utf8')) as Partial<Workflow>;
	if (!Array.isArray(workflow.nodes) || !workflow.connections) {
		throw new Problem(`${file} is not a workflow exported from n8n`);
	}
	const { name = basename(file, '.json'), nodes, connections } = workflow;
	return { ...workflow, name, nodes, connections };
}

/** Imports a workflow, inactive, unless n8n has one with its ID. */
export async function importWorkflow(
	{ rest }: Instance,
	workflow: Workflow,
): Promise<ImportedWorkflow> {
	const { name, nodes, connections, settings = {}, pinData = {} } = workflow;
	const id = workflow.id ?? toId(name);
	const { exists } = await rest.get<{ exists: boolean }>(`/workflows/${id}/exists`);
	if (!exists) {
		const numbered = nodes.map((node) => ({ ...node, id: node.id ?? toId(`${id} ${node.name}`) }));
		await rest.post('/workflows', { id, name, nodes: numbered, connections, settings, pinData });
	}
	return { id, name, created: !exists };
}

/**
 * Publishes a workflow and waits until n8n serves its triggers and webhooks. n8n answers before that.
 * Throws a Problem when n8n cannot publish it, or not in time.
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

/** Unpublishes a workflow. Its triggers do nothing after that. */
export async function deactivateWorkflow({ rest }: Instance, id: string): Promise<void> {
	await rest.post(`/workflows/${id}/deactivate`);
}

/** Makes an ID of sixteen characters, as long as n8n's own IDs. */
function toId(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
