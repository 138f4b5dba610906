import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { withFormCredential } from '../../../harness/server/credentials.mts';
import { exampleFiles, importWorkflow, readWorkflow } from '../../../harness/server/workflows.mts';
import { getBoxAround, growBox } from './boxes.mts';
import { eventually } from './eventually.mts';
import type { Stage } from './stage.mts';

const STICKY_NOTE = 'n8n-nodes-base.stickyNote';
/** Nodes of other services. A user sets their credential. */
const OTHERS = [
	'n8n-nodes-base.slack',
	'n8n-nodes-base.emailSend',
	'@n8n/n8n-nodes-langchain.lmChatOpenAi',
];

/** Checks that each example workflow opens in the editor and is complete. Takes its picture. */
export async function checkExamples(stage: Stage): Promise<void> {
	for (const file of await exampleFiles()) await checkExample(stage, file);
}

async function checkExample({ editor, pictures, instance }: Stage, file: string): Promise<void> {
	const example = withFormCredential(await readWorkflow(file));
	const { id } = await importWorkflow(instance, example);
	const notes = example.nodes.filter(({ type }) => type === STICKY_NOTE).length;
	const unset = example.nodes.filter(({ type }) => OTHERS.includes(type)).length;
	const name = basename(file, '.json');

	await pictures.check(`the example ${name} opens with no CAKE field left to set`, async () => {
		await editor.openWorkflow(id);
		await eventually(async () => {
			assert.equal(await editor.byId('canvas-node').count(), example.nodes.length - notes);
			assert.equal(await editor.byId('sticky').count(), notes);
		});
		assert.ok((await editor.byId('node-issues').count()) <= unset);
	});
	await pictures.take(name, async () => growBox(await getBoxAround(editor.byId('sticky')), 16));
}
