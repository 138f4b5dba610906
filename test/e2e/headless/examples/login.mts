import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { activateWorkflow, importWorkflow } from '../../../../harness/server/workflows.mts';
import type { Fresh } from '../../support/fresh.mts';
import { readCopy } from './support.mts';

/** The examples whose forms change statuses, with the addresses of the forms. */
const FORMS = [
	['undo-changes.json', 'cake-undo'],
	['month-end-reconciliation.json', 'cake-month-end'],
	['chargeback-file.json', 'cake-chargebacks'],
] as const;

/** Checks that nobody without a password reaches the forms, which the other checks have published. */
export async function checkLogin({ instance, sandbox }: Fresh, t: TestContext): Promise<void> {
	for (const [file, path] of FORMS) {
		await t.test(`n8n refuses to publish ${file} until a credential is chosen`, async () => {
			const { id } = await importWorkflow(instance, await readCopy(file, `${path}-unset`));
			await assert.rejects(
				activateWorkflow(instance, id),
				/Missing required credential: httpBasicAuth/,
			);
		});

		await t.test(`the form of ${file} opens and takes nothing without a password`, async () => {
			const { requests } = sandbox.counters;
			const address = `${instance.url}/form/${path}`;
			const form = new FormData();
			form.append('field-0', '[]');
			for (const init of [{}, { method: 'POST', body: form }, withLogin('sandbox', 'wrong')]) {
				const { status } = await fetch(address, init);
				assert.equal(status, 401);
			}
			assert.equal(sandbox.counters.requests, requests);
		});
	}
}

function withLogin(user: string, password: string): RequestInit {
	const login = Buffer.from(`${user}:${password}`).toString('base64');
	return { headers: { authorization: `Basic ${login}` } };
}
