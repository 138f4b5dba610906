import { BadArgument, HELP, readArguments } from './arguments.mts';
import { DEMO, type Sandbox, startSandbox } from './server.mts';

const SAMPLE_CLICKS = 5;

function introduce({ url, apiKey, account }: Sandbox): string {
	const { clickId, offerId } = DEMO.clicks[0];
	const clicks = DEMO.clicks.slice(0, SAMPLE_CLICKS);
	const today = account.calendar.getDay(account.now());
	return [
		`CAKE sandbox at ${url} (Ctrl-C stops it and shows the counters)`,
		`  API key      ${apiKey}`,
		`  Its page     ${url}/ (see and change the conversions in a browser)`,
		`  Conversions  ${account.conversions.size}`,
		`  Clicks to record (${DEMO.clicks.length} in all, offers ${offerId} and up):`,
		...clicks.map((click) => `    click_id ${click.clickId}  offer_id ${click.offerId}`),
		`    click_id ${DEMO.expiredClicks[0].clickId}  offer_id ${DEMO.expiredClicks[0].offerId}  (expired)`,
		'  Try:',
		`    curl '${url}/api/2/conversion.json?api_key=${apiKey}&click_id=${clickId}&offer_id=${offerId}'`,
		`    curl '${url}/api/2/conversions.json?api_key=${apiKey}&start_date=${today}&end_date=${today}&row_limit=5'`,
		`    curl ${url}/sandbox/counters`,
		'',
	].join('\n');
}

function explain(error: unknown, port: number | undefined): string {
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	if (code === 'EADDRINUSE') return `Port ${port} is taken: choose another with --port`;
	if (code === 'EACCES')
		return `Port ${port} may not be used by this user: choose another with --port`;
	return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<void> {
	const options = readArguments(process.argv.slice(2));
	if (!options) {
		process.stdout.write(HELP);
		return;
	}
	let sandbox: Sandbox;
	try {
		sandbox = await startSandbox(options);
	} catch (error) {
		throw new BadArgument(explain(error, options.port));
	}
	process.stdout.write(introduce(sandbox));
	const stop = () => {
		// Copied before close(): closing the connections changes the counters.
		const counters = JSON.stringify(sandbox.counters, null, 2);
		void sandbox.close().then(() => process.stdout.write(`\n${counters}\n`));
	};
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
	const isExpected = error instanceof BadArgument;
	process.stderr.write(isExpected ? `sandbox: ${error.message}\n` : `${String(error)}\n`);
	process.exitCode = 1;
});
