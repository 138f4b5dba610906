import assert from 'node:assert/strict';
import type { Checks, Part } from '../support/checks.mts';
import { withFreshN8n } from '../support/fresh.mts';
import { type Outside, withOutside } from '../support/outside.mts';
import { SLACK, SlackInbox } from '../support/slack.mts';
import { checkAgent } from './agent/part.mts';
import { checkCredential } from './credential.mts';
import { checkExamples } from './examples/part.mts';
import { checkInstallation } from './installation.mts';
import { checkQuery } from './query.mts';
import { checkReadOnly } from './read-only.mts';
import { checkRecord } from './record.mts';
import { checkTriggerKilled } from './trigger-killed.mts';
import { checkWebhook } from './webhook.mts';

/** The packed package in a fresh n8n, without a browser. */
export const headless: Part = {
	name: 'headless',
	async run(checks) {
		await withOutside(async (outside) => {
			const options = { sandbox: { rows: 1200 }, env: outside.env };
			await withFreshN8n(options, async (fresh) => {
				await checkInstallation(fresh, checks);
				await checkCredential(fresh, checks);
				await checkReadOnly(fresh, checks);
				await checkQuery(fresh, checks);
				await checkRecord(fresh, checks);
				await checkWebhook(fresh, checks);
				await checkAgent(fresh, checks);
				const slack = new SlackInbox(outside);
				await checkExamples(fresh, slack, checks);
				await checkTriggerKilled(fresh, slack, checks);
				await checkQuiet(outside, checks);
			});
		});
	},
};

async function checkQuiet({ calls }: Outside, checks: Checks): Promise<void> {
	await checks.check('n8n calls no host outside except Slack and the npm registry', () => {
		const others = calls.map(({ host }) => host).filter((host) => host !== SLACK);
		assert.deepEqual([...new Set(others)], ['registry.npmjs.org']);
	});
}
