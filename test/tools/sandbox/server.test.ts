import { HELP, readArguments } from '../../../sandbox/arguments.mts';
import { addDays, Calendar, DAY_MS, isCalendarDate } from '../../../sandbox/account/calendar.mts';
import {
	DEMO,
	FAULT_KINDS,
	PROFILES,
	QUIRK_KINDS,
	type Sandbox,
	type SandboxOptions,
	startSandbox,
} from '../../../sandbox/server.mts';
import { listRows, SandboxClient } from '../../support/sandbox-client.mts';
import { chooseCount } from '../../support/scale.mts';

let sandbox: Sandbox;
let client: SandboxClient;

const NOW = new Date('2024-01-20T12:00:00Z');

async function start(options: SandboxOptions = {}) {
	sandbox = await startSandbox({ now: () => NOW, ...options });
	client = new SandboxClient(sandbox);
}

afterEach(async () => await sandbox.close());

describe('requests', () => {
	it('counts requests by endpoint, connections and the greatest number in flight', async () => {
		await start({ latencyMs: 200 });
		await Promise.all([client.query(), client.query(), client.query(), client.record({})]);
		await client.query();
		expect(sandbox.counters).toMatchObject({ requests: 5, maxInFlight: 4, inFlight: 0 });
		expect(sandbox.counters.byEndpoint).toMatchObject({ record: 1, query: 4, update: 0, other: 0 });
		// The client may open a fifth connection when it asks again before one of the four is free.
		expect([4, 5]).toContain(sandbox.counters.connections);
		expect(sandbox.log.map(({ seq, answered }) => [seq, answered])).toEqual(
			[1, 2, 3, 4, 5].map((seq) => [seq, true]),
		);
	});

	it('limits the rate of requests', async () => {
		await start({ ratePerSecond: 5 });
		const statuses = [];
		for (let i = 0; i < 8; i++) {
			const { status, headers } = await client.query();
			statuses.push(status);
			if (status === 429) expect(headers.get('retry-after')).toBe('1');
		}
		expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200]);
		expect(statuses).toContain(429);
		expect(sandbox.counters.rateLimited).toBe(statuses.filter((s) => s === 429).length);
		expect(sandbox.log.some(({ result }) => result === 'rateLimited')).toBe(true);
	});

	it('shows its counters to other processes without counting their requests', async () => {
		await start();
		await client.query();
		const { json } = await client.send('/sandbox/counters');
		expect(json).toEqual(sandbox.counters);
		expect(json.requests).toBe(1);
		const { counters, log } = sandbox;
		await client.send('/sandbox/reset', { method: 'POST' });
		expect([counters.requests, counters.byEndpoint.query, log.length]).toEqual([0, 0, 0]);
		expect(sandbox.counters).toBe(counters);
	});

	it('closes twice while requests hang and wait, and refuses a port that is taken', async () => {
		await start({ latencyMs: 60_000 });
		await expect(startSandbox({ port: sandbox.port })).rejects.toMatchObject({
			code: 'EADDRINUSE',
		});
		sandbox.failNext('hang');
		const ends = [client.query(), client.query()].map(
			async (end) => await expect(end).rejects.toThrow(),
		);
		await sandbox.close();
		await sandbox.close();
		await Promise.all(ends);
	});
});

describe('changes by other people', () => {
	it('inserts rows and changes statuses while a query is paged', async () => {
		await start({ rows: 50, insertWhilePaging: 1, changeStatusWhilePaging: 1 });
		const totals = [];
		for (let i = 0; i < 5; i++) totals.push((await client.query()).json.total_rows);
		expect(totals).toEqual([51, 52, 53, 54, 55]);
		const kinds = sandbox.account.events.map(({ kind }) => kind);
		expect(kinds.filter((kind) => kind === 'statusSet')).toHaveLength(5);
	});

	it('calls a hook before it answers a page', async () => {
		await start({ rows: 30 });
		const requests: object[] = [];
		sandbox.onQuery((account, request) => {
			requests.push(request);
			if (request.page === 2) account.addConversion({ orderId: 'LATE' });
		});
		await client.query({ row_limit: 10 });
		const second = await client.query({ row_limit: 10, start_at_row: 1 });
		expect(listRows(second)[0].order_id).toBe('LATE');
		expect(requests).toEqual([
			{ startAtRow: 1, rowLimit: 10, page: 1 },
			{ startAtRow: 1, rowLimit: 10, page: 2 },
		]);
	});

	it('removes a row and closes an offer', async () => {
		await start({ rows: 5 });
		const { account } = sandbox;
		const [first] = account.conversions.keys();
		expect([account.removeConversion(first), account.removeConversion(first)]).toEqual([
			true,
			false,
		]);
		expect((await client.query()).json.total_rows).toBe(4);
		const [{ clickId, offerId }] = account.freshClicks(1);
		account.addOffer({ offerId, active: false });
		const { json } = await client.record({ click_id: clickId, offer_id: offerId });
		expect(json.message).toMatch(/inactive offer/i);
	});
});

