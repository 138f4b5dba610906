import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { runNode } from '../../harness/engine/engine.mts';
import { DemoFailure } from './failure.mts';
import { seconds, type Style } from './print.mts';
import { totalsLines } from './report.mts';
import { describeFailure } from './workflow.mts';
import { addDays } from '../../sandbox/account/calendar.mts';

export interface AccountCredential {
	baseUrl: string;
	apiKey: string;
}

/** Whether a query of an account includes its end date. `day`: the day of the test queries. */
export type EndDateRule =
	{ answer: 'yes' | 'no'; day: string } | { answer: 'cannot tell'; why: string };

type RunQuery = (parameters: INodeParameters) => Promise<IDataObject[]>;

/** Reads the last 30 days of a real account. Writes nothing to it. Throws DemoFailure. */
export async function readAccount(
	credential: AccountCredential,
	write: (line: string) => void,
	style: Style,
	elapsedMs: () => number,
): Promise<void> {
	const query = createQuery(credential, (hint) => write(style.yellow(`Note: ${hint}`)));
	const rows = await query({ dateRange: 'last30Days' });
	write(`${style.bold('Your CAKE account')}, read only: nothing was recorded or updated`);
	write('');
	totalsLines(rows, style).forEach(write);
	write('');
	endDateLines(await findEndDateRule(query, rows), style).forEach(write);
	write('');
	write(`Took ${seconds(elapsedMs())}`);
}

/** Gives a function that runs Query on n8n's engine, with a read-only credential. */
function createQuery(credential: AccountCredential, onHint: (hint: string) => void): RunQuery {
	return async (parameters) => {
		const run = await runNode({
			parameters: { operation: 'query', returnAll: true, ...parameters },
			credential: { ...credential, readOnly: true },
		});
		if (run.error) throw new DemoFailure(describeFailure(run.error));
		run.hints.forEach(({ message }) => onHint(message));
		return run.items.map(({ json }) => json);
	};
}

/**
 * Finds out whether a query includes its end date. One query ends on a day, another starts on it.
 * If they share conversions, the end date is included. This works in every time zone.
 */
export async function findEndDateRule(query: RunQuery, rows: IDataObject[]): Promise<EndDateRule> {
	const cannotTell = (why: string): EndDateRule => ({ answer: 'cannot tell', why });
	if (rows.length === 0) return cannotTell('no conversions in the last 30 days');
	const day = busiestDay(rows);
	if (day === undefined) return cannotTell('no date of these conversions can be read');
	const range = async (startDate: string, endDate: string) =>
		await query({ dateRange: 'custom', startDate, endDate });
	const until = await range(addDays(day, -1), day);
	const from = await range(day, addDays(day, 1));
	const ids = new Set(until.map((row) => String(row.conversion_id)));
	if (from.some((row) => ids.has(String(row.conversion_id)))) return { answer: 'yes', day };
	if (from.some((row) => getDay(row) === day)) return { answer: 'no', day };
	return cannotTell(`no conversions on ${day}`);
}

/** The day with the most conversions. It is the most likely to have some in every time zone. */
function busiestDay(rows: IDataObject[]): string | undefined {
	const counts = new Map<string, number>();
	for (const row of rows) {
		const day = getDay(row);
		if (day !== undefined) counts.set(day, (counts.get(day) ?? 0) + 1);
	}
	return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** The day (`YYYY-MM-DD`) of a row's date. CAKE's other APIs omit the time zone. */
function getDay({ conversion_date: date }: IDataObject): string | undefined {
	if (typeof date !== 'string') return undefined;
	if (/^\d{4}-\d{2}-\d{2}/.test(date)) return date.slice(0, 10);
	const at = Date.parse(`${date} UTC`);
	return Number.isNaN(at) ? undefined : new Date(at).toISOString().slice(0, 10);
}

function endDateLines(rule: EndDateRule, style: Style): string[] {
	const line = (answer: string) => `${style.bold('Is the end date counted in?')}  ${answer}`;
	switch (rule.answer) {
		case 'yes':
			return [
				line(style.green('yes')),
				`    A query that ends on ${rule.day} has that day's conversions.`,
			];
		case 'no':
			return [
				line(style.yellow('no')),
				`    A query that ends on ${rule.day} has none of that day's conversions: set End Date to the`,
				'    day after the last one you want. The totals above are without today.',
			];
		case 'cannot tell':
			return [line(`cannot tell (${rule.why})`)];
	}
}
