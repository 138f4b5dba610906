import { endOnSignal } from '../harness/server/ending.mts';
import { ACCOUNT_FILE } from '../harness/server/paths.mts';
import { assertFree } from '../harness/server/ports.mts';
import { explain, Problem } from '../harness/server/problem.mts';
import { stopAll } from '../harness/server/processes.mts';
import { Progress } from '../harness/server/progress.mts';
import { HELP, readArguments } from './start/arguments.mts';
import { assertUnclaimed, claim } from './start/claim.mts';
import { introduce, introduceSandbox } from './start/introduction.mts';
import { buildAndPack, forget, prepare } from './start/prepare.mts';
import { startKeptSandbox } from './start/sandbox.mts';
import { watchSource } from './start/watch.mts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const isEnding = endOnSignal(say);

async function main(): Promise<void> {
	const { help, port, reset, watch, sandboxOnly, postback } = readArguments(process.argv.slice(2));
	if (help) {
		process.stdout.write(HELP);
		return;
	}
	if (!sandboxOnly) {
		await assertFree(port, 'end what uses it, or choose another with npm start -- --port NUMBER');
	}
	await assertUnclaimed();
	if (reset) await forget();
	if (sandboxOnly) await startSandboxOnly(postback);
	else await startAll(port, watch);
}

async function startAll(port: number, watch: boolean): Promise<void> {
	await claim(`http://127.0.0.1:${port}/healthz`);
	const prepared = await prepare(new Progress(), { port, watch }, say);
	say(introduce(prepared));
	if (watch) {
		say('Changes of the nodes and the credential go to this n8n. Reload the editor to see them.\n');
		watchSource(prepared.packageName);
	}
	const { instance } = prepared;
	const code = await instance.process.ended;
	if (isEnding()) return;
	const how = code === null ? 'by a signal' : `code ${code}`;
	throw new Problem(`n8n ended by itself (${how}): see ${instance.logFile}`);
}

/** The sandbox runs until a signal ends it. */
async function startSandboxOnly(postbackUrls: string[]): Promise<void> {
	const packed = await buildAndPack(new Progress());
	const sandbox = await startKeptSandbox(ACCOUNT_FILE, say, postbackUrls);
	await claim(`${sandbox.url}/sandbox/counters`);
	say(introduceSandbox(sandbox, packed, postbackUrls));
}

main().catch(async (error: unknown) => {
	// After Ctrl-C, failures are expected.
	if (isEnding()) return;
	process.stderr.write(`start: ${explain(error)}\n`);
	await stopAll();
	process.exit(1);
});
