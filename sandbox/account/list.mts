import type { Conversion, Order, Status } from './model.mts';

/** Filters of a query. `from` (inclusive) and `to` (exclusive) are epoch ms. */
export interface Selection {
	from: number;
	to: number;
	offerId?: number | undefined;
	affiliateId?: number | undefined;
	advertiserId?: number | undefined;
	status?: Status | undefined;
}

type Compare = (a: Conversion, b: Conversion) => number;

const byDate: Compare = (a, b) => a.at - b.at || a.conversionId - b.conversionId;

/** A hash of an ID: it shuffles the list in the same way each time. */
const scramble = (id: number) => Math.imul(id ^ (id >>> 15), 0x2c1b3c6d) >>> 0;

const COMPARE: Record<Order, Compare> = {
	oldest: byDate,
	newest: (a, b) => byDate(b, a),
	shuffled: (a, b) =>
		scramble(a.conversionId) - scramble(b.conversionId) || a.conversionId - b.conversionId,
};

/** Up to this number of new rows are inserted one by one. With more, the whole list is sorted. */
const MAX_INSERTS = 64;
const MAX_CACHED_SELECTIONS = 64;

/** All conversions in the order of a query's rows. Fast enough for 100,000 rows and many pages. */
export class ConversionList {
	private readonly compare: Compare;
	private rows: Conversion[] = [];
	private added: Conversion[] = [];
	private readonly selections = new Map<string, readonly Conversion[]>();

	constructor(order: Order) {
		this.compare = COMPARE[order];
	}

	add(conversion: Conversion): void {
		this.added.push(conversion);
	}

	remove(conversion: Conversion): void {
		this.sortInAdded();
		this.rows = this.rows.filter((row) => row !== conversion);
		this.forgetSelections();
	}

	/** Call this after a row's status has changed. */
	forgetSelections(): void {
		this.selections.clear();
	}

	/** The selected rows, in order. Do not change the array: it is shared. */
	select(selection: Selection): readonly Conversion[] {
		this.sortInAdded();
		const { from, to, offerId, affiliateId, advertiserId, status } = selection;
		const key = [from, to, offerId, affiliateId, advertiserId, status].join();
		const cached = this.selections.get(key);
		if (cached) return cached;
		const rows = this.rows.filter(
			(row) =>
				row.at >= from &&
				row.at < to &&
				(offerId === undefined || row.offerId === offerId) &&
				(affiliateId === undefined || row.affiliateId === affiliateId) &&
				(advertiserId === undefined || row.advertiserId === advertiserId) &&
				(status === undefined || row.status === status),
		);
		if (this.selections.size >= MAX_CACHED_SELECTIONS) this.selections.clear();
		this.selections.set(key, rows);
		return rows;
	}

	private sortInAdded(): void {
		if (this.added.length === 0) return;
		if (this.added.length <= MAX_INSERTS) {
			for (const row of this.added) this.rows.splice(this.findIndex(row), 0, row);
		} else {
			this.rows = this.rows.concat(this.added).sort(this.compare);
		}
		this.added = [];
		this.forgetSelections();
	}

	private findIndex(row: Conversion): number {
		let low = 0;
		let high = this.rows.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (this.compare(this.rows[middle], row) < 0) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}
