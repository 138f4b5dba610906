import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LOGS_DIRECTORY } from './paths.mts';
import { Problem } from './problem.mts';
import { launch, type Launched, lastLines } from './processes.mts';

/** npm cleans up on SIGTERM. That takes long and is of no use, since npm starts over next time. */
const KILL_AFTER_MS = 2000;

/** An `npm run` around this process sets these for itself. Another npm must not get them. */
const OUTER_NPM = /^(npm_(package|lifecycle|command|config_local_prefix|config_prefix)|INIT_CWD)/;

/** Finds npm's script: of the npm that started this process, else of the npm beside this Node. */
function findNpm(): string {
	const besideNode = join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');
	const onWindows = join(dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js');
	const around = process.env.npm_execpath ?? '';
	const candidates = [around.endsWith('.js') ? around : '', besideNode, onWindows];
	const found = candidates.find((candidate) => candidate !== '' && existsSync(candidate));
	return found ?? createRequire(import.meta.url).resolve('npm/bin/npm-cli.js');
}

/** The environment for an npm that does not depend on the outer one. */
export function npmEnvironment(): NodeJS.ProcessEnv {
	const entries = Object.entries(process.env).filter(([name]) => !OUTER_NPM.test(name));
	return { ...Object.fromEntries(entries), npm_config_update_notifier: 'false' };
}

export interface NpmOptions {
	cwd: string;
	logFile: string;
	/** The Node that runs npm. Default: this one. */
	node?: string;
	env?: NodeJS.ProcessEnv;
}

/** Starts npm. It writes to the log file. */
export function launchNpm(args: string[], options: NpmOptions): Launched {
	const { cwd, logFile, node = process.execPath, env = npmEnvironment() } = options;
	return launch(node, [findNpm(), ...args], { cwd, env, logFile, killAfterMs: KILL_AFTER_MS });
}

/** Runs npm to its end. Throws a Problem with its first error line when npm fails. */
export async function npm(what: string, args: string[], cwd: string): Promise<void> {
	const words = args.filter((arg) => /^[a-z]+$/.test(arg)).join('-');
	const logFile = join(LOGS_DIRECTORY, `npm-${words}.log`);
	const code = await launchNpm(args, { cwd, logFile }).ended;
	if (code !== 0)
		throw new Problem(`${what} failed: ${findErrorLine(logFile)} (all of it: ${logFile})`);
}

/** Lines of an npm log that do not help a reader. */
const DETAIL = /complete log of this run|^(code|errno|syscall|path|dest|cwd|command|type|process) /;

/** Finds the line of an npm log that says most about the failure. */
export function findErrorLine(logFile: string): string {
	const lines = lastLines(logFile, 400);
	const errors = lines
		.map((line) => /^npm (?:error|ERR!)\s+(.*)$/.exec(line)?.[1] ?? '')
		.filter((line) => line !== '' && !DETAIL.test(line));
	return errors[0] ?? lines.at(-1) ?? 'it said nothing';
}
