import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Fresh } from '../support/fresh.mts';
import { until, untilPolled } from '../support/polls.mts';
import { listPolledExecutions } from '../support/rejected.mts';
import type { SlackInbox } from '../support/slack.mts';
import { readExample } from './examples/support.mts';

/**
 * With these settings n8n stores a trigger's memory in one step with the execution it starts.
 * After a restart it makes up for polls missed in the last minute, side by side, each with a copy.
 */
const DURABLE = {
	N8N_SCHEDULER_ENABLED: 'true',
	N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
	N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
	// Only to be quick. The defaults are 5 and 10 seconds.
	N8N_SCHEDULER_EXECUTOR_INTERVAL: '1',
	N8N_SCHEDULER_MATERIALIZATION_INTERVAL: '2',
};

/**
 * Checks rejected-to-slack.json in an n8n that is killed. It must come last: it uses the published
 * workflow that `checkRejected` leaves.
 */
export async function checkTriggerKilled(
	fresh: Fresh,
	slack: SlackInbox,
	t: TestContext,
): Promise<void> {
	const { sandbox } = fresh;
	const { account } = sandbox;
	const { id = '' } = await readExample('rejected-to-slack.json');
	const reject = () => account.addConversion({ status: 'rejected' }).conversionId;
	/** Waits for a message and one more poll. Gives the conversions told since. */
	const readToldSince = async (before: number) => {
		await until('Slack was told nothing', () => slack.texts.length > before);
		await untilPolled(sandbox, 1);
		return slack.told(before);
	};

	await t.test('the trigger keeps its memory under durable cursors', async () => {
		const before = slack.texts.length;
		await fresh.instance.stop();
		const meanwhile = reject();
		await fresh.startAgain(DURABLE);
		assert.deepEqual(await readToldSince(before), [meanwhile]);
	});

	await t.test('n8n killed during a poll tells the rejection after a restart', async () => {
		const before = slack.texts.length;
		const dies = dieAtQuery(fresh);
		const rejected = reject();
		await dies;
		await fresh.startAgain(DURABLE);
		assert.deepEqual(await readToldSince(before), [rejected]);
	});

	await t.test('n8n killed at a message shows a crash, and tells nothing twice', async () => {
		const before = slack.texts.length;
		const dies = dieAtMessage(fresh, slack);
		const first = reject();
		await dies;
		const second = reject();
		const afterDeath = slack.texts.length;
		await fresh.startAgain(DURABLE);
		assert.deepEqual(await readToldSince(afterDeath), [second]);
		assert.deepEqual(slack.told(before), [first, second]);
		const statuses = (await listPolledExecutions(fresh.instance, id)).map(({ status }) => status);
		assert.deepEqual(statuses.slice(-2), ['crashed', 'success']);
	});
}

/** Kills n8n when CAKE gets its next query, before CAKE answers. */
async function dieAtQuery({ instance, sandbox }: Fresh): Promise<void> {
	let isArmed = true;
	sandbox.onQuery(() => {
		if (isArmed) instance.process.signal('SIGKILL');
		isArmed = false;
	});
	await until('n8n did not poll', () => !isArmed);
	await instance.process.ended;
}

/** Kills n8n when Slack gets its next message, before Slack answers. */
async function dieAtMessage({ instance }: Fresh, slack: SlackInbox): Promise<void> {
	slack.onMessage = () => instance.process.signal('SIGKILL');
	await until('Slack was told nothing', () => instance.process.hasEnded());
	delete slack.onMessage;
}
