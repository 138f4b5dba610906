import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../harness/engine/n8n.mts';

/** A conversion in the output of an Update. */
export interface UpdatedRow {
	conversion_id: number;
	order_id: string;
	conversion_status: string;
	previous_status: string;
}

/** Reads the output that is pinned to the form of undo-changes.json. */
export function readPinnedUpdate(): UpdatedRow[] {
	const file = join(repositoryRoot, 'examples/undo-changes.json');
	const { pinData } = JSON.parse(readFileSync(file, 'utf8')) as {
		pinData: Record<string, Array<{ json: { output: string } }>>;
	};
	return JSON.parse(pinData['Undo changes'][0].json.output) as UpdatedRow[];
}
