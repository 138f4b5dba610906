import assert from 'node:assert/strict';
import type { Checks } from '../support/checks.mts';
import type { Fresh } from '../support/fresh.mts';
import { until, untilPolled } from '../support/polls.mts';
import { polledExecutions } from '../support/rejected.mts';
import type { SlackInbox } from '../support/slack.mts';
import { readExample } from './examples/support.mts';

/**
 * With these n8n stores the memory of a trigger in one step with the execution it starts. After it was
 * down it makes up for the polls missed in the last minute, side by side, each with a copy of memory.
 */
const DURABLE = {
	N8N_SCHEDULER_ENABLED: 'true',
	N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
	N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
	// Only to be quick; 5 and 10 seconds by default.
	N8N_SCHEDULER_EXECUTOR_INTERVAL: '1',
	N8N_SCHEDULER_MATERIALIZATION_INTERVAL: '2',
};

/**
 * rejected-to-slack.json in an n8n that is killed. Last of all: it goes on from the published workflow
 * that the check of this example leaves.
 */
export async function checkTriggerKilled(
	fresh: Fresh,
	slack: SlackInbox,
	checks: Checks,
): Promise<void> {
	const { sandbox } = fresh;
	const { account } = sandbox;
	const { id = '' } = await readExample('rejected-to-slack.json');
	const reject = () => account.addConversion({ status: 'rejected' }).conversionId;
	/** What was told since, once nothing more is to come. */
	const toldSince = async (before: number) => {
		await until('Slack was told nothing', () => slack.texts.length > before);
		await untilPolled(sandbox, 1);
		return slack.told(before);
	};

	await checks.check('n8n’s durable cursors take over what the trigger remembers', async () => {
		const before = slack.texts.length;
		await fresh.instance.stop();
		const meanwhile = reject();
		await fresh.startAgain(DURABLE);
		assert.deepEqual(await toldSince(before), [meanwhile]);
	});

	await checks.check(
		'killed while a poll reads, n8n tells after a restart what it read',
		async () => {
			const before = slack.texts.length;
			const dies = dieAtQuery(fresh);
			const rejected = reject();
			await dies;
			await fresh.startAgain(DURABLE);
			assert.deepEqual(await toldSince(before), [rejected]);
		},
	);

	await checks.check('killed while it tells, n8n shows that, and tells nothing twice', async () => {
		const before = slack.texts.length;
		const dies = dieAtMessage(fresh, slack);
		const first = reject();
		await dies;
		const second = reject();
		const afterDeath = slack.texts.length;
		await fresh.startAgain(DURABLE);
		assert.deepEqual(await toldSince(afterDeath), [second]);
		assert.deepEqual(slack.told(before), [first, second]);
		const statuses = (await polledExecutions(fresh.instance, id)).map(({ status }) => status);
		assert.deepEqual(statuses.slice(-2), ['crashed', 'success']);
	});
}

/** Kills n8n when CAKE gets its next query, before that is answered. */
async function dieAtQuery({ instance, sandbox }: Fresh): Promise<void> {
	let isArmed = true;
	sandbox.onQuery(() => {
		if (isArmed) instance.process.signal('SIGKILL');
		isArmed = false;
	});
	await until('n8n did not poll', () => !isArmed);
	await instance.process.ended;
}

/** Kills n8n when Slack gets its next message, before that is answered. */
async function dieAtMessage({ instance }: Fresh, slack: SlackInbox): Promise<void> {
	slack.onMessage = () => instance.process.signal('SIGKILL');
	await until('Slack was told nothing', () => instance.process.hasEnded());
	delete slack.onMessage;
}
