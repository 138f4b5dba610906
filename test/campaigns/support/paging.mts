import type { INodeParameters } from 'n8n-workflow';
import { type Order, startSandbox, type Status } from '../../../sandbox/server.mts';
import { type NodeRun, runNode } from '../../../harness/engine/engine.mts';
import { listFaults, OPTIONS, getSecondsSince } from './faults.mts';

export interface PagingResult {
	run: NodeRun;
	seconds: number;
	/** How many rows matched from beginning to end. */
	stayed: number;
	/** Rows that stayed but did not come out. */
	missing: number[];
	/** Rows that came out more than once. */
	repeated: number[];
	/** How many rows other people inserted and changed meanwhile. */
	inserted: number;
	changed: number;
	refusedParameters: unknown[];
}

/**
 * Reads a list of `rows` conversions while CAKE fails and other people insert and change some.
 * @param status reads only conversions of this status. Rows leave and join that list as they change
 */
export async function queryUnderFaults({
	rows,
	order,
	seed,
	pageSize,
	status,
}: {
	rows: number;
	order: Order;
	seed: number;
	pageSize: number;
	status?: Status;
}): Promise<PagingResult> {
	const sandbox = await startSandbox({
		rows,
		order,
		seed,
		faults: listFaults('query'),
		insertWhilePaging: 0.5,
		changeStatusWhilePaging: 0.5,
	});
	try {
		const { account } = sandbox;
		const matches = (other: Status) => status === undefined || other === status;
		const stayed = new Set(
			[...account.conversions.values()]
				.filter((row) => matches(row.status))
				.map((row) => row.conversionId),
		);
		const parameters: INodeParameters = {
			operation: 'query',
			dateRange: 'custom',
			startDate: '={{ $now.minus({ days: 40 }).toISODate() }}',
			endDate: '={{ $now.plus({ days: 1 }).toISODate() }}',
			returnAll: true,
			filters: status === undefined ? {} : { conversionStatus: status },
			options: { ...OPTIONS, pageSize },
		};
		const start = Date.now();
		const credential = { baseUrl: sandbox.url, apiKey: sandbox.apiKey };
		const run = await runNode({ credential, parameters });
		const seconds = getSecondsSince(start);

		for (const { kind, conversionId, previousStatus, status: now } of account.events) {
			const hasLeft = kind === 'statusSet' && !(matches(previousStatus ?? now) && matches(now));
			if (hasLeft) stayed.delete(conversionId);
		}
		const ids = run.items.map(({ json }) => json.conversion_id as number);
		const came = new Set(ids);
		return {
			run,
			seconds,
			stayed: stayed.size,
			missing: [...stayed].filter((id) => !came.has(id)),
			repeated: ids.filter((id, i) => ids.indexOf(id) !== i),
			inserted: account.events.filter(({ kind }) => kind === 'added').length,
			changed: account.events.filter(({ kind }) => kind === 'statusSet').length,
			refusedParameters: sandbox.counters.refusedParameters,
		};
	} finally {
		await sandbox.close();
	}
}
