import type { IDataObject } from 'n8n-workflow';

import { findConversions } from '../../../cake/conversions/findByReference';
import { widenRange } from '../../../cake/dates';
import { dispatch, type DispatchOptions, type Job } from '../../../cake/transport/dispatch';
import { InvalidField, type Fields } from '../../../shared/fields';
import type { Operation, RunSettings, Session, ValidItem } from '../operation';
import { describeLines, describeReconciliation } from './hints';
import { findWrongFile, lacksReference, readLine, type Line } from './lines';
import { mayBeMissing, reconcileLines, type Reconciliation } from './reconciliation';
import { readRawSettings, readSettings, refuseDifferences, type Settings } from './settings';

type LineItem = ValidItem<Line, IDataObject>;

/** The settings of the run, and their values before they were read. */
interface Comparison {
	settings: Settings;
	raw: string;
	now: RunSettings['now'];
}

/** @throws InvalidField */
function refuseExecuteOnce({ isExecutedOnce }: RunSettings): void {
	if (!isExecutedOnce) return;
	const reason =
		"n8n gives this node the first line only, and all others would count as missing. Turn 'Execute Once' off in the settings of this node.";
	throw new InvalidField("'Execute Once' is on", reason);
}

/**
 * Reconcile Conversions, for one run: one read of CAKE's list for all lines. It writes nothing. Other
 * operations handle each item alone. This one compares all lines together, so it keeps state.
 */
export function createReconcile(): Operation<Line, IDataObject> {
	let comparison: Comparison | undefined;
	let reconciliation: Reconciliation | undefined;
	/** Lines that came in. */
	let total = 0;
	/** Lines that were read, but have no ID. */
	let unidentified = 0;

	function readAll(item: Fields, run: RunSettings): Line {
		refuseExecuteOnce(run);
		const raw = JSON.stringify(readRawSettings(item));
		if (comparison?.raw === raw) return readLine(item, comparison.settings);
		const settings = readSettings(item, run);
		comparison ??= { settings, raw, now: run.now };
		refuseDifferences(item, settings, comparison.settings);
		return readLine(item, settings);
	}

	async function compare(items: LineItem[], { settings }: Comparison, session: Session) {
		const { matchBy: by, dateRange, filters } = settings;
		const references = items.flatMap(({ values: { reference: value } }) =>
			value ? { by, value } : [],
		);
		const found = await findConversions(
			{ ...session, facts: { isForList: true } },
			{ range: widenRange(dateRange), filters },
			references,
			(conversion) => mayBeMissing(conversion, settings),
		);
		unidentified = items.filter(({ json, values }) => lacksReference(json, values)).length;
		return reconcileLines(items, found, settings, items.length === total && unidentified === 0);
	}

	return {
		isWrite: false,
		validate(item, run) {
			total++;
			return readAll(item, run);
		},
		async findConversions(items: LineItem[], session: Session, options: DispatchOptions) {
			if (!comparison || items.length === 0) return;
			const given = comparison;
			const fail = (error: unknown) => {
				for (const item of items) item.outcome = { status: 'failed', error };
			};
			const wrongFile = findWrongFile(items, given.settings.matchBy);
			if (wrongFile) return fail(wrongFile);
			const job: Job<Reconciliation> = {
				run: async (stop, onFailure) =>
					await compare(items, given, { ...session, stop, onFailure }),
				onEnd(read) {
					if (read.status === 'done') reconciliation = read.value;
					if (read.status === 'failed') fail(read.error);
				},
			};
			await dispatch([job], options);
		},
		/** Sends nothing: `findConversions` has read the list. */
		async perform({ row }) {
			if (!row) throw new Error('The line was not compared');
			return row;
		},
		describeOutcomes(items) {
			if (!comparison || !reconciliation) return [];
			const { settings, now } = comparison;
			const refused = total - items.length;
			return [
				...describeReconciliation(reconciliation, { total, refused, unidentified, settings, now }),
				...describeLines(items.map(({ values }) => values)),
			];
		},
		toRows: (row) => [row],
		toMoreRows: () => reconciliation?.missing ?? [],
	};
}
