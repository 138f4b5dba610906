import type { INodeExecutionData } from 'n8n-workflow';
import { startSandbox } from '../../../sandbox/server.mts';
import { type NodeRun, runNode } from '../../../harness/engine/engine.mts';
import { getSecondsSince, groupStored, listFaults, OPTIONS } from './faults.mts';

export interface RecordPlan {
	count: number;
	seed: number;
	/** Whether each item has a unique ID, so that it may be sent again. */
	uniqueId: boolean;
	/** Whether each item has an order ID and a Conversion Date, so that CAKE's list can show it. */
	isTraceable: boolean;
}

/** What the account holds, and what the node's two outputs say. The account is the truth. */
export interface RecordResult {
	run: NodeRun;
	seconds: number;
	/** Sales the account holds, and those it holds more than once. */
	stored: number;
	storedTwice: number;
	/** Items on each output, in the order in which they came. */
	success: number[];
	failed: number[];
	/** Items on no output. */
	silent: number[];
	/** Items that came out more than once. */
	repeated: number[];
	/** Success items whose conversion the account does not hold under their click. */
	untrue: number[];
	/** Error items that say they failed, while the account holds them. */
	falselyFailed: number[];
	/** How many error items there are of each kind. */
	kinds: Record<string, number>;
	/** Requests that read CAKE's list to resolve unclear recordings. */
	reads: number;
	/** How many offers the items have. */
	offers: number;
	refusedParameters: unknown[];
	faults: Record<string, number>;
}

const getIndex = ({ pairedItem }: INodeExecutionData) => (pairedItem as { item: number }).item;

const getKind = ({ json }: INodeExecutionData) =>
	String((json.details as { kind?: string } | undefined)?.kind);

/** Records `count` sales under faults, each with a click of its own. */
export async function recordUnderFaults(plan: RecordPlan): Promise<RecordResult> {
	const sandbox = await startSandbox({ faults: listFaults(), seed: plan.seed });
	try {
		const clicks = sandbox.account.freshClicks(plan.count);
		const items = clicks.map(({ clickId, offerId }, i) => ({
			click: clickId,
			offer: offerId,
			unique: `U-${i}`,
			order: `ORD-${i}`,
		}));
		const start = Date.now();
		const run = await runNode({
			credential: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
			items,
			onError: 'continueErrorOutput',
			parameters: {
				operation: 'record',
				clickId: '={{ $json.click }}',
				offerId: '={{ $json.offer }}',
				...(plan.uniqueId && { uniqueId: '={{ $json.unique }}' }),
				additionalFields: plan.isTraceable
					? { orderId: '={{ $json.order }}', conversionDate: new Date().toISOString() }
					: {},
				options: OPTIONS,
			},
		});
		const seconds = getSecondsSince(start);

		const byClick = groupStored(sandbox, 'clickId');
		const success = run.items.map(getIndex);
		const failed = run.errorItems.map(getIndex);
		const counts = new Map<number, number>();
		for (const index of [...success, ...failed]) counts.set(index, (counts.get(index) ?? 0) + 1);
		const kinds: Record<string, number> = {};
		for (const item of run.errorItems) kinds[getKind(item)] = (kinds[getKind(item)] ?? 0) + 1;
		return {
			run,
			seconds,
			stored: byClick.size,
			storedTwice: [...byClick.values()].filter((group) => group.length > 1).length,
			success,
			failed,
			silent: items.flatMap((_, index) => (counts.has(index) ? [] : [index])),
			repeated: [...counts].filter(([, count]) => count > 1).map(([index]) => index),
			untrue: run.items.filter((item) => !isHeld(item)).map(getIndex),
			falselyFailed: run.errorItems
				.filter((item) => getKind(item) !== 'unknownOutcome')
				.map(getIndex)
				.filter((index) => byClick.has(clicks[index].clickId)),
			kinds,
			reads: sandbox.counters.byEndpoint.query,
			offers: new Set(clicks.map(({ offerId }) => offerId)).size,
			refusedParameters: sandbox.counters.refusedParameters,
			faults: { ...sandbox.counters.faults },
		};

		function isHeld(item: INodeExecutionData): boolean {
			const [held] = byClick.get(clicks[getIndex(item)].clickId) ?? [];
			return held !== undefined && held.conversionId === item.json.conversion_id;
		}
	} finally {
		await sandbox.close();
	}
}

const isAscending = (list: number[]) => list.every((value, i) => i === 0 || value > list[i - 1]);

/** Holds for every plan: nothing is stored twice, nothing is silent, and no output is untrue. */
export function expectTruth(result: RecordResult): void {
	const { storedTwice, silent, repeated, untrue, falselyFailed, refusedParameters } = result;
	expect({ storedTwice, silent, repeated, untrue, falselyFailed, refusedParameters }).toEqual({
		storedTwice: 0,
		silent: [],
		repeated: [],
		untrue: [],
		falselyFailed: [],
		refusedParameters: [],
	});
	expect(isAscending(result.success) && isAscending(result.failed)).toBe(true);
	expect(result.run.passedOn).toEqual({
		items: result.success.length,
		errorItems: result.failed.length,
	});
}
