import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeParameters } from 'n8n-workflow';
import { repositoryRoot } from '../../harness/engine/n8n.mts';

/** A conversion in the output of an Update. */
export interface UpdatedRow {
	conversion_id: number;
	order_id: string;
	conversion_status: string;
	previous_status: string;
}

interface Example {
	name: string;
	nodes: Array<{ name: string; parameters: INodeParameters }>;
	pinData: Record<string, Array<{ json: { output: string } }>>;
}

function readExample(file: string): Example {
	return JSON.parse(readFileSync(join(repositoryRoot, 'examples', file), 'utf8')) as Example;
}

/** Reads the names of the example workflows, by file. */
export function readExampleNames(): Map<string, string> {
	const files = readdirSync(join(repositoryRoot, 'examples')).filter((file) =>
		file.endsWith('.json'),
	);
	return new Map(files.map((file) => [file, readExample(file).name]));
}

/** Reads the titles of the notes on the canvas of an example. */
export function readNoteTitles(file: string): string[] {
	const notes = readExample(file).nodes.map(({ parameters }) => String(parameters.content ?? ''));
	return notes.flatMap((content) => /^## (.*)/.exec(content)?.[1] ?? []);
}

/** Reads the parameters of a node of an example. */
export function readParameters(file: string, name: string): INodeParameters {
	const node = readExample(file).nodes.find((one) => one.name === name);
	if (!node) throw new Error(`${file} has no node ${name}`);
	return node.parameters;
}

/** Reads the output that is pinned to the form of undo-changes.json. */
export function readPinnedUpdate(): UpdatedRow[] {
	const { pinData } = readExample('undo-changes.json');
	return JSON.parse(pinData['Undo changes'][0].json.output) as UpdatedRow[];
}
