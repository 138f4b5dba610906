import type { IDataObject } from 'n8n-workflow';

/** How many conversions of a status there are, and their money. */
export interface Total {
	status: string;
	count: number;
	payout: number;
	revenue: number;
}

const STATUSES = ['approved', 'pending', 'rejected'];

/** Totals by status, CAKE's three first (also where there are none), then any other. */
export function totalsByStatus(rows: IDataObject[]): Total[] {
	const totals = new Map(STATUSES.map((status) => [status, none(status)]));
	for (const row of rows) {
		const status = String(row.conversion_status ?? 'no status').toLowerCase();
		const total = totals.get(status) ?? none(status);
		totals.set(status, total);
		add(total, { count: 1, payout: getAmount(row.payout), revenue: getAmount(row.revenue) });
	}
	return [...totals.values()];
}

/** The sum of several totals. */
export function getSum(totals: Total[]): Total {
	const all = none('all');
	for (const total of totals) add(all, total);
	return all;
}

/** An amount as CAKE sent it, number or text; what is no amount counts as none. */
export function getAmount(value: unknown): number {
	const amount = typeof value === 'number' || typeof value === 'string' ? Number(value) : 0;
	return Number.isFinite(amount) ? amount : 0;
}

function none(status: string): Total {
	return { status, count: 0, payout: 0, revenue: 0 };
}

function add(total: Total, { count, payout, revenue }: Omit<Total, 'status'>): void {
	total.count += count;
	total.payout += payout;
	total.revenue += revenue;
}
