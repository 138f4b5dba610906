import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Fresh } from '../../support/fresh.mts';
import { startScriptedModel } from '../../support/scripted-model.mts';
import { checkChanging } from './changing.mts';
import { checkReading } from './reading.mts';
import { checkRecording } from './recording.mts';
import type { Stage } from './stage.mts';
import { checkWords } from './words.mts';

/**
 * Checks the node as a tool of n8n's AI Agent. The model is a script on this machine. The checks
 * read the tools that it gets, and the results of its calls.
 */
export async function checkAgent(fresh: Fresh, t: TestContext): Promise<void> {
	const model = await startScriptedModel();
	try {
		const openAi = await fresh.instance.rest.post<{ id: string; name: string }>('/credentials', {
			name: 'Scripted model',
			type: 'openAiApi',
			data: { apiKey: 'none', url: model.url },
		});
		const stage: Stage = { fresh, t, model, openAi: { id: openAi.id, name: openAi.name } };
		await checkWords(stage);
		await checkRecording(stage);
		await checkReading(stage);
		await checkChanging(stage);
		await t.test('n8n never sends the API key to the model', () => {
			assert.ok(model.received.length > 0);
			assert.ok(!model.received.some((text) => text.includes(fresh.sandbox.apiKey)));
		});
	} finally {
		await model.close();
	}
}
