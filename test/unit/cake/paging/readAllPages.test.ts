import fc from 'fast-check';

import { Random } from '../../../../sandbox/account/random.mts';
import { chooseCount } from '../../../support/scale.mts';
import {
	readAllPages,
	type FetchPage,
	type ReadPlan,
} from '../../../../nodes/cake/paging/readAllPages';
import type { Conversion, ConversionPage } from '../../../../nodes/cake/types';

const ALL: ReadPlan = { startAtRow: 1, pageSize: 500 };

const row = (id: number): Conversion => ({ id, row: { conversion_id: id } });
const rowsUpTo = (count: number) => Array.from({ length: count }, (_, index) => row(index + 1));
const listIds = (conversions: Conversion[]) => conversions.map(({ id }) => id);

/** The IDs that a result lacks. */
function listMissing(wanted: Conversion[], { conversions }: { conversions: Conversion[] }) {
	const ids = new Set(listIds(conversions));
	return listIds(wanted).filter((id) => !ids.has(id));
}

/** More than any read of these tests may send. Jest cannot end a test that goes on forever. */
const MAX_REQUESTS = 30_000;

/** A list, paged as CAKE does it. It can change before each page. */
class List {
	requests: Array<{ startAtRow: number; rowLimit: number }> = [];

	total: (count: number) => number | undefined = (count) => count;

	maxRowsPerPage = 500;

	beforePage: (request: number) => void = () => {};

	/** How many ticks of the event loop each request takes. Pages come back in another order. */
	delays: number[] = [];

	constructor(public rows: Conversion[]) {}

	fetch: FetchPage = async (startAtRow, rowLimit): Promise<ConversionPage> => {
		const request = this.requests.push({ startAtRow, rowLimit });
		if (request > MAX_REQUESTS) throw new Error('This read does not end');
		for (let tick = this.delays[request % this.delays.length] ?? 0; tick > 0; tick--) await null;
		this.beforePage(request);
		const count = Math.min(rowLimit, this.maxRowsPerPage);
		const page = this.rows.slice(startAtRow - 1, startAtRow - 1 + count);
		return { conversions: page, total: this.total(this.rows.length) };
	};
}

const RUNS = chooseCount(200, 1_000);
const CHANGES = ['addFirst', 'addLast', 'addAnywhere', 'remove', 'moveToFront'] as const;

interface Writing {
	changes: Array<(typeof CHANGES)[number]>;
	/** Changes before each page, on average. */
	perPage: number;
	seed: number;
}

/** Lets other people change a list before each page. Gives the IDs of the rows they removed or moved. */
function letOthersWrite(list: List, { changes, perPage, seed }: Writing): Set<number> {
	const random = new Random(seed);
	const touched = new Set<number>();
	let nextId = 10_000;
	const change = () => {
		const { rows } = list;
		const kind = random.pick(changes);
		const place = random.int(0, rows.length);
		if (kind === 'addFirst') rows.unshift(row(nextId++));
		else if (kind === 'addLast') rows.push(row(nextId++));
		else if (kind === 'addAnywhere') rows.splice(place, 0, row(nextId++));
		else {
			const taken = rows.splice(place, 1);
			for (const id of listIds(taken)) touched.add(id);
			if (kind === 'moveToFront') rows.unshift(...taken);
		}
	};
	list.beforePage = () => {
		for (let left = perPage; left > 0; left--) if (random.chance(left)) change();
	};
	return touched;
}

