import { DemoFailure } from './demo/failure.mts';
import { styleFor } from './demo/print.mts';

/** Milliseconds since the process started. */
const elapsedMs = () => performance.now();

const write = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
	const { CAKE_BASE_URL, CAKE_API_KEY } = process.env;
	const style = styleFor(process.stdout.isTTY && process.stdout.hasColors());
	const baseUrl = CAKE_BASE_URL?.trim();
	const apiKey = CAKE_API_KEY?.trim();
	if (Boolean(baseUrl) !== Boolean(apiKey)) {
		const missing = baseUrl ? 'CAKE_API_KEY' : 'CAKE_BASE_URL';
		throw new DemoFailure(
			`${missing} is not set. Set CAKE_BASE_URL and CAKE_API_KEY to read from a CAKE account, or neither for the demo.`,
		);
	}
	// Load n8n only now: it takes a second or two.
	await requireBuild();
	if (baseUrl && apiKey) {
		const { readAccount } = await import('./demo/account.mts');
		await readAccount({ baseUrl, apiKey }, write, style, elapsedMs);
	} else {
		const { runOnSandbox } = await import('./demo/sandbox.mts');
		await runOnSandbox(write, style, elapsedMs);
	}
}

/** Throws DemoFailure if the nodes are not built. */
async function requireBuild(): Promise<void> {
	const { packageDirectory } = await import('../harness/engine/n8n.mts');
	const { loadPackage } = await import('../harness/engine/nodes.mts');
	await loadPackage(packageDirectory).catch((error: unknown) => {
		throw new DemoFailure(error instanceof Error ? error.message : String(error));
	});
}

main().catch((error: unknown) => {
	const isExpected = error instanceof DemoFailure;
	const text = isExpected ? error.message : error instanceof Error ? error.stack : String(error);
	process.stderr.write(`demo: ${text}\n`);
	process.exitCode = 1;
});
