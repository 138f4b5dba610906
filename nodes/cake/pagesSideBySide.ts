import {
	lastRowOf,
	MAX_PAGES,
	overlaps,
	rowLimitFor,
	type FetchedPage,
	type PageReader,
	type PassPlan,
	type ReadPage,
} from './pageReader';

/** Pages under way at once; the run's own bound on requests holds all the same. */
const MAX_WIDTH = 8;

/** A page that takes so many times as long as one on its own: the server is busy. */
const SLOW_FACTOR = 4;

/** Below this a page is not slow, whatever the factor. */
const NEVER_SLOW_MS = 500;

/** How many pages to ask for at once: fewer when the server slows down, more again when it recovers. */
class Width {
	private width = MAX_WIDTH;

	/** @param usualMs what a page takes on its own; the first one was */
	constructor(private usualMs: number) {}

	get count(): number {
		return Math.floor(this.width);
	}

	/** @param isAlone no other was under way: if it was slow even so, the number is not the reason */
	took(ms: number, isAlone: boolean): void {
		this.usualMs = isAlone ? ms : Math.min(this.usualMs, ms);
		const isSlow = ms > NEVER_SLOW_MS && ms > SLOW_FACTOR * this.usualMs;
		this.width = isSlow ? Math.max(1, this.width / 2) : Math.min(MAX_WIDTH, this.width + 0.25);
	}
}

interface Request {
	start: number;
	rowLimit: number;
}

type Fetched = Request & FetchedPage;

/** Fetches pages, some at a time, until one brings nothing new; in the order they were asked for. */
async function fetchMany(
	reader: PageReader,
	requests: Iterator<Request>,
	width: Width,
	isNew: (page: ReadPage) => boolean,
): Promise<Fetched[]> {
	const fetched: Fetched[] = [];
	let asked = 0;
	let underWay = 0;
	let isOver = false;
	await new Promise<void>((resolve, reject) => {
		const fetchOne = async (request: Request, index: number): Promise<void> => {
			const isAlone = width.count === 1;
			const one = await reader.fetch(request.start, request.rowLimit);
			fetched[index] = { ...request, ...one };
			width.took(one.page.tookMs, isAlone);
			if (!isNew(one.page)) isOver = true;
		};
		let failure: { error: unknown } | undefined;
		const end = (): void => {
			underWay--;
			startMore();
		};
		const startMore = (): void => {
			while (!isOver && underWay < width.count) {
				const { value, done } = requests.next();
				if (done) {
					isOver = true;
					break;
				}
				underWay++;
				fetchOne(value, asked++).then(end, (error: unknown) => {
					// Nothing more is asked for; the others are awaited, so that none goes on unseen.
					isOver = true;
					failure ??= { error };
					end();
				});
			}
			if (underWay > 0) return;
			if (failure) reject(failure.error);
			else resolve();
		};
		startMore();
	});
	return fetched;
}

/** The pages after the first: the step is what the first gave (it may be less than asked), less one row. */
function* requestsAfter(first: ReadPage, plan: PassPlan): Generator<Request, undefined> {
	const step = first.size - 1;
	const end = Math.min(first.total ?? 0, first.start + plan.limit - 1);
	if (step < 1) return undefined;
	let start = lastRowOf(first);
	for (let count = 0; count < MAX_PAGES && start < end; count++, start += step) {
		yield { start, rowLimit: rowLimitFor(plan, first.start + plan.limit - start) };
	}
	return undefined;
}

/**
 * Reads the pages after the first side by side, up to the total CAKE named or the limit.
 * @param seen the IDs of this pass so far, added to
 * @returns the last page up to which nothing is missing, to go on from in order
 */
export async function readSideBySide(
	reader: PageReader,
	plan: PassPlan,
	first: ReadPage,
	seen: Set<number>,
): Promise<ReadPage> {
	const known = new Set(first.ids);
	const isNew = (page: ReadPage): boolean => {
		const before = known.size;
		for (const id of page.ids) known.add(id);
		return known.size > before;
	};
	const width = new Width(first.tookMs);
	const fetched = await fetchMany(reader, requestsAfter(first, plan), width, isNew);

	let before = first;
	let isUnbroken = true;
	for (const one of fetched) {
		const page = reader.add(one);
		if (!isUnbroken) continue;
		const { holds, extra } = await reader.closeSeam(before, page, one.rowLimit);
		const bridge = extra[extra.length - 1];
		isUnbroken = holds && (!bridge || overlaps(bridge, page));
		if (!isUnbroken) continue;
		for (const { ids } of [page, ...extra]) for (const id of ids) seen.add(id);
		before = page;
	}
	return before;
}
