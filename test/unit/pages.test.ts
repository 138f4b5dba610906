import fc from 'fast-check';

import { readAll, type FetchPage, type ReadPlan } from '../../nodes/cake/pages';
import type { ConversionPage, ConversionRow } from '../../nodes/cake/types';

const ALL: ReadPlan = { startAtRow: 1, pageSize: 500 };

const row = (id: number): ConversionRow => ({ conversion_id: id });
const rowsUpTo = (count: number) => Array.from({ length: count }, (_, index) => row(index + 1));
const idsOf = (rows: ConversionRow[]) => rows.map(({ conversion_id: id }) => Number(id));

/** A list that is paged as CAKE does it, and can be changed before each page. */
class List {
	requests: Array<{ startAtRow: number; rowLimit: number }> = [];

	total: (count: number) => number | undefined = (count) => count;

	maxRowsPerPage = 500;

	beforePage: (request: number) => void = () => {};

	/** How long each request takes, in turns of the event loop; pages come back in another order. */
	delays: number[] = [];

	constructor(public rows: ConversionRow[]) {}

	fetch: FetchPage = async (startAtRow, rowLimit): Promise<ConversionPage> => {
		const request = this.requests.push({ startAtRow, rowLimit });
		for (let turn = this.delays[request % this.delays.length] ?? 0; turn > 0; turn--) await null;
		this.beforePage(request);
		const count = Math.min(rowLimit, this.maxRowsPerPage);
		const page = this.rows.slice(startAtRow - 1, startAtRow - 1 + count);
		return { rows: page, total: this.total(this.rows.length) };
	};
}

describe('a list that stands still', () => {
	it('gives every row once, in order, whatever the page sizes and totals', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.nat(400),
				fc.integer({ min: 1, max: 60 }),
				fc.integer({ min: 1, max: 60 }),
				fc.constantFrom(
					(count: number) => count,
					() => undefined,
					() => 0,
				),
				async (count, pageSize, maxRowsPerPage, total) => {
					const list = new List(rowsUpTo(count));
					Object.assign(list, { total, maxRowsPerPage });
					const result = await readAll(list.fetch, { startAtRow: 1, pageSize });
					expect(idsOf(result.rows)).toEqual(idsOf(list.rows));
					expect(result.isComplete).toBe(true);
				},
			),
		);
	});

	it('keeps to the limit and the first row exactly', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.nat(300),
				fc.integer({ min: 1, max: 350 }),
				fc.integer({ min: 1, max: 80 }),
				fc.integer({ min: 1, max: 350 }),
				async (count, limit, pageSize, startAtRow) => {
					const list = new List(rowsUpTo(count));
					const result = await readAll(list.fetch, { startAtRow, pageSize, limit });
					const wanted = list.rows.slice(startAtRow - 1, startAtRow - 1 + limit);
					expect(idsOf(result.rows)).toEqual(idsOf(wanted));
				},
			),
		);
	});

	it('reads only the pages a limit needs', async () => {
		const list = new List(rowsUpTo(5000));
		await readAll(list.fetch, { ...ALL, limit: 50 });
		expect(list.requests).toEqual([{ startAtRow: 1, rowLimit: 50 }]);
		list.requests = [];
		await readAll(list.fetch, { ...ALL, limit: 501 });
		expect(list.requests).toEqual([
			{ startAtRow: 1, rowLimit: 500 },
			{ startAtRow: 500, rowLimit: 2 },
		]);
	});

	it('asks for 25,000 rows in 51 pages: one row of overlap costs one request', async () => {
		const list = new List(rowsUpTo(25_000));
		const result = await readAll(list.fetch, ALL);
		expect(result.rows).toHaveLength(25_000);
		expect(list.requests).toHaveLength(51);
	});
});