describe('readAllPages, of a list that stands still', () => {
	it('gives every row once, in order, with any page sizes and totals', async () => {
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
					const result = await readAllPages(list.fetch, { startAtRow: 1, pageSize });
					expect(listIds(result.conversions)).toEqual(listIds(list.rows));
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
					const result = await readAllPages(list.fetch, { startAtRow, pageSize, limit });
					const wanted = list.rows.slice(startAtRow - 1, startAtRow - 1 + limit);
					expect(listIds(result.conversions)).toEqual(listIds(wanted));
				},
			),
		);
	});

	it('reads only the pages a limit needs', async () => {
		const list = new List(rowsUpTo(5000));
		await readAllPages(list.fetch, { ...ALL, limit: 50 });
		expect(list.requests).toEqual([{ startAtRow: 1, rowLimit: 50 }]);
		for (const total of [list.total, () => undefined]) {
			Object.assign(list, { requests: [], total });
			await readAllPages(list.fetch, { ...ALL, limit: 510 });
			expect(list.requests).toEqual([
				{ startAtRow: 1, rowLimit: 500 },
				{ startAtRow: 500, rowLimit: 11 },
			]);
		}
	});

	it('never asks for a single row, which could not overlap with the next page', async () => {
		const list = new List(rowsUpTo(50));
		const { conversions } = await readAllPages(list.fetch, { ...ALL, limit: 1 });
		expect([conversions.length, list.requests]).toEqual([1, [{ startAtRow: 1, rowLimit: 2 }]]);
	});

	it('reads a list that fits on one page with one request', async () => {
		const list = new List(rowsUpTo(30));
		expect((await readAllPages(list.fetch, ALL)).isComplete).toBe(true);
		expect(list.requests).toHaveLength(1);
	});

	it('keeps reading eight pages at a time to the end', async () => {
		const list = new List(rowsUpTo(5_000));
		let inFlight = 0;
		const counts: number[] = [];
		const fetch: FetchPage = async (startAtRow, rowLimit) => {
			counts.push(++inFlight);
			await null;
			inFlight--;
			return await list.fetch(startAtRow, rowLimit);
		};
		await readAllPages(fetch, { startAtRow: 1, pageSize: 100 });
		expect([counts[0], Math.max(...counts)]).toEqual([1, 8]);
		// Few requests start while no other is in flight.
		expect(counts.filter((count) => count === 1).length).toBeLessThan(counts.length / 6);
	});

	it('asks for 25,000 rows in 51 pages: one row of overlap costs one request', async () => {
		const list = new List(rowsUpTo(25_000));
		const result = await readAllPages(list.fetch, ALL);
		expect(result.conversions).toHaveLength(25_000);
		expect(list.requests).toHaveLength(51);
	});

	it('reads as many pages as the total needs', async () => {
		const list = new List(rowsUpTo(6_000));
		const result = await readAllPages(list.fetch, { startAtRow: 1, pageSize: 4 });
		expect(result.conversions).toHaveLength(6_000);
		expect(result.isComplete).toBe(true);
	});
});

