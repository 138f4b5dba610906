import assert from 'node:assert/strict';
import type { Conversion } from '../../../../sandbox/server.mts';
import { listItems, runWorkflow } from '../../../../harness/server/executions.mts';
import { activateWorkflow } from '../../../../harness/server/workflows.mts';
import type { Checks } from '../../support/checks.mts';
import type { Fresh } from '../../support/fresh.mts';
import { until, untilPolled } from '../../support/polls.mts';
import {
	announced,
	announcedIn,
	importRejected,
	readMemory,
	TRIGGER,
} from '../../support/rejected.mts';
import { SLACK_TOKEN, type SlackInbox } from '../../support/slack.mts';
import { ofOrder } from './support.mts';

/** More than two messages hold. */
const MANY = 45;

/** rejected-to-slack.json with the real Slack node: the trigger over several polls, and a restart. */
export async function checkRejected(
	fresh: Fresh,
	slack: SlackInbox,
	checks: Checks,
): Promise<void> {
	const id = await importRejected(fresh.instance);
	await checkInEditor(fresh, id, checks);
	const rejections = sinceNow(fresh);
	await checkTelling(fresh, { id, slack }, checks);
	await checkTestWhilePublished(fresh, { id, slack }, checks);
	await checkRestart(fresh, slack, checks);

	await checks.check('Rejected to Slack: in all, an announcement for each rejection', async () => {
		const all = rejections();
		assert.ok(all.length > MANY);
		assert.deepEqual((await announced(fresh.instance, id)).sort(), all.sort());
	});
}

async function checkInEditor(
	{ instance, sandbox }: Fresh,
	id: string,
	checks: Checks,
): Promise<void> {
	await checks.check(
		'Rejected to Slack: run by hand, the trigger gives the five newest, and remembers nothing',
		async () => {
			const execution = await runWorkflow(instance, id, TRIGGER);
			assert.equal(execution.status, 'success', execution.error?.message);
			const rejected = [...sandbox.account.conversions.values()]
				.filter(({ status }) => status === 'rejected')
				.sort((left, right) => right.at - left.at || right.conversionId - left.conversionId);
			const newest = rejected.slice(0, 5).map(({ conversionId }) => conversionId);
			assert.deepEqual(announcedIn(execution), newest);
			assert.equal(listItems(execution, 'Tell the channel').length, 1);
			assert.equal(await readMemory(instance, id), undefined);
		},
	);
}

/** The workflow, and what it tells. */
interface Told {
	id: string;
	slack: SlackInbox;
}

async function checkTelling(fresh: Fresh, { id, slack }: Told, checks: Checks): Promise<void> {
	const { instance, sandbox } = fresh;
	const { account } = sandbox;

	await checks.check('Rejected to Slack: publishing it tells nothing', async () => {
		const before = slack.texts.length;
		await activateWorkflow(instance, id);
		assert.notEqual(await readMemory(instance, id), undefined);
		await untilPolled(sandbox, 1);
		assert.equal(slack.texts.length, before);
	});

	await checks.check('Rejected to Slack: a rejection is told with all its data', async () => {
		const before = slack.calls.length;
		const [row] = ofOrder(fresh, 'PO 7781 & 7782 #B');
		account.setStatus(row.conversionId, 'rejected');
		await until('Slack was told nothing', () => slack.calls.length > before);
		const day = new Date(row.at).toISOString().slice(0, 10);
		const line = `• Conversion ${row.conversionId}: offer 12033, affiliate ${row.affiliateId}, payout 35.25, order PO 7781 &amp; 7782 #B (${day})`;
		assert.deepEqual(slack.texts.slice(before), [`*1 conversion was rejected in CAKE*\n${line}`]);
		const { method, path, headers, body } = slack.calls[before];
		assert.equal(`${method} ${path}`, 'POST /api/chat.postMessage');
		assert.equal(headers.authorization, `Bearer ${SLACK_TOKEN}`);
		const { channel } = JSON.parse(body) as { channel: string };
		assert.equal(channel, '#affiliate-rejections');
	});

	await checks.check(`Rejected to Slack: ${MANY} at once are told twenty a message`, async () => {
		const before = slack.texts.length;
		const rows = approvedRows(fresh).slice(0, MANY);
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
	checks: Checks,
): Promise<void> {
	const { instance, sandbox } = fresh;
	await checks.check(
		'Rejected to Slack: a test by hand takes nothing from the published one',
		async () => {
			const before = slack.texts.length;
			const { conversionId } = sandbox.account.addConversion({ status: 'rejected' });
			const byHand = await runWorkflow(instance, id, TRIGGER);
			assert.equal(announcedIn(byHand)[0], conversionId);
			await until('Slack was not told twice', () => slack.texts.length >= before + 2);
			await untilPolled(sandbox, 1);
			// One message of the test, and one of the poll.
			const examples = slack.texts.slice(before).filter((text) => text.startsWith('_Example'));
			assert.equal(examples.length, 1);
			const told = slack.told(before).filter((one) => one === conversionId);
			assert.equal(told.length, 2);
			assert.equal(slack.texts.length, before + 2);
		},
	);
}

async function checkRestart(fresh: Fresh, slack: SlackInbox, checks: Checks): Promise<void> {
	const { sandbox } = fresh;
	const { account } = sandbox;

	await checks.check(
		'Rejected to Slack: after a restart of n8n the rejections since are told, each once',
		async () => {
			const before = slack.texts.length;
			const [first, second, third] = approvedRows(fresh);
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

	await checks.check(
		'Rejected to Slack: approved for some polls, then rejected again, it is told again',
		async () => {
			const before = slack.texts.length;
			const [row] = approvedRows(fresh);
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

/** Conversions that may be rejected yet, newest first; the examples' own orders are not among them. */
function approvedRows({ sandbox: { account } }: Fresh): Conversion[] {
	return [...account.conversions.values()]
		.filter(({ status, uniqueId }) => status === 'approved' && uniqueId === undefined)
		.sort((left, right) => right.at - left.at);
}

/** The rejections from now on, by conversion: one that was rejected twice is there twice. */
function sinceNow({ sandbox: { account } }: Fresh): () => number[] {
	const known = account.events.length;
	return () =>
		account.events
			.slice(known)
			.filter(({ status }) => status === 'rejected')
			.map(({ conversionId }) => conversionId);
}

function listIds(rows: Conversion[]): number[] {
	return rows.map(({ conversionId }) => conversionId);
}
