import { DAY_MS } from '../../../sandbox/account/calendar.mts';
import { DEMO, type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/server.mts';
import { AccountFolder, runScript, until } from '../../support/account-file.mts';

const ROWS = 30;
const NOW = Date.parse('2024-01-20T12:00:00Z');
/** A click that the account has: no new one is added with the conversion. */
const [CLICK] = DEMO.clicks;
const CHILD_MS = 60_000;

const FILE = 'account.json';

let folder: AccountFolder;
let now: number;
let problems: string[];
let running: Sandbox[];

beforeEach(() => {
	folder = new AccountFolder();
	now = NOW;
	problems = [];
	running = [];
});

afterEach(async () => {
	await Promise.all(running.map((sandbox) => sandbox.close()));
	folder.remove();
});

async function start(options: SandboxOptions = {}): Promise<Sandbox> {
	const report = (problem: string) => void problems.push(problem);
	const clock = () => new Date(now);
	const sandbox = await startSandbox({
		file: folder.path(FILE),
		report,
		rows: ROWS,
		now: clock,
		...options,
	});
	running.push(sandbox);
	return sandbox;
}

/** Starts the sandbox, closes it, and gives what it saved. */
async function save(): Promise<string> {
	await (await start()).close();
	return folder.read(FILE);
}

describe('a sandbox whose account is kept in a file', () => {
	it('seeds no kept account again on a later day, and keeps its time zone', async () => {
		const first = await start({ timeZone: 'Asia/Tokyo' });
		const before = [...first.account.conversions.values()];
		await first.close();
		now += 40 * DAY_MS;
		const { account } = await start({ timeZone: 'UTC', rows: 500, days: 3, seed: 7 });
		expect([...account.conversions.values()]).toEqual(before);
		expect(account.calendar.getDay(Date.parse('2024-01-01T20:00:00Z'))).toBe('2024-01-02');
	});

	it('makes the demo clicks valid again, so that the examples can record with them', async () => {
		await save();
		now += 40 * DAY_MS;
		const { account } = await start();
		for (const { clickId } of DEMO.clicks) {
			expect(account.clicks.get(clickId)?.expiresAt).toBeGreaterThan(now);
		}
		for (const { clickId } of DEMO.expiredClicks) {
			expect(account.clicks.get(clickId)?.expiresAt).toBeLessThan(now);
		}
	});

	it('gives no conversion the ID of one that was deleted', async () => {
		const first = await start();
		const { conversionId } = first.account.addConversion();
		first.account.removeConversion(conversionId);
		await first.close();
		const { account } = await start();
		expect(account.addConversion().conversionId).toBeGreaterThan(conversionId);
	});

	it('gives no conversion the ID of one that a killed sandbox did not save', async () => {
		const first = await start();
		folder.copy(FILE, 'saved.json');
		const lost = Array.from({ length: 500 }, () => first.account.addConversion().conversionId);
		await first.close();
		const { account } = await start({ file: folder.path('saved.json') });
		expect(account.addConversion().conversionId).toBeGreaterThan(Math.max(...lost));
	});

	it('starts at the same port again', async () => {
		const { port, close } = await start();
		await close();
		expect((await start({ port: 0 })).port).toBe(port);
		expect(problems).toEqual([]);
	});

	it('takes another port when its own is taken, says so, and keeps the new one', async () => {
		const first = await start();
		await first.close();
		const other = await startSandbox({ port: first.port });
		running.push(other);
		const second = await start({ port: first.port });
		expect(problems).toEqual([
			`Port ${first.port} is taken. From now on the sandbox is at ${second.url}`,
		]);
		await second.close();
		await other.close();
		expect((await start()).port).toBe(second.port);
	});
});

describe('the file of an account', () => {
	it.each([
		['an offer', ({ account }: Sandbox) => account.addOffer({ name: 'NEW-1' })],
		['a click', ({ account }: Sandbox) => account.addClick({ clickId: 'NEW-1' })],
		[
			'a conversion',
			({ account }: Sandbox) => account.addConversion({ ...CLICK, uniqueId: 'NEW-1' }),
		],
		['a status', ({ account }: Sandbox) => account.setStatus(firstId(account), 'pending', 'NEW-1')],
	])('saves %s soon after it is new, while the sandbox runs', async (_, change) => {
		const sandbox = await start();
		change(sandbox);
		await until(() => folder.read(FILE).includes('NEW-1'));
	});

	it('saves soon that a conversion was deleted, while the sandbox runs', async () => {
		const { account } = await start();
		const conversionId = firstId(account);
		account.removeConversion(conversionId);
		await until(() => !folder.read(FILE).includes(`"conversionId":${conversionId}`));
	});

	it(
		'saves the last change when the process ends at once after it',
		() => {
			const script = `
				import { startSandbox } from './sandbox/server.mts';
				const { account } = await startSandbox({ file: ${JSON.stringify(folder.path(FILE))} });
				account.addConversion({ uniqueId: 'LAST-1' });
				process.exit(3);`;
			expect(runScript(script)).toBe(3);
			expect(folder.read(FILE)).toContain('"uniqueId":"LAST-1"');
		},
		CHILD_MS,
	);

	it.each([
		['is empty', () => ''],
		['was cut off', (text: string) => text.slice(0, -100)],
		['is another JSON', () => '[]'],
		['is of a later version', (text: string) => text.replace('"version":1', '"version":2')],
		['lacks the date of a conversion', (text: string) => text.replace(/"at":\d+,/, '')],
		['has a status of its own', (text: string) => text.replace('"approved"', '"reversed"')],
		['has an unknown time zone', (text: string) => text.replace('"UTC"', '"Mars/Base"')],
		[
			'has a conversion twice',
			(text: string) => text.replace(/(\{"conversionId".*?\}),/, '$1,$1,'),
		],
	])('sets a file aside that %s, reports it, and makes a new account', async (_, spoil) => {
		const broken = spoil(await save());
		folder.write(FILE, broken);
		const { account } = await start({ rows: ROWS + 1 });
		expect(account.conversions.size).toBe(ROWS + 1);
		expect(problems).toHaveLength(1);
		expect(problems[0]).toMatch(
			/^The account in .* cannot be read \(.*\), so a new one was made\./,
		);
		expect(problems[0]).not.toContain('\n');
		expect(folder.read(`${FILE}.unreadable`)).toBe(broken);
		expect(folder.read(FILE)).not.toBe(broken);
	});

	it('sets a folder aside that is in the place of the file', async () => {
		folder.makeFolder(FILE);
		const { account } = await start();
		expect(account.conversions.size).toBe(ROWS);
		expect(problems).toHaveLength(1);
		expect(folder.has(`${FILE}.unreadable`)).toBe(true);
	});

	it('reports once that the file cannot be written, and runs on', async () => {
		const sandbox = await start({ file: folder.path(`inner/${FILE}`) });
		folder.remove('inner');
		folder.write('inner', 'a file in the place of the folder');
		sandbox.account.addConversion();
		await until(() => problems.length > 0);
		sandbox.account.addConversion();
		await sandbox.close();
		expect(problems).toEqual([expect.stringMatching(/^The account could not be saved: /)]);
	});
});

function firstId({ conversions }: Sandbox['account']): number {
	return Math.min(...conversions.keys());
}
