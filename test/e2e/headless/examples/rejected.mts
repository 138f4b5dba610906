import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Conversion } from '../../../../sandbox/server.mts';
import { listItems, runWorkflow } from '../../../../harness/server/executions.mts';
import { activateWorkflow } from '../../../../harness/server/workflows.mts';
import type { Fresh } from '../../support/fresh.mts';
import { until, untilPolled } from '../../support/polls.mts';
import {
	listAnnounced,
	listAnnouncedIn,
	importRejected,
	readMemory,
	TRIGGER,
} from '../../support/rejected.mts';
import { SLACK_TOKEN, type SlackInbox } from '../../support/slack.mts';
import { listByOrder } from './support.mts';

/** More rejections than two messages hold. */
const MANY = 45;

/** Checks rejected-to-slack.json with the real Slack node, over several polls and a restart. */
export async function checkRejected(
	fresh: Fresh,
	slack: SlackInbox,
	t: TestContext,
): Promise<void> {
	const id = await importRejected(fresh.instance);
	await checkInEditor(fresh, id, t);
	const rejections = watchRejections(fresh);
	await checkTelling(fresh, { id, slack }, t);
	await checkTestWhilePublished(fresh, { id, slack }, t);
	await checkRestart(fresh, slack, t);

	await t.test('Rejected to Slack announces each of all rejections once', async () => {
		const all = rejections();
		assert.ok(all.length > MANY);
		assert.deepEqual((await listAnnounced(fresh.instance, id)).sort(), all.sort());
	});
}

async function checkInEditor(
	{ instance, sandbox }: Fresh,
	id: string,
	t: TestContext,
): Promise<void> {
	await t.test(
		'Rejected to Slack gives the five newest when run by hand, and remembers nothing',
		async () => {
			const execution = await runWorkflow(instance, id, TRIGGER);
			assert.equal(execution.status, 'success', execution.error?.message);
			const rejected = [...sandbox.account.conversions.values()]
				.filter(({ status }) => status === 'rejected')
				.sort((left, right) => right.at - left.at || right.conversionId - left.conversionId);
			const newest = rejected.slice(0, 5).map(({ conversionId }) => conversionId);
			assert.deepEqual(listAnnouncedIn(execution), newest);
			assert.equal(listItems(execution, 'Tell the channel').length, 1);
			assert.equal(await readMemory(instance, id), undefined);
		},
	);
}

/** The ID of the workflow, and the inbox that it tells. */
interface Told {
	id: string;
	slack: SlackInbox;
}

async function checkTelling(fresh: Fresh, { id, slack }: Told, t: TestContext): Promise<void> {
	const { instance, sandbox } = fresh;
	const { account } = sandbox;

	await t.test('Rejected to Slack tells nothing when it is published', async () => {
		const before = slack.texts.length;
		await activateWorkflow(instance, id);
		assert.notEqual(await readMemory(instance, id), undefined);
		await untilPolled(sandbox, 1);
		assert.equal(slack.texts.length, before);
	});

	await t.test('Rejected to Slack tells a rejection with all its data', async () => {
		const before = slack.calls.length;
		const [row] = listByOrder(fresh, 'PO 7781 & 7782 #B');
		account.setStatus(row.conversionId, 'rejected');
		await until('Slack was told nothing', () => slack.calls.length > before);
		const affiliate = account.affiliates.get(row.affiliateId);
		const day = new Date(row.at).toISOString().slice(0, 10);
		const line = `• Conversion ${row.conversionId}: offer Wallbox Installation - DE (12033), affiliate ${affiliate} (${row.affiliateId}), payout 35.25, order PO 7781 &amp; 7782 #B (${day})`;
		assert.deepEqual(slack.texts.slice(before), [`*1 conversion was rejected in CAKE*\n${line}`]);
		const { method, path, headers, body } = slack.calls[before];
		assert.equal(`${method} ${path}`, 'POST /api/chat.postMessage');
		assert.equal(headers.authorization, `Bearer ${SLACK_TOKEN}`);
		const { channel } = JSON.parse(body) as { channel: string };
		assert.equal(channel, '#affiliate-rejections');
	});

	await t.test(`Rejected to Slack tells ${MANY} rejections, twenty a message`, async () => {
		const before = slack.texts.length;
		const rows = listApproved(fresh).slice(0, MANY);
		for (const { conversionId } of rows) account.setStatus(conversionId, 'rejected');
		await until('Slack was not told all', () => slack.texts.length >= before + 3);
		await untilPolled(sandbox, 1);
		const texts = slack.texts.slice(before);
		assert.equal(texts.length, 3);
		assert.match(texts[0], /^\*45 conversions were rejected in CAKE\* \(1 to 20\)\n/);
		for (const text of texts) assert.ok(text.length < 4000, `${text.length} characters`);
		assert.deepEqual(slack.told(before).sort(), listIds(rows).sort());
	});
}

