import assert from 'node:assert/strict';
import { join } from 'node:path';
import { EXAMPLES_DIRECTORY } from '../../../scripts/n8n/paths.mts';
import { importWorkflow, readWorkflow } from '../../../scripts/n8n/workflows.mts';
import { boxAround, grown } from './boxes.mts';
import { eventually } from './eventually.mts';
import type { Stage } from './stage.mts';

const STICKY_NOTE = 'n8n-nodes-base.stickyNote';

/** An example workflow in the editor. */
export async function checkExample({ editor, pictures, instance }: Stage): Promise<void> {
	const example = await readWorkflow(join(EXAMPLES_DIRECTORY, 'crm-deal-won.json'));
	const { id } = await importWorkflow(instance, example);
	const notes = example.nodes.filter(({ type }) => type === STICKY_NOTE).length;
	const steps = example.nodes.length - notes;

	await pictures.check('the example "CRM deal won" opens, with nothing left to set', async () => {
		await editor.openWorkflow(id);
		await eventually(async () => {
			assert.equal(await editor.byId('canvas-node').count(), steps);
			assert.equal(await editor.byId('sticky').count(), notes);
		});
		assert.equal(await editor.byId('node-issues').count(), 0);
	});
	await pictures.take('workflow', async () => grown(await boxAround(editor.byId('sticky')), 16));
}
