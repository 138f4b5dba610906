import assert from 'node:assert/strict';
import type { Conversion } from '../../../../sandbox/server.mts';
import { type Execution, runWorkflow } from '../../../../scripts/n8n/executions.mts';
import { activateWorkflow, importWorkflow } from '../../../../scripts/n8n/workflows.mts';
import type { Checks } from '../../support/checks.mts';
import type { Fresh } from '../../support/fresh.mts';
import type { Outside } from '../../support/outside.mts';
import { ofOrder, readExample } from './support.mts';

const DAY_MS = 86_400_000;
const SLACK = 'slack.com';
const TOKEN = 'xoxb-not-a-real-token';

/** rejected-to-slack.json: the real Slack node, its calls caught on this machine. */
export async function checkRejected(fresh: Fresh, outside: Outside, checks: Checks): Promise<void> {
	const { instance, sandbox } = fresh;
	const { account } = sandbox;
	const toSlack = () => outside.calls.filter(({ host }) => host === SLACK);
	outside.answerFor(SLACK, () => ({
		status: 200,
		json: { ok: true, channel: 'C0000000001', ts: '1.000100', message: {} },
	}));
	let id = '';
	const run = async () => {
		const sent = toSlack().length;
		const execution = await runWorkflow(instance, id, 'Every morning');
		assert.equal(execution.status, 'success', execution.error?.message);
		return {
			execution,
			messages: toSlack()
				.slice(sent)
				.map(({ body }) => textOf(body)),
		};
	};

	await checks.check('Rejected to Slack: its schedule is taken', async () => {
		id = await importWithSlack(fresh);
		await activateWorkflow(instance, id);
	});

	await checks.check(
		'Rejected to Slack: the first run tells of all, twenty a message',
		async () => {
			const expected = rejectedInRange(fresh);
			const { messages } = await run();
			assert.equal(messages.length, Math.ceil(expected.length / 20));
			const lines = messages.flatMap((text) => text.split('\n').slice(1));
			assert.deepEqual(lines.map(idOf).sort(), expected.map((row) => row.conversionId).sort());
			assert.match(messages[0], new RegExp(`^\\*${expected.length} conversions .* \\(1 to 20\\)`));
			for (const text of messages) assert.ok(text.length < 4000, `${text.length} characters`);
		},
	);

	await checks.check('Rejected to Slack: nothing new, no message', async () => {
		const { execution, messages } = await run();
		assert.deepEqual(messages, []);
		assert.ok(!ran(execution, 'Tell the channel'));
	});

	await checks.check('Rejected to Slack: a new one is told with all its data', async () => {
		const [row] = ofOrder(fresh, 'PO 7781 & 7782 #B');
		account.setStatus(row.conversionId, 'rejected');
		const { messages } = await run();
		const day = new Date(row.at).toISOString().slice(0, 10);
		const line = `• Conversion ${row.conversionId}: offer 12033, affiliate ${row.affiliateId}, payout 35.25, order PO 7781 &amp; 7782 #B (${day})`;
		assert.deepEqual(messages, [`*1 conversion was rejected in CAKE*\n${line}`]);
		const { method, path, headers, body } = toSlack().at(-1) ?? assert.fail('no call');
		assert.equal(`${method} ${path}`, 'POST /api/chat.postMessage');
		assert.equal(headers.authorization, `Bearer ${TOKEN}`);
		const { channel } = JSON.parse(body) as { channel: string };
		assert.equal(channel, '#affiliate-rejections');
	});

	await checks.check('n8n called nobody else outside, but for versions of packages', () => {
		const others = outside.calls.map(({ host }) => host).filter((host) => host !== SLACK);
		assert.deepEqual([...new Set(others)], ['registry.npmjs.org']);
	});
}

/** As a user does: their Slack credential in place of the one the file names. */
async function importWithSlack({ instance }: Fresh): Promise<string> {
	const data = { accessToken: TOKEN, signatureSecret: '' };
	const slack = await instance.rest.post<{ id: string; name: string }>('/credentials', {
		name: 'Slack',
		type: 'slackApi',
		data,
	});
	const workflow = await readExample('rejected-to-slack.json');
	const nodes = workflow.nodes.map((node) =>
		node.credentials?.slackApi
			? { ...node, credentials: { slackApi: { id: slack.id, name: slack.name } } }
			: node,
	);
	return (await importWorkflow(instance, { ...workflow, nodes })).id;
}

/** What "Last 30 Days" covers: from the beginning of the day 29 days ago. */
function rejectedInRange({ sandbox: { account } }: Fresh): Conversion[] {
	const today = Math.floor(account.now() / DAY_MS) * DAY_MS;
	return [...account.conversions.values()].filter(
		({ status, at }) => status === 'rejected' && at >= today - 29 * DAY_MS && at < today + DAY_MS,
	);
}

function ran(execution: Execution, node: string): boolean {
	return node in execution.runs;
}

function textOf(body: string): string {
	return (JSON.parse(body) as { text: string }).text;
}

function idOf(line: string): number {
	return Number(/^• Conversion (\d+): /.exec(line)?.[1]);
}
