import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { checkAgent } from './headless/agent/part.mts';
import { checkAccount } from './headless/check.mts';
import { checkCredential } from './headless/credential.mts';
import { checkDirectParameters } from './headless/direct-parameters.mts';
import { checkExamples } from './headless/examples/part.mts';
import { checkInstallation } from './headless/installation.mts';
import { checkNames } from './headless/names.mts';
import { checkPostbacks } from './headless/postbacks.mts';
import { checkQuery } from './headless/query.mts';
import { checkReadOnly } from './headless/read-only.mts';
import { checkRecord } from './headless/record.mts';
import { checkTriggerKilled } from './headless/trigger-killed.mts';
import { checkWebhook } from './headless/webhook.mts';
import { withFreshN8n } from './support/fresh.mts';
import { type Outside, withOutside } from './support/outside.mts';
import { testPart } from './support/part.mts';
import { SLACK, SlackInbox } from './support/slack.mts';

/** The packed package in a fresh n8n, without a browser. */
testPart('headless', async (t) => {
	await withOutside(async (outside) => {
		const options = { sandbox: { rows: 1200 }, env: outside.env };
		await withFreshN8n(options, async (fresh) => {
			await checkInstallation(fresh, t);
			await checkCredential(fresh, t);
			await checkReadOnly(fresh, t);
			await checkQuery(fresh, t);
			await checkAccount(fresh, t);
			await checkNames(fresh, t);
			await checkRecord(fresh, t);
			await checkDirectParameters(fresh, t);
			await checkWebhook(fresh, t);
			await checkPostbacks(fresh, t);
			await checkAgent(fresh, t);
			const slack = new SlackInbox(outside);
			await checkExamples(fresh, slack, t);
			await checkTriggerKilled(fresh, slack, t);
			await checkQuiet(outside, t);
		});
	});
});

async function checkQuiet({ calls }: Outside, t: TestContext): Promise<void> {
	await t.test('n8n calls no host outside except Slack and the npm registry', () => {
		const others = calls.map(({ host }) => host).filter((host) => host !== SLACK);
		assert.deepEqual([...new Set(others)], ['registry.npmjs.org']);
	});
}
