import type { IDataObject } from 'n8n-workflow';

import type { CakeCall } from '../../../nodes/cake/transport/call';
import type { CakeClient } from '../../../nodes/cake/transport/client';
import { RateLimiter } from '../../../nodes/cake/transport/rateLimiter';
import { Semaphore } from '../../../nodes/cake/transport/semaphore';
import type { Session } from '../../../nodes/CakeConversions/actions/operation';
import { formatRow, SPECIFIED } from '../../../sandbox/protocol/answer.mts';
import type { Sandbox } from '../../../sandbox/server.mts';
import { measureHeap } from '../../support/garbage.mts';

/** Rows a page. */
export const PAGE_SIZE = 500;

export interface Measured {
	pages: number;
	/** The heap when the first page was asked for. */
	before: number;
	/** What the read had added when it asked for its last page but one. */
	added: number;
}

/**
 * A session with a client that gives the account's rows, parsed from text as those of a server.
 * @param isMeasured whether to measure the heap. It takes time.
 */
export function createListSession({ account }: Sandbox, isMeasured = true) {
	const list = account.select({ from: 0, to: Number.MAX_SAFE_INTEGER });
	// What a read keeps of rows stays until it has ended.
	const latePage = list.length / PAGE_SIZE;
	const measured: Measured = { pages: 0, before: 0, added: 0 };
	const measure = () => (isMeasured ? measureHeap() : 0);
	const client = {
		async send<T>({ parameters, read }: CakeCall<T>): Promise<T> {
			if (measured.pages === 0) measured.before = measure();
			if (++measured.pages === latePage) measured.added = measure() - measured.before;
			const first = Number(parameters.start_at_row) - 1;
			const rows = list.slice(first, first + Number(parameters.row_limit));
			const texts = rows.map((row) => formatRow(row, SPECIFIED, account));
			await Promise.resolve();
			const reply = `{"total_rows":${list.length},"conversions":[${texts.join()}]}`;
			return read(JSON.parse(reply) as IDataObject);
		},
	};
	const session: Session = {
		client: client as unknown as CakeClient,
		semaphore: new Semaphore(20),
		rateLimiter: new RateLimiter(),
		retries: 0,
		remainingMs: () => 60_000,
		hint() {},
	};
	return { session, measured };
}

export const inMegabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Seconds of CPU time: other programs take none of it. */
export const measureCpu = () => process.cpuUsage().user / 1e6;