describe('a list that other people write to', () => {
	it('gives every row that was there throughout, once, when rows come and go', async () => {
		const change = fc.record({
			page: fc.integer({ min: 1, max: 30 }),
			at: fc.nat(300),
			remove: fc.boolean(),
			count: fc.integer({ min: 1, max: 4 }),
		});
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 1, max: 300 }),
				fc.integer({ min: 20, max: 60 }),
				fc.array(change, { maxLength: 8 }),
				fc.array(fc.nat(40), { maxLength: 12 }),
				async (count, pageSize, changes, delays) => {
					const list = new List(rowsUpTo(count));
					list.delays = delays;
					const removed = new Set<number>();
					let nextId = 10_000;
					list.beforePage = (request) => {
						for (const { at, remove, count: many } of changes.filter((c) => c.page === request)) {
							const place = Math.min(at, list.rows.length);
							const fresh = Array.from({ length: remove ? 0 : many }, () => row(nextId++));
							const gone = list.rows.splice(place, remove ? many : 0, ...fresh);
							for (const id of idsOf(gone)) removed.add(id);
						}
					};
					const result = await readAll(list.fetch, { startAtRow: 1, pageSize });
					const ids = idsOf(result.rows);
					expect(new Set(ids).size).toBe(ids.length);
					const stayed = idsOf(rowsUpTo(count)).filter((id) => !removed.has(id));
					if (result.isComplete) expect(ids).toEqual(expect.arrayContaining(stayed));
				},
			),
			{ numRuns: 300 },
		);
	});

	it('misses no row that moved up behind the last page', async () => {
		const list = new List(rowsUpTo(100));
		list.beforePage = (request) => {
			if (request === 2) list.rows.splice(50, 0, row(1001), row(1002), row(1003));
			if (request === 4) list.rows.splice(0, 2);
		};
		const result = await readAll(list.fetch, { startAtRow: 1, pageSize: 35 });
		expect(idsOf(result.rows)).toEqual(expect.arrayContaining([98, 99, 100]));
	});

	it('reads a seam again when rows before it went away', async () => {
		const list = new List(rowsUpTo(100));
		list.beforePage = (request) => {
			if (request === 2) list.rows.splice(0, 5);
		};
		const result = await readAll(list.fetch, { startAtRow: 1, pageSize: 40 });
		expect(idsOf(result.rows)).toEqual(expect.arrayContaining(idsOf(rowsUpTo(100).slice(5))));
		expect(result.isComplete).toBe(true);
	});

	it('takes the newest version of a row that was read twice', async () => {
		const list = new List(rowsUpTo(30));
		list.beforePage = (request) => {
			if (request === 2) list.rows[9] = { conversion_id: 10, conversion_status: 'rejected' };
		};
		const result = await readAll(list.fetch, { startAtRow: 1, pageSize: 10 });
		expect(result.rows[9].conversion_status).toBe('rejected');
	});

	it('reads past a total that is a little too small', async () => {
		const list = new List(rowsUpTo(42));
		list.total = () => 40;
		const result = await readAll(list.fetch, { startAtRow: 1, pageSize: 20 });
		expect(idsOf(result.rows)).toEqual(idsOf(list.rows));
	});

	it('says so when it could not read everything, and delivers what it read', async () => {
		const list = new List(rowsUpTo(100));
		list.total = () => 1_000_000_000;
		const result = await readAll(list.fetch, ALL);
		expect(result).toMatchObject({ isComplete: false, reported: 1_000_000_000 });
		expect(result.rows).toHaveLength(100);
		expect(list.requests.length).toBeLessThan(30);
	});
});

describe('a server that does not page', () => {
	it('is not asked for ever when it sends one page again and again', async () => {
		const list = new List(rowsUpTo(50));
		const fetch: FetchPage = async (_, rowLimit) => await list.fetch(1, rowLimit);
		list.total = () => 900;
		const result = await readAll(fetch, ALL);
		expect(result.rows).toHaveLength(50);
		expect(result.isComplete).toBe(false);
		expect(list.requests.length).toBeLessThan(30);
	});

	it('is done with when it sends one page again and names no total', async () => {
		const list = new List(rowsUpTo(50));
		const fetch: FetchPage = async (_, rowLimit) => await list.fetch(1, rowLimit);
		list.total = () => undefined;
		const result = await readAll(fetch, ALL);
		expect(result.rows).toHaveLength(50);
		expect(list.requests).toHaveLength(2);
	});

	it('is read on past an empty page, on the next pass', async () => {
		const list = new List(rowsUpTo(120));
		let count = 0;
		const fetch: FetchPage = async (startAtRow, rowLimit) =>
			++count === 2 ? { rows: [], total: 120 } : await list.fetch(startAtRow, rowLimit);
		const result = await readAll(fetch, { startAtRow: 1, pageSize: 50 });
		expect(result.rows).toHaveLength(120);
		expect(result.isComplete).toBe(true);
	});

	it('cannot keep it busy by answering in another order each time', async () => {
		const list = new List(rowsUpTo(200));
		let turn = 0;
		list.beforePage = () => {
			turn += 7;
			list.rows = [...list.rows.slice(turn % 200), ...list.rows.slice(0, turn % 200)];
		};
		const result = await readAll(list.fetch, { startAtRow: 1, pageSize: 50 });
		expect(new Set(idsOf(result.rows)).size).toBe(result.rows.length);
		expect(list.requests.length).toBeLessThan(60);
	});

	it('passes a failed request on', async () => {
		const fetch: FetchPage = async () => await Promise.reject(new Error('no answer'));
		await expect(readAll(fetch, ALL)).rejects.toThrow('no answer');
	});
});