describe('readAllPages, of a list that other people write to', () => {
	it('never calls a read complete that lacks a row that stayed in the list', async () => {
		const plans = fc.record({
			count: fc.integer({ min: 20, max: 400 }),
			pageSize: fc.constantFrom(5, 10, 25, 50, 500),
			maxRowsPerPage: fc.oneof(fc.constant(500), fc.integer({ min: 2, max: 30 })),
			namesTotal: fc.boolean(),
			delays: fc.array(fc.nat(40), { maxLength: 12 }),
			changes: fc.subarray([...CHANGES], { minLength: 1 }),
			perPage: fc.constantFrom(0.1, 0.3, 1, 3),
			seed: fc.nat(),
		});
		let completeReads = 0;
		await fc.assert(
			fc.asyncProperty(plans, async ({ count, pageSize, namesTotal, ...plan }) => {
				const list = new List(rowsUpTo(count));
				Object.assign(list, { maxRowsPerPage: plan.maxRowsPerPage, delays: plan.delays });
				if (!namesTotal) list.total = () => undefined;
				const touched = letOthersWrite(list, plan);
				const result = await readAllPages(list.fetch, { startAtRow: 1, pageSize });
				const ids = new Set(listIds(result.conversions));
				expect(ids.size).toBe(result.conversions.length);
				if (!result.isComplete) return;
				completeReads++;
				const stayed = listIds(rowsUpTo(count)).filter((id) => !touched.has(id));
				expect(stayed.filter((id) => !ids.has(id))).toEqual([]);
			}),
			{ seed: 1, numRuns: RUNS },
		);
		expect(completeReads).toBeGreaterThan(RUNS / 2);
	});

	it('misses no row that moved up behind the last page', async () => {
		const list = new List(rowsUpTo(100));
		list.beforePage = (request) => {
			if (request === 2) list.rows.splice(50, 0, row(1001), row(1002), row(1003));
			if (request === 4) list.rows.splice(0, 2);
		};
		const result = await readAllPages(list.fetch, { startAtRow: 1, pageSize: 35 });
		expect(listIds(result.conversions)).toEqual(expect.arrayContaining([98, 99, 100]));
	});

	it('reads a seam again when rows before it went away', async () => {
		const list = new List(rowsUpTo(100));
		list.beforePage = (request) => {
			if (request === 2) list.rows.splice(0, 5);
		};
		const result = await readAllPages(list.fetch, { startAtRow: 1, pageSize: 40 });
		expect(listMissing(rowsUpTo(100).slice(5), result)).toEqual([]);
		expect(result.isComplete).toBe(true);
	});

	it('reads one page more when the row where two pages meet goes away', async () => {
		const list = new List(rowsUpTo(100));
		list.beforePage = (request) => {
			if (request === 2) list.rows.splice(49, 1);
		};
		const result = await readAllPages(list.fetch, { startAtRow: 1, pageSize: 50 });
		expect(list.requests).toHaveLength(4);
		expect(listMissing(list.rows, result)).toEqual([]);
	});

	it('reads a broken seam again from the first page at most, however small the pages', async () => {
		const list = new List(rowsUpTo(100));
		list.beforePage = (request) => {
			if (request === 2) list.rows.splice(20, 5);
		};
		const result = await readAllPages(list.fetch, { startAtRow: 21, pageSize: 10 });
		expect(listMissing(rowsUpTo(100).slice(25), result)).toEqual([]);
		expect(result.isComplete).toBe(true);
		expect(Math.min(...list.requests.map(({ startAtRow }) => startAtRow))).toBe(21);
	});

	it('goes back half a page when 25 rows do not close a seam, and asks for 500 rows at most', async () => {
		const list = new List(rowsUpTo(2_000));
		list.beforePage = (request) => {
			if (request === 3) list.rows.splice(0, 60);
		};
		const result = await readAllPages(list.fetch, ALL);
		expect(listMissing(list.rows, result)).toEqual([]);
		expect(result.isComplete).toBe(true);
		expect(Math.max(...list.requests.map(({ rowLimit }) => rowLimit))).toBe(500);
		expect(list.requests).toHaveLength(8);
	});

	it('repeats a read that lost more rows at once than a seam can bridge', async () => {
		const list = new List(rowsUpTo(300));
		list.beforePage = (request) => {
			if (request !== 20) return;
			list.rows.splice(0, 30);
			list.rows.push(...rowsUpTo(400).slice(340));
		};
		const result = await readAllPages(list.fetch, { startAtRow: 1, pageSize: 10 });
		expect(listMissing(list.rows, result)).toEqual([]);
		expect(result.isComplete).toBe(true);
		expect(list.requests.length).toBeLessThan(95);
	});

	it('does not take a row that moved for proof that two pages meet', async () => {
		const list = new List(rowsUpTo(30));
		// The third page comes before the second and the fourth.
		list.delays = [9, 0, 9, 0];
		list.beforePage = (request) => {
			if (request !== 2) return;
			const moved = list.rows.splice(24, 1);
			list.rows.splice(11, 0, ...moved);
			list.rows.unshift(row(1001));
			list.rows.push(row(1002));
		};
		const result = await readAllPages(list.fetch, { startAtRow: 1, pageSize: 10 });
		expect(listIds(result.conversions)).toContain(18);
		expect(result.isComplete).toBe(true);
	});

	it('takes the newest version of a row that was read twice', async () => {
		const list = new List(rowsUpTo(30));
		list.beforePage = (request) => {
			if (request === 2) list.rows[9] = { id: 10, row: { conversion_status: 'rejected' } };
		};
		const result = await readAllPages(list.fetch, { startAtRow: 1, pageSize: 10 });
		expect(result.conversions[9].row.conversion_status).toBe('rejected');
	});

	it('reads past a total that is a little too small', async () => {
		const list = new List(rowsUpTo(42));
		list.total = () => 40;
		const result = await readAllPages(list.fetch, { startAtRow: 1, pageSize: 20 });
		expect(listIds(result.conversions)).toEqual(listIds(list.rows));
	});

	it('reads past a total that is much too small, also when CAKE gives fewer rows than asked', async () => {
		const list = new List(rowsUpTo(95));
		Object.assign(list, { total: () => 40, maxRowsPerPage: 10 });
		const result = await readAllPages(list.fetch, { startAtRow: 1, pageSize: 50 });
		expect(listIds(result.conversions)).toEqual(listIds(list.rows));
	});

	it('reports an incomplete read, and gives the rows it read', async () => {
		const list = new List(rowsUpTo(100));
		list.total = () => 1_000_000_000;
		const result = await readAllPages(list.fetch, ALL);
		expect(result).toMatchObject({ isComplete: false, reported: 1_000_000_000 });
		expect(result.conversions).toHaveLength(100);
		expect(list.requests.length).toBeLessThan(30);
	});
});

