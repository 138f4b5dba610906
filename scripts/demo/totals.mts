import type { IDataObject } from 'n8n-workflow';

/** Number and amounts of a status's conversions. */
export interface Total {
	status: string;
	count: number;
	payout: number;
	revenue: number;
}

const STATUSES = ['approved', 'pending', 'rejected'];

/** Totals by status: first CAKE's three (even without conversions), then any others. */
export function totalsByStatus(rows: IDataObject[]): Total[] {
	const totals = new Map(STATUSES.map((status) => [status, newTotal(status)]));
	for (const row of rows) {
		const status = String(row.conversion_status ?? 'no status').toLowerCase();
		const total = totals.get(status) ?? newTotal(status);
		totals.set(status, total);
		add(total, { count: 1, payout: getAmount(row.payout), revenue: getAmount(row.revenue) });
	}
	return [...totals.values()];
}

export function getSum(totals: Total[]): Total {
	const all = newTotal('all');
	for (const total of totals) add(all, total);
	return all;
}

/** Reads an amount from a number or a text. Gives 0 for any other value. */
export function getAmount(value: unknown): number {
	const amount = typeof value === 'number' || typeof value === 'string' ? Number(value) : 0;
	return Number.isFinite(amount) ? amount : 0;
}

function newTotal(status: string): Total {
	return { status, count: 0, payout: 0, revenue: 0 };
}

function add(total: Total, { count, payout, revenue }: Omit<Total, 'status'>): void {
	total.count += count;
	total.payout += payout;
	total.revenue += revenue;
}
