import { type Sandbox, startSandbox } from '../../sandbox/server.mts';
import { recordDeals } from './deals.mts';

const PORT = 8899;
const ROWS = 5000;
const LATENCY_MS = 40;

/**
 * Starts the sandbox with the account of the last start, or with a new one. Published triggers
 * remember its conversions, so it must not be another one each time.
 * @param postbackUrls are called for each conversion that is recorded
 */
export async function startKeptSandbox(
	file: string,
	report: (problem: string) => void,
	postbackUrls: string[] = [],
): Promise<Sandbox> {
	const sandbox = await startSandbox({
		file,
		report,
		port: PORT,
		rows: ROWS,
		latencyMs: LATENCY_MS,
		timeZone: ownTimeZone(),
		postback: { urls: postbackUrls },
	});
	recordDeals(sandbox.account);
	return sandbox;
}

export function ownTimeZone(): string {
	return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
