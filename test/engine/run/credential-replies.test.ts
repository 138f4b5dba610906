import { useCake } from '../../support/cake.mts';
import { testCredential } from '../../../harness/engine/credential-test.mts';

const cake = useCake({ rows: 3 });

it.each(['baseUrl', 'apiKey'] as const)(
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

	it.each(['Denied', 'Invalid API Key'])(
		'fails when CAKE answers %s with an empty list',
		async (status) => {
			expect(await runTest({ request_status: status, conversions: [] })).toBe('Error');
		},
	);

	it.each([
		{ response: { conversions: [], total_rows: 0 } },
		{ response: { data: { conversions: [] } } },
	])('passes when CAKE wraps its list in another object: %j', async (list) => {
		expect(await runTest({ request_status: 'Success', ...list })).toBe('OK');
	});
});
