import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beginTable } from './figures.mts';

/** Jest's global setup. Begins the table of figures before Jest starts its workers. */
export default function setup(): void {
	beginTable(join(tmpdir(), `n8n-nodes-cake-campaigns-${process.pid}.jsonl`));
}
