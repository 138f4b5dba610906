import { startSandbox, type Status } from '../../../sandbox/server.mts';
import { Random } from '../../../sandbox/account/random.mts';
import { type NodeRun, runNode } from '../../../harness/engine/engine.mts';
import { getSecondsSince, listFaults, OPTIONS } from './faults.mts';

const STATUSES: Status[] = ['approved', 'pending', 'rejected'];

export interface UpdateResult {
	run: NodeRun;
	seconds: number;
	itemsOut: number[];
	/** Conversions that do not end with the status of their last input item. */
	wrongAtTheEnd: number[];
	/** Conversions whose changes reached the server in another order than the items', or not all. */
	outOfOrder: number[];
	/** Changes the server made, including repeated ones. */
	applied: number;
	refusedParameters: unknown[];
}

/**
 * Changes the status of `conversions` conversions `changes` times each, with the items in random
 * order. Each note is the number of the change, so that the account's events show their order.
 */
export async function updateUnderFaults(
	conversions: number,
	changes: number,
	seed: number,
): Promise<UpdateResult> {
	const sandbox = await startSandbox({ faults: listFaults('update'), seed, rows: conversions });
	try {
		const random = new Random(seed);
		const ids = [...sandbox.account.conversions.keys()];
		const sent = new Map<number, Status[]>(ids.map((id) => [id, []]));
		const items = Array.from({ length: conversions * changes }, () => {
			const open = ids.filter((id) => (sent.get(id) ?? []).length < changes);
			const id = random.pick(open);
			const statuses = sent.get(id) ?? [];
			const status = random.pick(STATUSES);
			statuses.push(status);
			return { id, status, note: `${statuses.length}` };
		});
		const start = Date.now();
		const run = await runNode({
			credential: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
			items,
			parameters: {
				operation: 'update',
				conversionId: '={{ $json.id }}',
				status: '={{ $json.status }}',
				note: '={{ $json.note }}',
				options: OPTIONS,
			},
		});
		const seconds = getSecondsSince(start);

		const applied = new Map<number, number[]>(ids.map((id) => [id, []]));
		for (const { kind, conversionId, note } of sandbox.account.events) {
			if (kind === 'updated') applied.get(conversionId)?.push(Number(note));
		}
		const isWrong = (id: number) =>
			sandbox.account.conversions.get(id)?.status !== sent.get(id)?.at(-1);
		return {
			run,
			seconds,
			itemsOut: run.items.map(({ pairedItem }) => (pairedItem as { item: number }).item),
			wrongAtTheEnd: ids.filter(isWrong),
			outOfOrder: ids.filter((id) => !isInOrder(applied.get(id) ?? [], changes)),
			applied: sandbox.counters.updated,
			refusedParameters: sandbox.counters.refusedParameters,
		};
	} finally {
		await sandbox.close();
	}
}

/** Whether every change is there in order, such as 1, 2, 2, 3. A change may repeat at once. */
function isInOrder(numbers: number[], changes: number): boolean {
	const steps = numbers.every((number, i) => {
		const before = i === 0 ? 0 : numbers[i - 1];
		return number === before || number === before + 1;
	});
	return steps && numbers.at(-1) === changes;
}
