import { setTimeout as sleep } from 'node:timers/promises';
import type { ListedExecution } from '../../../harness/server/executions.mts';
import type { Instance } from '../../../harness/server/instance.mts';
import { Problem } from '../../../harness/server/problem.mts';
import { RestError } from '../../../harness/server/rest.mts';

const ASK_EVERY_MS = 500;
const UNDER_WAY = ['new', 'running', 'waiting', 'unknown'];
const UNSUCCESSFUL = ['error', 'crashed', 'canceled'];

const PAGE = 100;
const MOST_ATTEMPTS = 120;

/** An execution as n8n lists it. `startedAt` is null when no worker began it. */
export interface StartedExecution extends ListedExecution {
	startedAt: string | null;
}

/**
 * Lists a workflow's executions, oldest first: all successful ones, and up to 100 others. n8n 2.41
 * sorts its list by start but pages it by ID. So its pages leave some out when workers begin out
 * of order. Here each page begins at the start of the last execution before it.
 */
export async function listAllExecutions(
	instance: Instance,
	workflowId: string,
): Promise<StartedExecution[]> {
	const found = new Map<string, StartedExecution>();
	const fetchPage = async (filter: object): Promise<StartedExecution[]> => {
		const rows = await list(instance, { workflowId, ...filter });
		for (const row of rows) found.set(row.id, row);
		return rows;
	};
	let countBefore: number;
	let startedBefore: string | undefined;
	do {
		countBefore = found.size;
		const rows = await fetchPage({ status: ['success'], startedBefore });
		startedBefore = rows.at(-1)?.startedAt ?? undefined;
	} while (found.size > countBefore);
	// Read last: an execution that succeeds in between is in no list, so the caller waits for it.
	await fetchPage({ status: [...UNDER_WAY, ...UNSUCCESSFUL] });
	return [...found.values()].sort((left, right) => Number(left.id) - Number(right.id));
}

/** Lists one page. Asks again while n8n's database is too slow for n8n, as after a burst of calls. */
async function list({ rest }: Instance, filter: object): Promise<StartedExecution[]> {
	const query = `filter=${encodeURIComponent(JSON.stringify(filter))}&limit=${PAGE}`;
	for (let attempt = 1; ; attempt++) {
		try {
			return (await rest.get<{ results: StartedExecution[] }>(`/executions?${query}`)).results;
		} catch (error) {
			const isTooSlow = error instanceof RestError && error.status === 503;
			if (!isTooSlow || attempt === MOST_ATTEMPTS) throw error;
			await sleep(ASK_EVERY_MS);
		}
	}
}

/** Waits until a workflow has this many executions and none is under way. Gives them all. */
export async function untilAllEnded(
	instance: Instance,
	workflowId: string,
	count: number,
	withinMs: number,
): Promise<StartedExecution[]> {
	const deadline = Date.now() + withinMs;
	for (;;) {
		const executions = await listAllExecutions(instance, workflowId);
		const ended = executions.filter(({ status }) => !UNDER_WAY.includes(status));
		if (ended.length === executions.length && ended.length >= count) return executions;
		if (Date.now() > deadline) {
			const seconds = withinMs / 1000;
			throw new Problem(
				`n8n lists ${executions.length} of ${count} executions, ${ended.length} ended, after ${seconds} s`,
			);
		}
		await sleep(ASK_EVERY_MS);
	}
}

/** Counts statuses: `192 success, 8 error`. */
export function countStatuses(executions: ListedExecution[]): string {
	return tally(executions.map(({ status }) => status));
}

/** Counts equal words: `2 a, 1 b`. */
export function tally(words: Array<string | number>): string {
	const counts = new Map<string | number, number>();
	for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
	return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}