describe('seeded data', () => {
	const rows = () => [...sandbox.account.conversions.values()];

	it('seeds the same data for the same seed, and other data for another', async () => {
		await start({ rows: 500, seed: 7 });
		const first = [rows(), sandbox.account.freshClicks(20)];
		await sandbox.close();
		await start({ rows: 500, seed: 7 });
		expect([rows(), sandbox.account.freshClicks(20)]).toEqual(first);
		await sandbox.close();
		await start({ rows: 500, seed: 8 });
		expect(rows()).not.toEqual(first[0]);
		expect(DEMO.clicks.every(({ clickId }) => sandbox.account.clicks.has(clickId))).toBe(true);
	});

	it('seeds an account with statuses, days, offers and order IDs of all kinds', async () => {
		await start({ rows: 5000, days: 28 });
		const all = rows();
		const share = (keep: (row: (typeof all)[number]) => boolean) => all.filter(keep).length / 5000;
		expect(share(({ status }) => status === 'approved')).toBeCloseTo(0.7, 1);
		expect(share(({ status }) => status === 'pending')).toBeCloseTo(0.2, 1);
		expect(share(({ orderId }) => orderId === undefined)).toBeCloseTo(0.15, 1);
		expect(share(({ orderId = '' }) => /[^\x20-\x7e]/.test(orderId))).toBeGreaterThan(0.2);
		const sundays = share(({ at }) => new Date(at).getUTCDay() === 0);
		expect(sundays).toBeLessThan(share(({ at }) => new Date(at).getUTCDay() === 2));
		expect(new Set(all.map(({ offerId }) => offerId)).size).toBe(40);
		expect(new Set(all.map(({ affiliateId }) => affiliateId)).size).toBeGreaterThan(100);
		expect(new Set(all.map(({ advertiserId }) => advertiserId)).size).toBe(15);
		expect(new Set(all.map(({ clickId }) => clickId)).size).toBe(5000);
		expect(Math.min(...all.map(({ at }) => at))).toBeGreaterThanOrEqual(
			NOW.getTime() - 28 * DAY_MS - 1000,
		);
		expect(Math.max(...all.map(({ at }) => at))).toBeLessThanOrEqual(NOW.getTime());
		const ids = all.map(({ conversionId }) => conversionId);
		expect(ids.every((id, i) => i === 0 || id > ids[i - 1])).toBe(true);
	});

	it('serves each row once', async () => {
		const rowCount = chooseCount(10_000, 100_000);
		await start({ rows: rowCount, order: 'shuffled' });
		const ids = new Set<unknown>();
		for (let row = 1; row <= rowCount; row += 500) {
			const page = await client.query({ start_at_row: row, row_limit: 500 });
			for (const { conversion_id } of listRows(page)) ids.add(conversion_id);
		}
		expect(ids.size).toBe(rowCount);
	}, 60_000);

	it('seeds clicks to record with, all different and all accepted', async () => {
		await start();
		const clicks = sandbox.account.freshClicks(200);
		expect(new Set(clicks.map(({ clickId }) => clickId)).size).toBe(200);
		for (const { clickId, offerId } of [...clicks, ...DEMO.clicks]) {
			const { json } = await client.record({ click_id: clickId, offer_id: offerId });
			expect(json).toMatchObject({ request_status: 'Success', click_id: clickId });
		}
		expect(sandbox.counters).toMatchObject({ stored: 240, refusedParameters: [] });
	});
});

describe('calendar and command line', () => {
	beforeEach(async () => await start());

	it('finds dates and the start of a day, also of one that begins late or twice', () => {
		expect(['2024-02-29', '2023-02-29', '2024-2-1', ''].map(isCalendarDate)).toEqual([
			true,
			false,
			false,
			false,
		]);
		expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
		const getStart = (zone: string, day: string) =>
			new Date(new Calendar(zone).getStart(day)).toISOString();
		expect(getStart('Europe/Berlin', '2024-03-31')).toBe('2024-03-30T23:00:00.000Z');
		expect(getStart('Europe/Berlin', '2024-04-01')).toBe('2024-03-31T22:00:00.000Z');
		expect(getStart('Asia/Beirut', '2024-03-31')).toBe('2024-03-30T22:00:00.000Z');
		expect(getStart('America/Havana', '2024-11-03')).toBe('2024-11-03T04:00:00.000Z');
	});

	it('reads the flags of the command line', () => {
		const flags = '--rows 10 --latency 50 --rate 5 --fault 503:0.05 --fault reset:.1 --key k';
		expect(readArguments(flags.split(' '))).toMatchObject({
			port: 8787,
			rows: 10,
			latencyMs: 50,
			ratePerSecond: 5,
			apiKey: 'k',
			faults: [
				{ kind: 'unavailable', probability: 0.05 },
				{ kind: 'resetAfter', probability: 0.1 },
			],
		});
		expect(readArguments(['--help'])).toBeUndefined();
	});

	it('reads quirks from the command line', () => {
		const flags = '--quirk cutText:0.05 --quirk ownPayout:1';
		expect(readArguments(flags.split(' '))?.quirks).toEqual([
			{ kind: 'cutText', probability: 0.05 },
			{ kind: 'ownPayout', probability: 1 },
		]);
	});

	it('reads a profile from the command line', () => {
		const options = readArguments('--profile endDateExcluded --latency 50'.split(' '));
		expect(options).toMatchObject({ ...PROFILES.endDateExcluded, latencyMs: 50 });
	});

	it('names every fault, quirk and profile in its help', () => {
		const kinds = [...FAULT_KINDS, ...QUIRK_KINDS, ...Object.keys(PROFILES)];
		for (const kind of kinds) expect(HELP).toContain(kind);
	});

	it.each([
		'--fault 599:1',
		'--fault 503:2',
		'--fault 503',
		'--quirk odd:1',
		'--prot 1',
		'--rows x',
		'--order up',
		'--profile odd',
	])('refuses the flags %s in one line', (flags) => {
		const read = () => readArguments(flags.split(' '));
		expect(read).toThrow(flags.split(' ')[0]);
		expect(read).not.toThrow('\n');
	});
});
