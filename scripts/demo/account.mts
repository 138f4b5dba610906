import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { runNode } from '../../harness/engine/engine.mts';
import { DemoFailure } from './failure.mts';
import { seconds, type Style, table, wrap } from './print.mts';
import { totalsLines } from './report.mts';
import { describeFailure } from './workflow.mts';

export interface AccountCredential {
	baseUrl: string;
	apiKey: string;
}

type Run = (parameters: INodeParameters) => Promise<IDataObject[]>;

/** Checks a real account and reads its last 30 days. Writes nothing to it. Throws DemoFailure. */
export async function readAccount(
	credential: AccountCredential,
	write: (line: string) => void,
	style: Style,
	elapsedMs: () => number,
): Promise<void> {
	const run = createRun(credential, (hint) => write(style.yellow(`Note: ${hint}`)));
	write(`${style.bold('Your CAKE account')}, read only: nothing was recorded or updated`);
	write('');
	const findings = await run({ resource: 'account', operation: 'check' });
	checkLines(findings, style).forEach(write);
	write('');
	const listed = findings.find(({ check }) => check === 'conversionsListed');
	if (listed?.result !== 'yes') throw new DemoFailure('the conversions could not be read');
	const rows = await run({ operation: 'query', returnAll: true, dateRange: 'last30Days' });
	totalsLines(rows, style).forEach(write);
	write('');
	write(`Took ${seconds(elapsedMs())}`);
}

/** Gives a function that runs the node on n8n's engine, with a read-only credential. */
function createRun(credential: AccountCredential, onHint: (hint: string) => void): Run {
	return async (parameters) => {
		const run = await runNode({ parameters, credential: { ...credential, readOnly: true } });
		if (run.error) throw new DemoFailure(describeFailure(run.error));
		run.hints.forEach(({ message }) => onHint(message));
		return run.items.map(({ json }) => json);
	};
}

/** The table of Check Account, then what to do about it. */
function checkLines(findings: IDataObject[], style: Style): string[] {
	const paints: Record<string, Style['bold']> = { no: style.red, undecided: style.yellow };
	const cells = findings.map(({ check, result, finding }) => [check, result, finding].map(String));
	const paint = (padded: string, result: string) => (paints[result] ?? style.green)(padded);
	const columns = [{ title: 'Check' }, { title: 'Result', paint }, { title: 'Finding' }];
	const advised = findings.filter(({ advice }) => advice !== '');
	return [
		...table(columns, cells, style),
		...(advised.length > 0 ? ['', style.bold('What to do')] : []),
		...advised.flatMap(({ check, advice }) => [
			`    ${String(check)}`,
			...wrap(String(advice), 12).map(style.dim),
		]),
	];
}
