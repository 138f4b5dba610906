import type { IDataObject } from 'n8n-workflow';

import { runNode } from '../../../harness/engine/engine.mts';
import { Random } from '../../../sandbox/account/random.mts';
import { startSandbox } from '../../../sandbox/server.mts';
import { getSecondsSince } from './faults.mts';
import { expectResults, type Expected, type ListCase } from './reconcile-model.mts';

const GUID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const IDS = ['A', 'a', ' B ', 'B', 'C', 'D', 7, '7', '007', '10', GUID, GUID.replaceAll('-', '')];
const NO_IDS = ['', null, '#N/A'];
const GIVEN_IDS = [...IDS, ...NO_IDS, `{${GUID.toUpperCase()}}`, '0003', 2, 3, 4, '5'];
const DECISIONS = [
	...['approved', ' OK ', 'paid', 'Rejected', 'refunded', 'pending', 'HOLD'],
	...['shipped', 'not approved', '', null],
];
const STATUSES = ['approved', 'Approved', 'pending', 'rejected', 'Rejected', 'Scrubbed', '', null];
const AMOUNTS = [5, '5', '5.00', '0.3', '0.301', '12', '-5', 0];
const NO_AMOUNTS = ['', null, '$5', '5,00'];
const DATES = [
	...['2023-12-31T23:59:59Z', '2024-01-01 00:00:00', '2024-01-15T09:00:00Z'],
	...['2024-01-31T23:59:59Z', '2024-02-01T00:00:00Z', '1/15/2024', null],
];

/** A list and an account that share few IDs, so that every rule meets every other. */
function makeCase(random: Random): ListCase {
	const amount = () => random.pick(random.chance(0.8) ? AMOUNTS.slice(0, 4) : NO_AMOUNTS);
	const makeRow = (_: unknown, index: number): IDataObject => ({
		conversion_id: random.chance(0.5) ? index + 1 : String(index + 1),
		order_id: random.pick(random.chance(0.9) ? IDS : NO_IDS),
		click_id: random.pick(IDS),
		payout: amount(),
		revenue: random.pick(AMOUNTS),
		conversion_date: random.pick(DATES),
		conversion_status: random.pick(STATUSES),
	});
	// One line without an ID hides what is missing.
	const hasGaps = random.chance(0.3);
	const makeLine = (_: unknown, index: number): IDataObject => {
		if (index > 0 && random.chance(0.05)) return { id: '', decision: null, amount: ' ' };
		const given = hasGaps ? GIVEN_IDS : GIVEN_IDS.filter((one) => !NO_IDS.includes(one as string));
		return {
			// With no ID at all the file is a wrong one, which ends the run.
			id: random.pick(index === 0 ? IDS : given),
			decision: random.pick(DECISIONS),
			// A sum that a workflow computed.
			amount: random.chance(0.2) ? 0.1 + 0.2 : amount(),
		};
	};
	return {
		by: random.pick(['orderId', 'orderId', 'clickId', 'conversionId'] as const),
		hasDecision: random.chance(0.8),
		hasAmount: random.chance(0.4),
		compareWith: random.pick(['payout', 'revenue'] as const),
		changeBack: random.chance(0.3),
		includeMissing: random.chance(0.8),
		lines: Array.from({ length: random.int(1, 8) }, makeLine),
		conversions: Array.from({ length: random.int(0, 8) }, makeRow),
	};
}

function toParameters(one: ListCase) {
	return {
		operation: 'reconcile',
		...{ dateRange: 'custom', startDate: '2024-01-01', endDate: '2024-01-31' },
		matchBy: one.by,
		[one.by]: '={{ $json.id }}',
		decision: one.hasDecision ? '={{ $json.decision }}' : '',
		amount: one.hasAmount ? '={{ $json.amount }}' : '',
		compareWith: one.compareWith,
		includeMissing: one.includeMissing,
		options: { retries: 0, ...(one.changeBack && { changeBack: true }) },
	};
}

export interface ReconcileResult {
	seconds: number;
	/** Output items by their result. */
	results: Record<string, number>;
	/** The first lists whose output is not the model's. */
	wrong: Array<{ list: ListCase; expected: Expected[]; found: unknown }>;
	/** Requests that are no query. */
	writes: number;
	refusedParameters: unknown[];
}

/** Compares `count` random lists with random accounts, and each output with the model's. */
export async function reconcileRandomLists(count: number, seed: number): Promise<ReconcileResult> {
	const sandbox = await startSandbox();
	const random = new Random(seed);
	const start = Date.now();
	const results: Record<string, number> = {};
	const wrong: ReconcileResult['wrong'] = [];
	try {
		for (let index = 0; index < count && wrong.length < 3; index++) {
			const list = makeCase(random);
			const { conversions } = list;
			const body = { request_status: 'Success', total_rows: conversions.length, conversions };
			sandbox.replyNext('query', () => ({ body }));
			const run = await runNode({
				credential: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
				items: list.lines,
				parameters: toParameters(list),
			});
			const expected = expectResults(list);
			const found = run.items.map(({ json }) => [
				...[json.result, json.conversion_id, json.new_status],
			]);
			if (JSON.stringify(found) !== JSON.stringify(expected)) {
				wrong.push({ list, expected, found: run.error ?? found });
			}
			for (const [result] of expected) results[result] = (results[result] ?? 0) + 1;
		}
		return {
			seconds: getSecondsSince(start),
			results,
			wrong,
			writes: sandbox.log.filter(({ endpoint }) => endpoint !== 'query').length,
			refusedParameters: sandbox.counters.refusedParameters,
		};
	} finally {
		await sandbox.close();
	}
}
