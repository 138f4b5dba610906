import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { runWorkflow } from '../../../../harness/server/executions.mts';
import { importWorkflow } from '../../../../harness/server/workflows.mts';
import type { Fresh } from '../../support/fresh.mts';
import {
	type ScriptedModel,
	startScriptedModel,
	type ToldTool,
} from '../../support/scripted-model.mts';
import { readExample } from './support.mts';
import { DAY_MS } from '../../../../sandbox/account/calendar.mts';

const CHAT = 'When chat message received';
const dayFromNow = (days: number) =>
	new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

/** Checks ask-in-chat.json with a scripted model. */
export async function checkAskInChat(fresh: Fresh, t: TestContext): Promise<void> {
	const model = await startScriptedModel();
	try {
		await checkAnswers(fresh, model, t);
	} finally {
		await model.close();
	}
}

async function checkAnswers(fresh: Fresh, model: ScriptedModel, t: TestContext): Promise<void> {
	const { instance, sandbox } = fresh;
	const { account } = sandbox;
	const workflowId = await importFor(fresh, model);
	const range = { start_date: dayFromNow(-2), end_date: dayFromNow(2) };
	const { offerId } = account.addConversion({ status: 'pending' });

	await t.test('Ask in chat gives the model the day and the lists it may read', async () => {
		model.script([{ text: 'Hello.' }]);
		const execution = await runWorkflow(instance, workflowId, CHAT, toInput('Hello'));
		assert.equal(execution.status, 'success', execution.error?.message);
		const { messages, tools } = model.requests[model.requests.length - 1];
		assert.match(String(messages[0].content), new RegExp(`Today is ${dayFromNow(0)}`));
		assert.equal(messages.at(-1)?.content, 'Hello');
		assert.deepEqual(listFields(tools?.map((tool) => tool.function) ?? []), {
			List_conversions: ['start_date', 'end_date'],
			List_conversions_by_status: ['start_date', 'end_date', 'status'],
			List_conversions_of_an_offer: ['start_date', 'end_date', 'offer_id'],
		});
	});

	for (const [tool, more, fits] of [
		['List_conversions', {}, () => true],
		['List_conversions_by_status', { status: 'pending' }, isPending],
		['List_conversions_of_an_offer', { offer_id: String(offerId) }, hasOffer(offerId)],
	] as const) {
		await t.test(`Ask in chat gives the model the rows it asks of ${tool}`, async () => {
			model.script([
				{ calls: [{ tool, arguments: { ...range, ...more } }] },
				{ text: 'That is what there is.' },
			]);
			const execution = await runWorkflow(instance, workflowId, CHAT, toInput('What is there?'));
			assert.equal(execution.status, 'success', execution.error?.message);
			const { messages } = model.requests[model.requests.length - 1];
			const rows = JSON.parse(String(messages.at(-1)?.content)) as Row[];
			assert.ok(rows.length > 0 && rows[0].conversion_id);
			assert.ok(rows.filter((row) => row.conversion_id).every(fits));
		});
	}
}

type Row = Record<string, unknown>;
const isPending = (row: Row) => row.conversion_status === 'pending';
const hasOffer = (offerId: number) => (row: Row) => row.offer_id === offerId;

function toInput(chatInput: string): Row {
	return { action: 'sendMessage', sessionId: 'a chat', chatInput };
}

/** Imports the example with the credential of a model, as a user does. */
async function importFor({ instance }: Fresh, model: ScriptedModel): Promise<string> {
	const example = await readExample('ask-in-chat.json');
	const { id, name } = await instance.rest.post<{ id: string; name: string }>('/credentials', {
		name: 'OpenAI',
		type: 'openAiApi',
		data: { apiKey: 'none', url: model.url },
	});
	const nodes = example.nodes.map((node) =>
		node.credentials?.openAiApi ? { ...node, credentials: { openAiApi: { id, name } } } : node,
	);
	return (await importWorkflow(instance, { ...example, nodes })).id;
}

function listFields(tools: ToldTool[]): Record<string, string[]> {
	return Object.fromEntries(
		tools.map(({ name, parameters }) => [name, Object.keys(parameters.properties)]),
	);
}
