import { startSandbox } from '../../sandbox/server.mts';
import { findMismatches } from './check.mts';
import { readDeals } from './deals.mts';
import { DemoFailure } from './failure.mts';
import { type Style, whole } from './print.mts';
import { closingLines, reportLines } from './report.mts';
import { runDeals } from './workflow.mts';

const ROWS = 4000;
/** 29, not 30: Last 30 Days includes today, so it starts 29 days ago. */
const DAYS = 29;
/** About the time of a reply from a nearby server. */
const LATENCY_MS = 20;

/**
 * Runs the demo on a sandbox in this process. Throws DemoFailure if a step fails, or if the report
 * does not match the account.
 */
export async function runOnSandbox(
	write: (line: string) => void,
	style: Style,
	elapsedMs: () => number,
): Promise<void> {
	const deals = readDeals();
	const sandbox = await startSandbox({ rows: ROWS, days: DAYS, latencyMs: LATENCY_MS });
	try {
		write(`${style.bold('Won deals → CAKE: Record → Query → Update')}, on n8n's own engine`);
		write(style.dim(`A CAKE sandbox on this machine, with ${whole(ROWS)} conversions already`));
		write('');
		const outcome = await runDeals(deals, { baseUrl: sandbox.url, apiKey: sandbox.apiKey });
		reportLines(outcome, sandbox, style).forEach(write);
		const [mismatch, ...others] = findMismatches(outcome, sandbox);
		if (mismatch) {
			const more = others.length > 0 ? ` (and ${others.length} more)` : '';
			throw new DemoFailure(`something is off: ${mismatch}${more}`);
		}
		closingLines(outcome.ms, elapsedMs(), style).forEach(write);
	} finally {
		await sandbox.close();
	}
}
