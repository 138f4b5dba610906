import assert from 'node:assert/strict';
import { credentialTypes, nodeTypes } from '../../../scripts/n8n/package.mts';
import type { Checks } from '../support/checks.mts';
import type { Fresh } from '../support/fresh.mts';

/** What n8n's editor is told about the installed package. */
export async function checkInstallation(
	{ instance, packed }: Fresh,
	checks: Checks,
): Promise<void> {
	const types = await nodeTypes(instance);
	const typeNamed = (name: string) => {
		const type = types.find((candidate) => candidate.name === `${packed.name}.${name}`);
		assert.ok(type, `n8n does not know ${packed.name}.${name}`);
		return type;
	};

	await checks.check('the editor is given the node CAKE Conversions, with its icon', async () => {
		const { displayName, iconUrl } = typeNamed('cakeConversions');
		assert.equal(displayName, 'CAKE Conversions');
		for (const icon of Object.values(iconUrl as Record<string, string>)) {
			const response = await fetch(`${instance.url}/${icon}`);
			assert.match(response.headers.get('content-type') ?? '', /^image\/svg\+xml/);
			assert.match(await response.text(), /<svg/);
		}
	});

	await checks.check('the editor is given its variant as a tool of an AI agent', () => {
		const { outputs } = typeNamed('cakeConversionsTool');
		assert.deepEqual(outputs, ['ai_tool']);
	});

	await checks.check(
		'the editor is given the words to search for and the fields to drag',
		async () => {
			const { codex } = typeNamed('cakeConversions');
			assert.ok((codex as { alias?: string[] }).alias?.includes('postback'));
			for (const operation of ['record', 'query', 'update']) {
				const path = `schemas/${packed.name}.cakeConversions/1/${operation}.json`;
				const response = await fetch(`${instance.url}/${path}`);
				assert.equal(response.status, 200, path);
				const { properties } = (await response.json()) as { properties: object };
				assert.ok('conversion_id' in properties);
			}
		},
	);

	await checks.check('the editor is given the credential type CAKE API', async () => {
		const names = (await credentialTypes(instance)).map(({ name }) => name);
		assert.ok(names.includes('cakeApi'));
	});

	await checks.check('Settings > Community nodes lists the package, loaded', async () => {
		const [entry] =
			await instance.rest.get<
				Array<{ packageName: string; installedVersion: string; failedLoading?: boolean }>
			>('/community-packages');
		assert.equal(entry.packageName, packed.name);
		assert.equal(entry.installedVersion, packed.version);
		assert.ok(!entry.failedLoading);
	});
}
