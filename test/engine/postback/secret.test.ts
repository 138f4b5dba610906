import type { ICredentialsDecrypted, ICredentialTestFunctions, INodeType } from 'n8n-workflow';
import { packageDirectory, supports } from '../../../harness/engine/n8n.mts';
import { loadPackage } from '../../../harness/engine/nodes.mts';
import type { WebhookOptions } from '../../../harness/engine/webhook-workflow.mts';
import { spellings } from '../../support/cake.mts';
import { SECRET, toQuery, usePostbacks } from '../../support/postbacks.mts';

const publish = usePostbacks();

describe('the secret', () => {
	it.each([
		['beside the values', toQuery()],
		['twice', `${toQuery()}&key=${SECRET}`],
		['as a sub ID', toQuery({ s1: `a ${SECRET} b` })],
		['as a sub ID, encoded once more', toQuery({ s1: encodeURIComponent(`<${SECRET}>`) })],
		['as another name', toQuery({ [SECRET]: 'x', other: SECRET.toUpperCase() })],
		['in values that are left out', toQuery({ payout: SECRET, converted_at: SECRET })],
		['in a name without a value', `${toQuery()}&${SECRET}`],
		['as the conversion ID', toQuery({ conversion_id: SECRET })],
	])('is in no item, saved execution or log line when it comes %s', async (_, query) => {
		const server = await publish({ parameters: { options: { passOnRepeats: true } } });
		const replies = [await server.call(query), await server.call(query)];
		await server.items();
		expect(server.executions).toHaveLength(2);
		const places = [
			...server.executions.flatMap((run) => [run.saved, ...run.log]),
			...server.log,
			...replies.map(({ text, headers }) => text + JSON.stringify(headers)),
		];
		const shown = spellings(SECRET).filter((form) =>
			places.some((place) => place.toLowerCase().includes(form.toLowerCase())),
		);
		expect(shown).toEqual([]);
	});

	it('is in no log line when a call is refused or repeated', async () => {
		const server = await publish();
		await server.call(toQuery({ conversion_id: SECRET }));
		await server.call(toQuery({ conversion_id: SECRET }));
		await server.call(toQuery({}, `${SECRET}0`));
		expect(server.log).toHaveLength(2);
		expect(server.log.join('\n')).not.toContain(SECRET);
	});
});

describe('a secret that protects nothing', () => {
	const FLAWED = [
		['missing', undefined, 'is empty'],
		['empty', '', 'is empty'],
		['short', 'fifteen-letters', 'is too short'],
		['with a sign of a URL', 'sixteen&letters!', 'has characters that do not stay'],
		['with a line end', 'sixteen-letters-\n', 'has characters that do not stay'],
		['a number', 1234567890123456, 'is empty'],
	] as const;

	it.each(FLAWED)('keeps the workflow from being published: %s', async (_, secret, words) => {
		const error = await publish({ credential: { secret } }).then(
			() => undefined,
			(thrown: unknown) => thrown as Error & { description?: string; failure?: { cause: string } },
		);
		expect(error?.message).toBe('The CAKE postback credential cannot be used');
		expect(error?.description).toContain(`'Secret' ${words}`);
		if (supports('failure')) expect(error?.failure?.cause).toBe('credential-invalid');
	});

	it.each(FLAWED)('lets no call through that a published workflow gets: %s', async (_, secret) => {
		const credential = { secret: SECRET as unknown };
		const server = await publish({ credential: credential as { secret: string } });
		credential.secret = secret;
		for (const key of [String(secret ?? ''), '', SECRET]) {
			expect((await server.call(toQuery({}, encodeURIComponent(key)))).status).toBe(500);
		}
		expect((await server.call(toQuery({}, null))).status).toBe(500);
		expect(await server.items()).toEqual([]);
		expect(server.log.filter((line) => line.startsWith('error'))).toHaveLength(4);
	});

	it('is a credential that n8n does not find, too', async () => {
		const options: WebhookOptions = { credential: { secret: SECRET } };
		const server = await publish(options);
		delete options.credential;
		expect((await server.call(toQuery())).status).toBe(500);
		expect(await server.items()).toEqual([]);
		expect(server.log).toHaveLength(1);
	});

	it.each([
		...FLAWED.map(([what, secret, words]) => [what, secret, 'Error', words]),
		['fine', SECRET, 'OK', 'can be used'],
	])('is what n8n’s test of the credential says: %s', async (_, secret, status, words) => {
		const node = (await loadPackage(packageDirectory)).getNode(
			'n8n-nodes-cake.cakePostbackTrigger',
		) as INodeType;
		const test = node.methods?.credentialTest?.testSecret;
		const credential = { data: { secret } } as unknown as ICredentialsDecrypted;
		const result = await test?.call({} as ICredentialTestFunctions, credential);
		expect(result?.status).toBe(status);
		expect(result?.message).toContain(words);
	});
});
