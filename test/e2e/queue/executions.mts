import { setTimeout as sleep } from 'node:timers/promises';
import type { ListedExecution } from '../../../harness/server/executions.mts';
import type { Instance } from '../../../harness/server/instance.mts';
import { Problem } from '../../../harness/server/problem.mts';

const ASK_EVERY_MS = 500;
const UNDER_WAY = ['new', 'running', 'waiting', 'unknown'];
const UNSUCCESSFUL = ['error', 'crashed', 'canceled'];

const PAGE = 100;

/** As n8n lists it; `startedAt` is null when no worker began it. */
interface Row extends ListedExecution {
	startedAt: string | null;
}

/**
 * The executions of a workflow that n8n lists, oldest first: all successful ones, and up to 100 others.
 * The list is sorted by start but paged by ID (n8n 2.41), so that its own pages leave some out where
 * workers begin out of turn; here each page begins with the start of the last one before.
 */
export async function listAllExecutions(
	instance: Instance,
	workflowId: string,
): Promise<ListedExecution[]> {
	const found = new Map<string, Row>();
	const look = async (filter: object): Promise<Row[]> => {
		const rows = await list(instance, { workflowId, ...filter });
		for (const row of rows) found.set(row.id, row);
		return rows;
	};
	let known: number;
	let startedBefore: string | undefined;
	do {
		known = found.size;
		const rows = await look({ status: ['success'], startedBefore });
		startedBefore = rows.at(-1)?.startedAt ?? undefined;
	} while (found.size > known);
	// Read last: what succeeds in the meantime is in neither list, and so still awaited.
	await look({ status: [...UNDER_WAY, ...UNSUCCESSFUL] });
	return [...found.values()].sort((left, right) => Number(left.id) - Number(right.id));
}

async function list({ rest }: Instance, filter: object): Promise<Row[]> {
	const query = `filter=${encodeURIComponent(JSON.stringify(filter))}&limit=${PAGE}`;
	return (await rest.get<{ results: Row[] }>(`/executions?${query}`)).results;
}

/** Waits until a workflow has so many executions and none is under way; gives them all. */
export async function untilAllEnded(
	instance: Instance,
	workflowId: string,
	count: number,
	withinMs: number,
): Promise<ListedExecution[]> {
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

/** `192 success, 8 error`. */
export function listStatuses(executions: ListedExecution[]): string {
	return tally(executions.map(({ status }) => status));
}

/** Counts equal words: `2 a, 1 b`. */
export function tally(words: Array<string | number>): string {
	const counts = new Map<string | number, number>();
	for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
	return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}
