import fc from 'fast-check';

import type { DirectoryPage, Entry } from '../../../../nodes/cake/directory/endpoints';
import { limitTime, unitePages } from '../../../../nodes/cake/directory/readDirectory';
import { CakeError } from '../../../../nodes/cake/errors';
import type { RequestContext } from '../../../../nodes/cake/transport/retry';

const standStill = () => 0;

const makeEntries = (count: number): Entry[] =>
	Array.from({ length: count }, (_, index) => ({ id: index + 1, name: `Name ${index + 1}` }));

/** A list whose pages have `size` rows. Its first row has the number `firstRow`. */
function createList(entries: Entry[], size: number, firstRow: number) {
	const asked: Array<number | undefined> = [];
	const fetchPage = async (startAtRow?: number): Promise<DirectoryPage> => {
		asked.push(startAtRow);
		const start = (startAtRow ?? firstRow) - firstRow;
		const page = entries.slice(start, start + size);
		return { entries: page, rows: page.length };
	};
	return { asked, fetchPage };
}

describe('limitTime', () => {
	const work = { retries: 4, remainingMs: () => 60_000 } as RequestContext;

	it('leaves a request what is left of ten seconds, and one more try', () => {
		let clock = 500;
		const limited = limitTime(work, () => clock);
		expect([limited.remainingMs(), limited.retries]).toEqual([10_000, 1]);
		clock += 9_000.4;
		expect(limited.remainingMs()).toBe(1_000);
		clock += 5_000;
		expect(limited.remainingMs()).toBe(1);
	});

	it('keeps shorter limits, and stops with the run', () => {
		const stop = new AbortController();
		const limited = limitTime({ ...work, retries: 0, remainingMs: () => 7, stop: stop.signal });
		expect([limited.remainingMs(), limited.retries]).toEqual([7, 0]);
		stop.abort();
		expect(limited.stop?.aborted).toBe(true);
	});
});

describe('unitePages', () => {
	it('reads every entry once, whatever the page size and the number of the first row', async () => {
		const shape = fc.record({
			count: fc.integer({ min: 0, max: 300 }),
			size: fc.integer({ min: 2, max: 500 }),
			firstRow: fc.constantFrom(0, 1),
		});
		await fc.assert(
			fc.asyncProperty(shape, async ({ count, size, firstRow }) => {
				const entries = makeEntries(count);
				const { fetchPage, asked } = createList(entries, size, firstRow);
				const list = await unitePages(fetchPage, 1, standStill);
				expect(list).toEqual({ entries, isComplete: true });
				expect(asked.length).toBeLessThanOrEqual(Math.ceil(count / size) + 2);
			}),
		);
	});

	it('ends when a server gives the same page again and again', async () => {
		let requests = 0;
		const fetchPage = async () => {
			requests++;
			return { entries: makeEntries(25), rows: 25 };
		};
		const list = await unitePages(fetchPage, 1, standStill);
		expect([list.entries.length, list.isComplete, requests]).toEqual([25, true, 2]);
	});

	it('ends after 2,000 rows of a list without end', async () => {
		let next = 1;
		const fetchPage = async () => ({ entries: [{ id: next++, name: 'N' }], rows: 25 });
		const list = await unitePages(fetchPage, 1, standStill);
		expect([list.entries.length, list.isComplete]).toEqual([80, false]);
	});

	it('ends when its time is over, with what it has', async () => {
		let clock = 0;
		const { fetchPage, asked } = createList(makeEntries(500), 10, 0);
		const slow = async (startAtRow?: number) => {
			clock += 3_000;
			return await fetchPage(startAtRow);
		};
		const list = await unitePages(slow, 10_000, () => clock);
		expect([list.entries.length, list.isComplete, asked.length]).toEqual([40, false, 4]);
	});

	it('gives what it has when a later page fails, and fails with the first', async () => {
		const { fetchPage } = createList(makeEntries(50), 25, 0);
		const failing = async (startAtRow?: number) => {
			if (startAtRow === 25) throw new CakeError('unavailable');
			return await fetchPage(startAtRow);
		};
		const list = await unitePages(failing, 1, standStill);
		expect([list.entries.length, list.isComplete]).toEqual([25, false]);
		const refused = new CakeError('refused');
		const work = unitePages(() => Promise.reject(refused), 1, standStill);
		await expect(work).rejects.toBe(refused);
	});
});
