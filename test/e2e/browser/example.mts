import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { exampleFiles, importWorkflow, readWorkflow } from '../../../harness/server/workflows.mts';
import { boxAround, grown } from './boxes.mts';
import { eventually } from './eventually.mts';
import type { Stage } from './stage.mts';

const STICKY_NOTE = 'n8n-nodes-base.stickyNote';
/** The nodes of other services: their credential is the user's own. */
const OTHERS = ['n8n-nodes-base.slack', '@n8n/n8n-nodes-langchain.lmChatOpenAi'];

/** The example workflows in the editor: each opens, is complete, and is pictured under its file's name. */
export async function checkExamples(stage: Stage): Promise<void> {
	for (const file of await exampleFiles()) await checkExample(stage, file);
}

async function checkExample({ editor, pictures, instance }: Stage, file: string): Promise<void> {
	const example = await readWorkflow(file);
	const { id } = await importWorkflow(instance, example);
	const notes = example.nodes.filter(({ type }) => type === STICKY_NOTE).length;
	const unset = example.nodes.filter(({ type }) => OTHERS.includes(type)).length;
	const name = basename(file, '.json');

	await pictures.check(
		`the example ${name} opens, with nothing of CAKE's left to set`,
		async () => {
			await editor.openWorkflow(id);
			await eventually(async () => {
				assert.equal(await editor.byId('canvas-node').count(), example.nodes.length - notes);
				assert.equal(await editor.byId('sticky').count(), notes);
			});
			assert.ok((await editor.byId('node-issues').count()) <= unset);
		},
	);
	await pictures.take(name, async () => grown(await boxAround(editor.byId('sticky')), 16));
}
