import { useCake } from '../../support/cake.mts';
import { getDetails } from '../../support/sales.mts';
import { startTlsServer } from '../../support/tls-server.mts';

const cake = useCake();
const branch = { onError: 'continueErrorOutput' } as const;

describe('a server with a certificate that nobody has signed', () => {
	it('sends it nothing, tries once, and names the certificate', async () => {
		const { server, url, requests } = await startTlsServer();
		let connections = 0;
		server.on('connection', () => connections++);
		try {
			const credential = { baseUrl: url, apiKey: 'key' };
			const run = await cake.record({ options: { retries: 2 } }, { credential, ...branch });
			const { kind, reason } = getDetails(run.errorItems[0]);
			expect(kind).toBe('notSent');
			expect(reason).toMatch(/^The server's certificate was not accepted \(\w*SELF_SIGNED\w*\)\./);
			expect([connections, requests]).toEqual([1, []]);
		} finally {
			server.close();
		}
	});
});

describe('a server that does not answer over https', () => {
	it('advises http:// for a sandbox on this machine', async () => {
		const credential = { ...cake.credential, baseUrl: `127.0.0.1:${cake.sandbox.port}` };
		const run = await cake.query({}, { credential, ...branch });
		const { kind, reason } = getDetails(run.errorItems[0]);
		expect(kind).toBe('unavailable');
		expect(reason).toContain('does not answer over https');
		expect(reason).toContain('needs http:// before it');
	});
});
