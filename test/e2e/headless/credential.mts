import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import getPort from 'get-port';
import { testCredential } from '../../../harness/server/credentials.mts';
import type { Fresh } from '../support/fresh.mts';

/** Checks the "Test" button of the credential. */
export async function checkCredential({ instance, sandbox }: Fresh, t: TestContext): Promise<void> {
	const { url: baseUrl, apiKey } = sandbox;

	await t.test('the test of a good credential passes', async () => {
		const { status, message } = await testCredential(instance, { baseUrl, apiKey });
		assert.equal(status, 'OK', message);
	});

	await t.test('the test of a wrong key fails, and says what to check', async () => {
		const { status, message } = await testCredential(instance, { baseUrl, apiKey: 'wrong' });
		assert.equal(status, 'Error');
		assert.match(message, /CAKE answered, but not with conversions. Check the API key/);
	});

	await t.test('the test of a host that is not CAKE fails, and says so', async () => {
		const { status, message } = await testCredential(instance, { baseUrl: instance.url, apiKey });
		assert.equal(status, 'Error');
		assert.match(message, /Base URL/);
	});

	await t.test('the test of a host that is not there fails', async () => {
		const nowhere = `http://127.0.0.1:${await getPort()}`;
		const { status, message } = await testCredential(instance, { baseUrl: nowhere, apiKey });
		assert.equal(status, 'Error');
		assert.match(message, /ECONNREFUSED/);
	});
}
