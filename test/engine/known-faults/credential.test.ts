import type { IAuthenticate } from 'n8n-workflow';
import { useCake } from '../../support/cake.mts';
import { testCredential } from '../../support/credential-test.mts';
import { packageDirectory } from '../../support/n8n.mts';
import { loadPackage } from '../../support/nodes.mts';

const cake = useCake({ rows: 3 });

type Authenticate = Extract<IAuthenticate, (...args: never[]) => unknown>;

/** A credential whose switch holds what an expression or an external secret gave. */
const setReadOnly = (readOnly: unknown) => ({
	credential: { ...cake.credential, readOnly: readOnly as boolean },
});

describe('Read Only', () => {
	it.failing.each(['true', 'TRUE', 'yes', 1, '', null])(
		'refuses to write when Read Only is %p',
		async (readOnly) => {
			const { conversionId } = cake.account.addConversion({ status: 'approved' });
			const recorded = await cake.record({}, setReadOnly(readOnly));
			const updated = await cake.update(
				{ conversionId, status: 'rejected' },
				setReadOnly(readOnly),
			);
			expect([recorded.status, updated.status]).toEqual(['error', 'error']);
			expect(cake.requests).toBe(0);
		},
	);

	it.failing.each(['true', 'TRUE', 'yes', 1, '', null])(
		'refuses to write for an HTTP Request node when Read Only is %p',
		async (readOnly) => {
			const { authenticate } = (await loadPackage(packageDirectory)).getCredential('cakeApi');
			const data = setReadOnly(readOnly).credential;
			const request = { method: 'POST', url: '/api/2/update_conversion.json', body: {} } as const;
			await expect((authenticate as Authenticate)(data, request)).rejects.toThrow('read-only');
		},
	);

	it.each([false, 'false', 'FALSE', undefined])('writes when Read Only is %p', async (readOnly) => {
		const run = await cake.record({}, setReadOnly(readOnly));
		expect([run.status, cake.sandbox.counters.stored]).toEqual(['success', 1]);
	});

	it.each([true, 'true', ''])('reads when Read Only is %p', async (readOnly) => {
		const run = await cake.query({}, setReadOnly(readOnly));
		expect(run.status).toBe('success');
	});
});

it.failing.each(['baseUrl', 'apiKey'] as const)(
	'accepts a credential whose %s ends in an invisible character',
	async (name) => {
		const credential = { ...cake.credential, [name]: `${cake.credential[name]}\u200b` };
		const run = await cake.query({}, { credential });
		expect(run.status).toBe('success');
	},
);

describe('the credential test', () => {
	const runTest = async (body: object) => {
		cake.sandbox.replyNext('query', () => ({ body }));
		return (await testCredential(cake.credential)).status;
	};

	it.failing.each(['Denied', 'Invalid API Key'])(
		'fails when CAKE answers %s with an empty list',
		async (status) => {
			expect(await runTest({ request_status: status, conversions: [] })).toBe('Error');
		},
	);

	it.failing.each([
		{ response: { conversions: [], total_rows: 0 } },
		{ response: { data: { conversions: [] } } },
	])('passes when CAKE wraps its list in another object: %j', async (list) => {
		expect(await runTest({ request_status: 'Success', ...list })).toBe('OK');
	});
});
