import { FORM_LOGIN } from '../harness/server/credentials.mts';
import { endOnSignal } from '../harness/server/ending.mts';
import { OWNER } from '../harness/server/instance.mts';
import { assertFree } from '../harness/server/ports.mts';
import { explain, Problem } from '../harness/server/problem.mts';
import { stopAll } from '../harness/server/processes.mts';
import { Progress } from '../harness/server/progress.mts';
import { HELP, readArguments } from './start/arguments.mts';
import { assertUnclaimed, claim } from './start/claim.mts';
import { forget, type Prepared, prepare } from './start/prepare.mts';
import { watchSource } from './start/watch.mts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const isEnding = endOnSignal(say);

function introduce({ instance, sandbox, examples }: Prepared): string {
	const list = examples.length > 0 ? examples : ['(none)'];
	return [
		'',
		`n8n is at  ${instance.url}`,
		`  Email     ${OWNER.email}`,
		`  Password  ${OWNER.password}`,
		`  Forms     User ${FORM_LOGIN.user}, password ${FORM_LOGIN.password}`,
		'',
		'In it: the nodes "CAKE Conversions", "CAKE Conversions Trigger" and "CAKE Postback Trigger", the credentials "CAKE sandbox", "CAKE postbacks (sandbox)" and "Forms (sandbox)", and the workflows',
		...list.map((name) => `  - ${name}`),
		'',
		`The sandbox is at ${sandbox.url} (API key ${sandbox.apiKey}), with ${sandbox.account.conversions.size} conversions.`,
		'For each conversion that is recorded it calls the workflow "New conversions at once → Slack", once that is published.',
		'Its conversions and what you make in n8n stay. npm start -- --reset forgets both.',
		'Only this machine reaches the two. Ctrl-C ends both.',
		'',
	].join('\n');
}

async function main(): Promise<void> {
	const { help, port, reset, watch } = readArguments(process.argv.slice(2));
	if (help) {
		process.stdout.write(HELP);
		return;
	}
	await assertFree(port, 'end what uses it, or choose another with npm start -- --port NUMBER');
	await assertUnclaimed();
	if (reset) await forget();
	await claim(port);
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

main().catch(async (error: unknown) => {
	// After Ctrl-C, failures are expected.
	if (isEnding()) return;
	process.stderr.write(`start: ${explain(error)}\n`);
	await stopAll();
	process.exit(1);
});
