import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { untilAllEnded } from '../support/executions.mts';
import type { Fresh } from '../support/fresh.mts';
import { checkStorm, publishPostback } from '../support/postbacks.mts';

const CONVERSIONS = 500;
const TIMED = 20;
/** Longer than the workflow takes, so that no execution is in the way of the next. */
const APART_MS = 100;
const END_WITHIN_MS = 30_000;

/** Checks a published workflow that CAKE's postbacks start. */
export async function checkPostbacks(fresh: Fresh, t: TestContext): Promise<void> {
	const { instance, sandbox } = fresh;
	const stage = await publishPostback(instance, 'Postbacks');
	const storm = { name: 'the postback trigger', instance, sandbox, stage, count: CONVERSIONS };
	await checkStorm({ ...storm, logFiles: [instance.logFile] }, t);
	await checkLatency(fresh, t);
	sandbox.postbacks.options = undefined;
}

/** Tells how soon a workflow starts. Judges no time. */
async function checkLatency({ instance, sandbox }: Fresh, t: TestContext): Promise<void> {
	await t.test('the postback trigger starts soon after each conversion', async (check) => {
		const { id, url } = await publishPostback(instance, 'Postbacks, timed');
		const { account, postbacks } = sandbox;
		postbacks.options = { urls: [url] };
		const recorded: number[] = [];
		for (let i = 0; i < TIMED; i++) {
			recorded.push(Date.now());
			account.record({});
			await postbacks.settle();
			await sleep(APART_MS);
		}
		const executions = await untilAllEnded(instance, id, TIMED, END_WITHIN_MS);
		assert.equal(executions.length, TIMED);
		const waits = executions.map(({ startedAt }, i) => Date.parse(String(startedAt)) - recorded[i]);
		waits.sort((left, right) => left - right);
		check.diagnostic(
			`from a recorded conversion to the start of its execution: median ${waits[TIMED / 2]} ms, slowest ${waits[TIMED - 1]} ms`,
		);
	});
}
