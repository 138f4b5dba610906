import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { runWorkflow } from '../../../../harness/server/executions.mts';
import { importWorkflow } from '../../../../harness/server/workflows.mts';
import type { Conversion } from '../../../../sandbox/server.mts';
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
		assert.match(String(messages[0].content), new RegExp(`Today is \\w+day, ${dayFromNow(0)}`));
		assert.match(String(messages[0].content), /"how was last week\?"[^]*use Get totals/);
		assert.equal(messages.at(-1)?.content, 'Hello');
		assert.deepEqual(listFields(tools?.map((tool) => tool.function) ?? []), {
			Get_totals: ['start_date', 'end_date', 'group_by'],
			List_conversions: ['start_date', 'end_date'],
			List_conversions_by_status: ['start_date', 'end_date', 'status'],
			List_conversions_of_an_offer: ['start_date', 'end_date', 'offer_id'],
		});
	});

	await t.test('Ask in chat answers "how was last week" from exact totals', async () => {
		const at = Date.now() - 12 * 60 * 60 * 1000;
		for (const payout of [0.1, 0.2]) account.addConversion({ offerId, payout, at });
		const answer = { text: 'Rejected conversions are in the sums.' };
		const totals = (group_by: string) => ({
			tool: 'Get_totals',
			arguments: { ...range, group_by },
		});
		model.script([{ calls: [totals('status, offer')] }, { calls: [totals('')] }, answer]);
		const execution = await runWorkflow(instance, workflowId, CHAT, toInput('How was last week?'));
		assert.equal(execution.status, 'success', execution.error?.message);
		const { messages } = model.requests[model.requests.length - 1];
		const [grouped, all] = messages
			.filter(({ role }) => role === 'tool')
			.slice(-2)
			.map(({ content }) => JSON.parse(String(content)) as Row[]);
		const rows = [...account.conversions.values()].filter(isWithin(range));
		const groups = grouped.filter((row) => row.conversions);
		assert.ok(groups.length > 2 && groups.every((row) => row.offer_name));
		assert.deepEqual(sum(groups), sumRows(rows));
		assert.deepEqual(sum([all[0]]), sumRows(rows));
		assert.match(String(all.at(-1)?.hint), /The sums include rejected conversions/);
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

/** Whether a conversion happened on one of these days. */
function isWithin({ start_date, end_date }: { start_date: string; end_date: string }) {
	return ({ at }: Conversion) => {
		const day = new Date(at).toISOString().slice(0, 10);
		return start_date <= day && day <= end_date;
	};
}

/** Adds up totals, in cents. */
function sum(totals: Row[]): number[] {
	return ['conversions', 'payout', 'revenue'].map((member) =>
		totals.reduce((all, row) => all + Math.round(Number(row[member]) * 100), 0),
	);
}

/** Adds up conversions as `sum` does. */
function sumRows(rows: Conversion[]): number[] {
	return sum(rows.map(({ payout, revenue }) => ({ conversions: 1, payout, revenue })));
}

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
