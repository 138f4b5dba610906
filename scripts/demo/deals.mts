import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLES_DIRECTORY } from '../../harness/server/paths.mts';
import { DemoFailure } from './failure.mts';
import { DAY_MS } from '../../sandbox/account/calendar.mts';

/** A won deal as the CRM exports it. examples/data/README.md explains each member. */
export type Deal = {
	dealId: string;
	title: string;
	company: string;
	country: string;
	amount: number;
	currency: string;
	wonDaysAgo: number;
	wonTime: string;
	orderNumber: string;
	cakeClickId: string;
	cakeOfferId: number;
	payoutAgreed: string;
};

const FILE = join(EXAMPLES_DIRECTORY, 'data/crm-deals.json');

/** The deals of the examples, in the order of the export. */
export function readDeals(): Deal[] {
	try {
		return JSON.parse(readFileSync(FILE, 'utf8')) as Deal[];
	} catch (error) {
		throw new DemoFailure(`${FILE} cannot be read: ${String(error)}`);
	}
}

/** When a deal was won (epoch ms). `now` is epoch ms, too. */
export function wonAt({ wonDaysAgo, wonTime }: Deal, now: number): number {
	const day = new Date(now - wonDaysAgo * DAY_MS).toISOString().slice(0, 10);
	return Date.parse(`${day}T${wonTime}`);
}
