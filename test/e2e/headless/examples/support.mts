import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Conversion } from '../../../../sandbox/server.mts';
import { withFormCredential } from '../../../../harness/server/credentials.mts';
import type { Instance } from '../../../../harness/server/instance.mts';
import { EXAMPLES_DIRECTORY } from '../../../../harness/server/paths.mts';
import {
	activateWorkflow,
	importWorkflow,
	readWorkflow,
	type Workflow,
	type WorkflowNode,
} from '../../../../harness/server/workflows.mts';
import type { Fresh } from '../../support/fresh.mts';

/** How often Update sends a change without an answer, with its own setting of Retries. */
export const TRIES = 5;

/** The answer to a webhook call. */
export interface Reply {
	status: number;
	json: Record<string, unknown>;
}

/** Reads an example by its file name. */
export async function readExample(file: string): Promise<Workflow> {
	return await readWorkflow(join(EXAMPLES_DIRECTORY, file));
}

/** Imports an example, chooses the credential of its form if it has one, and publishes it. */
export async function publishExample(instance: Instance, file: string): Promise<string> {
	const { id } = await importWorkflow(instance, withFormCredential(await readExample(file)));
	await activateWorkflow(instance, id);
	return id;
}

/**
 * Reads an example with a form, and gives it an address of its own, so that n8n can have both.
 * @param path the form's address, and the ID of the workflow
 */
export async function readCopy(file: string, path: string): Promise<Workflow> {
	const copy = await readExample(file);
	for (const node of copy.nodes) {
		if (node.webhookId !== undefined) node.webhookId = randomUUID();
		if (node.type.endsWith('.formTrigger')) Object.assign(node.parameters.options ?? {}, { path });
	}
	return { ...copy, id: path };
}

/**
 * Publishes a copy of an example with a form.
 * @param path the copy's address
 * @param edit changes the copy's nodes, by name
 */
export async function publishCopy(
	instance: Instance,
	file: string,
	path: string,
	edit: (nodes: Map<string, WorkflowNode>) => void,
): Promise<void> {
	const copy = withFormCredential(await readCopy(file, path));
	edit(new Map(copy.nodes.map((node) => [node.name, node])));
	const { id } = await importWorkflow(instance, copy);
	await activateWorkflow(instance, id);
}

/** Calls the production address of a webhook with a JSON body. */
export async function callWebhook(url: string, path: string, body: unknown): Promise<Reply> {
	const response = await fetch(`${url}/webhook/${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	const text = await response.text();
	try {
		return { status: response.status, json: JSON.parse(text) as Record<string, unknown> };
	} catch {
		throw new Error(`${response.status}, and no JSON: ${text.slice(0, 500)}`);
	}
}

/** Reads a file in examples/data as text. */
export function readExampleData(name: string): string {
	return readFileSync(join(EXAMPLES_DIRECTORY, 'data', name), 'utf8');
}

/** Lists the account's conversions of an order. */
export function listByOrder({ sandbox }: Fresh, orderId: string): Conversion[] {
	return [...sandbox.account.conversions.values()].filter((row) => row.orderId === orderId);
}
