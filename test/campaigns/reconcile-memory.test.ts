import { DateTime } from 'luxon';
import type { IDataObject } from 'n8n-workflow';

import type {
	Operation,
	RunSettings,
	Session,
	ValidItem,
} from '../../nodes/CakeConversions/actions/operation';
import { LoopBreaks } from '../../nodes/cake/loopBreaks';
import { query } from '../../nodes/CakeConversions/actions/query/query.operation';
import { createReconcile } from '../../nodes/CakeConversions/actions/reconcile/reconcile.operation';
import { fields } from '../../nodes/CakeConversions/fields';
import { toOutput } from '../../nodes/CakeConversions/items/toOutput';
import { Fields, toForm } from '../../nodes/shared/fields';
import { startSandbox, type Conversion } from '../../sandbox/server.mts';
import { inWords, note } from './support/figures.mts';
import { createListSession, inMegabytes, measureCpu, PAGE_SIZE } from './support/list-session.mts';
import { measureHeap } from '../support/garbage.mts';
import { chooseCount } from '../support/scale.mts';

const ROWS = chooseCount(5_000, 50_000);
const LINES = ROWS * 0.4;
const MOST_READS = Math.ceil(ROWS / (PAGE_SIZE - 1)) + 2;
/** A small list shows nothing of memory: what other tests left to the garbage weighs more. */
const LARGEST_SHARE = chooseCount(Infinity, 1.3);

const form = toForm(fields);
const run: RunSettings = {
	...{ timezone: 'UTC', now: DateTime.now(), isTool: false },
	...{ isRetriedByN8n: false, isExecutedOnce: false },
};
const raw: IDataObject = {
	matchBy: 'clickId',
	clickId: '={{ $json.click }}',
	decision: '={{ $json.decision }}',
	...{ amount: '={{ $json.amount }}', compareWith: 'revenue' },
	...{ dateRange: 'last30Days', startDate: '', endDate: '', filters: {}, options: {} },
	includeMissing: true,
};

/** A list that names every third conversion, some twice, and some that CAKE does not have. */
function makeLines(conversions: readonly Conversion[]): IDataObject[] {
	return Array.from({ length: LINES }, (_, index) => {
		const { clickId, revenue } = conversions[(index * 3) % ROWS];
		const click = index % 20 === 0 ? `unknown-${index}` : clickId;
		return { click, decision: index % 4 === 0 ? 'refunded' : 'ok', amount: String(revenue) };
	});
}

/** Reads the fields of all lines, as n8n would resolve them. */
function validate(
	operation: Operation<object, IDataObject>,
	lines: IDataObject[],
): Array<ValidItem<object, IDataObject>> {
	return lines.map((json, index) => {
		const resolved: IDataObject = {
			...raw,
			...{ clickId: json.click, decision: json.decision, amount: json.amount },
		};
		const source = { get: (name: string) => resolved[name], getRaw: (name: string) => raw[name] };
		const values = operation.validate(new Fields(form, source), run);
		return { index, json, values, isDryRun: false, outcome: { status: 'notSent' } };
	});
}

const node = { id: '1', name: 'CAKE', type: 'cake', typeVersion: 1 };

/** Compares all lines, and gives the output items. */
async function reconcile(lines: IDataObject[], session: Session) {
	const operation = createReconcile() as Operation<object, IDataObject>;
	const items = validate(operation, lines);
	const start = measureCpu();
	const endsRun = () => true;
	await operation.findConversions?.(items, session, { semaphore: session.semaphore, endsRun });
	const seconds = measureCpu() - start;
	for (const item of items) {
		item.outcome = { status: 'done', value: await operation.perform(item.values, session) };
	}
	const inEditor = { ...node, position: [0, 0] as [number, number], parameters: {} };
	const breaks = new LoopBreaks();
	const output = await toOutput(items, operation, inEditor, 'editor', undefined, breaks);
	const { length } = operation.describeOutcomes?.(items, lines.length) ?? [];
	return { output, seconds, hints: length };
}

/** What the output items of an operation add to the heap. */
async function measureOutput(
	one: ReturnType<typeof createListSession>,
	work: (one: ReturnType<typeof createListSession>) => Promise<unknown[]>,
): Promise<number> {
	const before = measureHeap();
	const output = await work(one);
	const heap = measureHeap() - before;
	// The output is alive until here.
	expect(output.length).toBeGreaterThanOrEqual(ROWS);
	return heap;
}

describe('Reconcile of a long list', () => {
	it('reads each page once, and adds at most 1.3 of the memory that Query adds', async () => {
		const sandbox = await startSandbox({ rows: ROWS, days: 20 });
		await sandbox.close();
		const lines = makeLines([...sandbox.account.conversions.values()]);
		const wanted = { range: { startDate: '2024-01-01', endDate: '2024-01-31' }, filters: {} };
		const plan = { ...wanted, startAtRow: 1, pageSize: PAGE_SIZE };

		const start = measureCpu();
		await query.perform(plan, createListSession(sandbox, false).session);
		const reading = measureCpu() - start;
		const timed = createListSession(sandbox, false);
		const { seconds, ...whole } = await reconcile(lines, timed.session);

		const ofQuery = createListSession(sandbox);
		const queryHeap = await measureOutput(ofQuery, async ({ session }) => {
			const rows = query.toRows(await query.perform(plan, session), plan);
			return rows.map((json) => ({ json, pairedItem: { item: 0 } }));
		});
		const ofReconcile = createListSession(sandbox);
		const reconcileHeap = await measureOutput(
			ofReconcile,
			async ({ session }) => (await reconcile(lines, session)).output,
		);
		const shares = [ofReconcile.measured.added / ofQuery.measured.added, reconcileHeap / queryHeap];
		const [late, end] = shares.map((share) => share.toFixed(2));
		note({
			place: 12,
			campaign: `${inWords(LINES)} lines × ${inWords(ROWS)} conversions, reconciled`,
			mustHold: `≤ ${MOST_READS} reads; ≤ ${LARGEST_SHARE} of the memory that Query adds`,
			measured: `${timed.measured.pages} reads; ${late} at the last page, ${end} with the output (${inMegabytes(reconcileHeap)}, Query ${inMegabytes(queryHeap)}); matching ${(seconds - reading).toFixed(1)} s of CPU beyond reading`,
		});

		expect(whole.output.length).toBeGreaterThan(ROWS);
		expect(timed.measured.pages).toBeLessThanOrEqual(MOST_READS);
		for (const share of shares) expect(share).toBeLessThanOrEqual(LARGEST_SHARE);
	}, 240_000);
});
