import type { Part } from '../support/checks.mts';
import { withFreshN8n } from '../support/fresh.mts';
import { withOutside } from '../support/outside.mts';
import { checkCredential } from './credential.mts';
import { checkExamples } from './examples/part.mts';
import { checkInstallation } from './installation.mts';
import { checkQuery } from './query.mts';
import { checkReadOnly } from './read-only.mts';
import { checkRecord } from './record.mts';
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
				await checkExamples(fresh, outside, checks);
			});
		});
	},
};