describe('readAllPages, from a server that pages badly', () => {
	it('stops when the server sends one page again and again', async () => {
		const list = new List(rowsUpTo(50));
		const fetch: FetchPage = async (_, rowLimit) => await list.fetch(1, rowLimit);
		list.total = () => 900;
		const result = await readAllPages(fetch, ALL);
		expect(result.conversions).toHaveLength(50);
		expect(result.isComplete).toBe(false);
		expect(list.requests.length).toBeLessThan(30);
	});

	it('never calls a read complete when the server repeats a page without a total', async () => {
		const list = new List(rowsUpTo(50));
		const fetch: FetchPage = async (_, rowLimit) => await list.fetch(1, rowLimit);
		list.total = () => undefined;
		const result = await readAllPages(fetch, ALL);
		expect(result.conversions).toHaveLength(50);
		expect(result.isComplete).toBe(false);
		expect(list.requests).toHaveLength(9);
	});

	it.each([
		{ total: undefined, most: 1_010 },
		{ total: 40, most: 1_020 },
		{ total: 10 ** 12, most: 41_010 },
	])('stops when the server makes up new rows (total: $total)', async ({ total, most }) => {
		let requests = 0;
		const fetch: FetchPage = async (startAtRow, rowLimit) => {
			if (++requests > most) throw new Error('too many requests');
			const rows = Array.from({ length: rowLimit }, (_, index) => row(startAtRow + index));
			return { conversions: rows, total };
		};
		const { isComplete } = await readAllPages(fetch, { startAtRow: 1, pageSize: 10 });
		expect(isComplete).toBe(false);
	});

	it.each([{ total: 100 }, { total: undefined }])(
		'reads on after a page that is shorter than the others (total: $total)',
		async ({ total }) => {
			const list = new List(rowsUpTo(100));
			const fetch: FetchPage = async (startAtRow, rowLimit) => {
				const isMiddle = startAtRow > 20 && startAtRow <= 60;
				const page = await list.fetch(startAtRow, isMiddle ? 7 : rowLimit);
				return { ...page, total };
			};
			const result = await readAllPages(fetch, { startAtRow: 1, pageSize: 20 });
			const ids = listIds(result.conversions);
			expect(ids.sort((left, right) => left - right)).toEqual(listIds(list.rows));
			expect(result.isComplete).toBe(true);
		},
	);

	it('reads past an empty page on its next pass', async () => {
		const list = new List(rowsUpTo(120));
		let count = 0;
		const fetch: FetchPage = async (startAtRow, rowLimit) =>
			++count === 2 ? { conversions: [], total: 120 } : await list.fetch(startAtRow, rowLimit);
		const result = await readAllPages(fetch, { startAtRow: 1, pageSize: 50 });
		expect(result.conversions).toHaveLength(120);
		expect(result.isComplete).toBe(true);
	});

	it('stops when the server answers in another order each time', async () => {
		const list = new List(rowsUpTo(200));
		let shift = 0;
		list.beforePage = () => {
			shift += 7;
			list.rows = [...list.rows.slice(shift % 200), ...list.rows.slice(0, shift % 200)];
		};
		const result = await readAllPages(list.fetch, { startAtRow: 1, pageSize: 50 });
		expect(new Set(listIds(result.conversions)).size).toBe(result.conversions.length);
		expect(list.requests.length).toBeLessThan(60);
	});

	it('throws the failure of the first page', async () => {
		const fetch: FetchPage = async () => await Promise.reject(new Error('no answer'));
		await expect(readAllPages(fetch, ALL)).rejects.toThrow('no answer');
	});

	it('asks for no more pages after one failed, awaits those in flight and throws the first failure', async () => {
		const list = new List(rowsUpTo(1_000));
		let inFlight = 0;
		const fetch: FetchPage = async (startAtRow, rowLimit) => {
			inFlight++;
			const page = await list.fetch(startAtRow, rowLimit);
			const request = list.requests.findIndex((one) => one.startAtRow === startAtRow);
			// The fourth fails before the others come, the second and third after that.
			for (let tick = request === 3 ? 0 : 10; tick > 0; tick--) await null;
			inFlight--;
			if (request >= 1 && request <= 3) throw new Error(`page ${request} failed`);
			return page;
		};
		await expect(readAllPages(fetch, { startAtRow: 1, pageSize: 10 })).rejects.toThrow(
			'page 3 failed',
		);
		expect([list.requests.length, inFlight]).toEqual([9, 0]);
	});
});
