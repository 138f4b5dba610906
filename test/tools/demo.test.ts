import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/server.mts';
import { readAccount } from '../../scripts/demo/account.mts';
import { findMismatches } from '../../scripts/demo/check.mts';
import { readDeals, type Deal } from '../../scripts/demo/deals.mts';
import { styleFor, table, getWidth } from '../../scripts/demo/print.mts';
import { reportLines } from '../../scripts/demo/report.mts';
import { runDeals } from '../../scripts/demo/workflow.mts';
import { hasStackTrace, runDemo } from '../support/demo-process.mts';

const plain = styleFor(false);
const ESCAPE = '\u001b';
const PROCESS_MS = 60_000;

let sandbox: Sandbox | undefined;

async function start(options: SandboxOptions = {}): Promise<Sandbox> {
	sandbox = await startSandbox({ rows: 600, days: 29, ...options });
	return sandbox;
}

afterEach(async () => {
	await sandbox?.close();
	sandbox = undefined;
});

/** Gives the text that account mode prints for a sandbox. */
async function readAccountText({ url, apiKey }: Sandbox): Promise<string> {
	const lines: string[] = [];
	const write = (line: string) => void lines.push(line);
	await readAccount({ baseUrl: url, apiKey }, write, plain, () => 0);
	return lines.join('\n');
}

async function run(deals: Deal[], options?: SandboxOptions) {
	const server = await start(options);
	const outcome = await runDeals(deals, { baseUrl: server.url, apiKey: server.apiKey });
	return { server, outcome };
}

describe('npm run demo', () => {
	it(
		'records, refuses, sums up and rejects deals, and prints without colors when piped',
		async () => {
			const { code, stdout, stderr } = await runDemo();
			expect(stderr).toBe('');
			expect(code).toBe(0);
			expect(stdout).not.toContain(ESCAPE);
			for (const text of [
				'Recorded 40 of 43 won deals',
				'Already recorded 1',
				'Refused 2',
				"'Payout' is not a plain amount",
				'Given: "€ 12,50".',
				'CAKE says: "Click Expired: 7f3a0d3394cc".',
				'Last 30 days: 4,040 conversions, read in ',
				'second conversion of order SO-1047',
				'approved → rejected',
				'no unknown parameters',
				'Checked against the account',
			]) {
				expect(stdout).toContain(text);
			}
		},
		PROCESS_MS,
	);

	it(
		'exits with an error when only one of its two variables is set',
		async () => {
			const runs = await Promise.all([
				runDemo({ CAKE_API_KEY: 'half-a-secret' }),
				runDemo({ CAKE_BASE_URL: 'cake.example.com', CAKE_API_KEY: ' ' }),
			]);
			const line = (name: string) =>
				`demo: ${name} is not set. Set CAKE_BASE_URL and CAKE_API_KEY to read from a CAKE account, or neither for the demo.\n`;
			expect(runs).toEqual([
				{ code: 1, stdout: '', stderr: line('CAKE_BASE_URL') },
				{ code: 1, stdout: '', stderr: line('CAKE_API_KEY') },
			]);
		},
		PROCESS_MS,
	);

	it(
		'shows what it found about a wrong key, and not the key',
		async () => {
			const { url, counters } = await start({ rows: 0 });
			const result = await runDemo({ CAKE_BASE_URL: url, CAKE_API_KEY: 'wrong-key-4711' });
			expect(result).toMatchObject({
				code: 1,
				stderr: 'demo: the conversions could not be read\n',
			});
			expect(result.stdout).toMatch(
				/keyAccepted +no +CAKE does not accept the API key\. CAKE says/,
			);
			expect(result.stdout).not.toContain('wrong-key-4711');
			expect(hasStackTrace(result)).toBe(false);
			expect(counters.wrongKey).toBe(1);
		},
		PROCESS_MS,
	);
});

describe('the demo with an account', () => {
	it.each([
		[true, 'UTC', 'yes'],
		[false, 'UTC', 'no'],
		[true, 'Pacific/Auckland', 'yes'],
		[false, 'America/Los_Angeles', 'no'],
	])('finds whether the end date counts: %s (%s)', async (endDateInclusive, timeZone, answer) => {
		const server = await start({ endDateInclusive, timeZone });
		const text = await readAccountText(server);
		expect(text).toMatch(new RegExp(`endDateCounted +${answer} +A list `));
		expect(text).toMatch(/Last 30 days: [56]\d\d conversions/);
		expect(text).not.toContain(server.apiKey);
		const { byEndpoint, refusedParameters } = server.counters;
		expect(byEndpoint).toMatchObject({ record: 0, update: 0, other: 0 });
		expect(refusedParameters).toEqual([]);
	});

	it('admits without conversions what cannot be seen, and says what to do', async () => {
		const text = await readAccountText(await start({ rows: 0 }));
		expect(text).toMatch(/endDateCounted +undecided +The account has no conversions/);
		expect(text).toContain('Run the check again when the account has conversions.');
	});
});

describe('the report of the demo', () => {
	it('finds every mismatch between its report and the account', async () => {
		const { server, outcome } = await run(readDeals());
		expect(findMismatches(outcome, server)).toEqual([]);
		expect(reportLines(outcome, server, styleFor(true)).join('')).toContain(ESCAPE);

		const [first] = outcome.recorded;
		const { conversionId } = server.account.addConversion({ uniqueId: first.deal.dealId });
		server.account.removeConversion(outcome.rows.at(-1)?.conversion_id as number);
		server.account.setStatus(outcome.rejected.before.conversion_id as number, 'approved');
		const mismatches = findMismatches(outcome, server).join('\n');
		expect(mismatches).toContain(`deal ${first.deal.dealId} is in the account 2 times, not once`);
		expect(mismatches).toContain('is not rejected in the account');
		server.account.removeConversion(conversionId);
		expect(findMismatches(outcome, server).join('\n')).toMatch(/\d+ rows were read, and/);
	});

	it('fails with the error of the node that failed', async () => {
		const deals = readDeals().map((deal, i) => ({ ...deal, orderNumber: `SO-${i}` }));
		await expect(run(deals)).rejects.toThrow(/^Reject the second: 'Conversion ID' is empty\. /);
	});

	it('aligns columns that hold wide characters', () => {
		expect(getWidth('ご注文-1')).toBe(8);
		const rows = [
			['ご注文', '1'],
			['é', '22'],
		];
		expect(table([{ title: 'Order' }, { title: 'N', align: 'right' }], rows, plain, 0)).toEqual([
			'Order    N',
			'ご注文   1',
			'é       22',
		]);
	});
});
