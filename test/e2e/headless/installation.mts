import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { credentialTypes, nodeTypes } from '../../../harness/server/package.mts';
import type { Fresh } from '../support/fresh.mts';

/** Checks the data of the installed package that n8n gives its editor. */
export async function checkInstallation(
	{ instance, packed }: Fresh,
	t: TestContext,
): Promise<void> {
	const types = await nodeTypes(instance);
	const findType = (name: string) => {
		const type = types.find((candidate) => candidate.name === `${packed.name}.${name}`);
		assert.ok(type, `n8n does not know ${packed.name}.${name}`);
		return type;
	};

	const nodes = {
		cakeConversions: 'CAKE Conversions',
		cakeConversionsTrigger: 'CAKE Conversions Trigger',
		cakePostbackTrigger: 'CAKE Postback Trigger',
	};
	for (const [name, label] of Object.entries(nodes)) {
		await t.test(`n8n gives its editor the node ${label} and its icon`, async () => {
			const { displayName, iconUrl } = findType(name);
			assert.equal(displayName, label);
			for (const icon of Object.values(iconUrl as Record<string, string>)) {
				const response = await fetch(`${instance.url}/${icon}`);
				assert.match(response.headers.get('content-type') ?? '', /^image\/svg\+xml/);
				assert.match(await response.text(), /<svg/);
			}
		});
	}

	await t.test('the trigger starts a workflow, polls, and is no tool', () => {
		const { inputs, group, polling, properties } = findType('cakeConversionsTrigger');
		assert.deepEqual([inputs, group, polling], [[], ['trigger'], true]);
		const names = (properties as Array<{ name: string }>).map(({ name }) => name);
		assert.deepEqual(names.slice(0, 2), ['pollTimes', 'event']);
		const own = types.map(({ name }) => name).filter((name) => name.startsWith(`${packed.name}.`));
		assert.deepEqual(own.sort(), [
			`${packed.name}.cakeConversions`,
			`${packed.name}.cakeConversionsTool`,
			`${packed.name}.cakeConversionsTrigger`,
			`${packed.name}.cakePostbackTrigger`,
		]);
	});

	await t.test('n8n gives its editor the action node as a tool of an AI agent', () => {
		const { outputs } = findType('cakeConversionsTool');
		assert.deepEqual(outputs, ['ai_tool']);
	});

	await t.test('n8n gives its editor the search words and output fields', async () => {
		const { codex } = findType('cakeConversions');
		assert.ok((codex as { alias?: string[] }).alias?.includes('postback'));
		for (const operation of ['record', 'query', 'get', 'totals', 'reconcile', 'update']) {
			const path = `schemas/${packed.name}.cakeConversions/1/conversion/${operation}.json`;
			const response = await fetch(`${instance.url}/${path}`);
			assert.equal(response.status, 200, path);
			const { properties } = (await response.json()) as { properties: object };
			assert.ok((operation === 'totals' ? 'conversions' : 'conversion_id') in properties);
		}
	});

	await t.test('n8n gives its editor the credential types', async () => {
		const names = (await credentialTypes(instance)).map(({ name }) => name);
		for (const name of ['cakeApi', 'cakePostbackApi']) assert.ok(names.includes(name), name);
	});

	await t.test('Settings > Community nodes lists the package as loaded', async () => {
		const [entry] =
			await instance.rest.get<
				Array<{ packageName: string; installedVersion: string; failedLoading?: boolean }>
			>('/community-packages');
		assert.equal(entry.packageName, packed.name);
		assert.equal(entry.installedVersion, packed.version);
		assert.ok(!entry.failedLoading);
	});
}
