import type { Conversion, Order, Status } from './model.mts';

/** What a query selects. `from` (included) and `to` (left out) are epoch ms. */
export interface Selection {
	from: number;
	to: number;
	offerId?: number;
	affiliateId?: number;
	advertiserId?: number;
	status?: Status;
}

type Compare = (a: Conversion, b: Conversion) => number;

const byDate: Compare = (a, b) => a.at - b.at || a.conversionId - b.conversionId;

/** A scrambled but fixed place for every ID: neighbors in time are no neighbors in the list. */
const scrambled = (id: number) => Math.imul(id ^ (id >>> 15), 0x2c1b3c6d) >>> 0;

const COMPARE: Record<Order, Compare> = {
	oldest: byDate,
	newest: (a, b) => byDate(b, a),
	shuffled: (a, b) =>
		scrambled(a.conversionId) - scrambled(b.conversionId) || a.conversionId - b.conversionId,
};

/** So few late rows are put in place one by one; more are sorted in with all the others. */
const FEW = 64;

/** All conversions in the order a query shows them; quick for 100,000 rows and many pages. */
export class ConversionList {
	private readonly compare: Compare;
	private rows: Conversion[] = [];
	private late: Conversion[] = [];
	private readonly selected = new Map<string, readonly Conversion[]>();

	constructor(order: Order) {
		this.compare = COMPARE[order];
	}

	add(conversion: Conversion): void {
		this.late.push(conversion);
	}

	remove(conversion: Conversion): void {
		this.settle();
		this.rows = this.rows.filter((row) => row !== conversion);
		this.touch();
	}

	/** To be called when a row's status has changed: selections made before may no longer hold. */
	touch(): void {
		this.selected.clear();
	}

	/** The rows of a selection, in order. The array is shared: do not alter it. */
	select(selection: Selection): readonly Conversion[] {
		this.settle();
		const { from, to, offerId, affiliateId, advertiserId, status } = selection;
		const key = [from, to, offerId, affiliateId, advertiserId, status].join();
		const known = this.selected.get(key);
		if (known) return known;
		const rows = this.rows.filter(
			(row) =>
				row.at >= from &&
				row.at < to &&
				(offerId === undefined || row.offerId === offerId) &&
				(affiliateId === undefined || row.affiliateId === affiliateId) &&
				(advertiserId === undefined || row.advertiserId === advertiserId) &&
				(status === undefined || row.status === status),
		);
		if (this.selected.size >= FEW) this.selected.clear();
		this.selected.set(key, rows);
		return rows;
	}

	private settle(): void {
		if (this.late.length === 0) return;
		if (this.late.length <= FEW) {
			for (const row of this.late) this.rows.splice(this.getPlace(row), 0, row);
		} else {
			this.rows = this.rows.concat(this.late).sort(this.compare);
		}
		this.late = [];
		this.touch();
	}

	private getPlace(row: Conversion): number {
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