async function checkTestWhilePublished(
	fresh: Fresh,
	{ id, slack }: Told,
	t: TestContext,
): Promise<void> {
	const { instance, sandbox } = fresh;
	await t.test('Rejected to Slack tells a rejection that a test showed', async () => {
		const before = slack.texts.length;
		const { conversionId } = sandbox.account.addConversion({ status: 'rejected' });
		const byHand = await runWorkflow(instance, id, TRIGGER);
		assert.equal(listAnnouncedIn(byHand)[0], conversionId);
		await until('Slack was not told twice', () => slack.texts.length >= before + 2);
		await untilPolled(sandbox, 1);
		// One message of the test, and one of the poll.
		const examples = slack.texts.slice(before).filter((text) => text.startsWith('_Example'));
		assert.equal(examples.length, 1);
		const told = slack.told(before).filter((one) => one === conversionId);
		assert.equal(told.length, 2);
		assert.equal(slack.texts.length, before + 2);
	});
}

async function checkRestart(fresh: Fresh, slack: SlackInbox, t: TestContext): Promise<void> {
	const { sandbox } = fresh;
	const { account } = sandbox;

	await t.test(
		'Rejected to Slack tells each rejection once that came while n8n was down',
		async () => {
			const before = slack.texts.length;
			const [first, second, third] = listApproved(fresh);
			account.setStatus(first.conversionId, 'rejected');
			await until('Slack was told nothing', () => slack.texts.length > before);
			await fresh.instance.stop();
			for (const { conversionId } of [second, third]) account.setStatus(conversionId, 'rejected');
			await fresh.startAgain();
			await until('Slack was not told all', () => slack.told(before).length >= 3);
			await untilPolled(sandbox, 1);
			assert.deepEqual(slack.told(before).sort(), listIds([first, second, third]).sort());
		},
	);

	await t.test(
		'Rejected to Slack tells a conversion again that was approved in between',
		async () => {
			const before = slack.texts.length;
			const [row] = listApproved(fresh);
			const told = (times: number) => () =>
				slack.told(before).filter((one) => one === row.conversionId).length >= times;
			account.setStatus(row.conversionId, 'rejected');
			await until('Slack was told nothing', told(1));
			account.setStatus(row.conversionId, 'approved');
			await untilPolled(sandbox, 2);
			account.setStatus(row.conversionId, 'rejected');
			await until('Slack was not told again', told(2));
			assert.deepEqual(slack.told(before), [row.conversionId, row.conversionId]);
		},
	);
}

/** Lists conversions that are not rejected yet, newest first, without the examples' own orders. */
function listApproved({ sandbox: { account } }: Fresh): Conversion[] {
	return [...account.conversions.values()]
		.filter(({ status, uniqueId }) => status === 'approved' && uniqueId === undefined)
		.sort((left, right) => right.at - left.at);
}

/** Gives a function that lists the rejections since now: a conversion once for each. */
function watchRejections({ sandbox: { account } }: Fresh): () => number[] {
	const start = account.events.length;
	return () =>
		account.events
			.slice(start)
			.filter(({ status }) => status === 'rejected')
			.map(({ conversionId }) => conversionId);
}

function listIds(rows: Conversion[]): number[] {
	return rows.map(({ conversionId }) => conversionId);
}
