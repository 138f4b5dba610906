import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LOGS_DIRECTORY } from './paths.mts';
import { Problem } from './problem.mts';
import { launch, type Launched, lastLines } from './processes.mts';

/** npm tidies up when it is to end, which takes long and is not needed: it begins anew next time. */
const PATIENCE_MS = 2000;

/** What an `npm run` around this process says about itself must not reach another npm. */
const OF_THIS_RUN = /^(npm_(package|lifecycle|command|config_local_prefix|config_prefix)|INIT_CWD)/;

/** npm's own script: of the npm around this process, else of the one beside this Node. */
function npmScript(): string {
	const besideNode = join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');
	const onWindows = join(dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js');
	const around = process.env.npm_execpath ?? '';
	const candidates = [around.endsWith('.js') ? around : '', besideNode, onWindows];
	const found = candidates.find((candidate) => candidate !== '' && existsSync(candidate));
	return found ?? createRequire(import.meta.url).resolve('npm/bin/npm-cli.js');
}

/** The environment for an npm of its own. */
export function npmEnvironment(): NodeJS.ProcessEnv {
	const entries = Object.entries(process.env).filter(([name]) => !OF_THIS_RUN.test(name));
	return { ...Object.fromEntries(entries), npm_config_update_notifier: 'false' };
}

export interface NpmOptions {
	cwd: string;
	logFile: string;
	/** The Node that runs npm; default this one. */
	node?: string;
	env?: NodeJS.ProcessEnv;
}

/** Starts npm; its output goes to the log file. */
export function launchNpm(args: string[], options: NpmOptions): Launched {
	const { cwd, logFile, node = process.execPath, env = npmEnvironment() } = options;
	return launch(node, [npmScript(), ...args], { cwd, env, logFile, patienceMs: PATIENCE_MS });
}

/** Runs npm to its end; a Problem with its first error line otherwise. */
export async function npm(what: string, args: string[], cwd: string): Promise<void> {
	const words = args.filter((arg) => /^[a-z]+$/.test(arg)).join('-');
	const logFile = join(LOGS_DIRECTORY, `npm-${words}.log`);
	const code = await launchNpm(args, { cwd, logFile }).ended;
	if (code !== 0)
		throw new Problem(`${what} failed: ${errorLine(logFile)} (all of it: ${logFile})`);
}

/** Lines of an npm log that say nothing to a reader. */
const DETAIL = /complete log of this run|^(code|errno|syscall|path|dest|cwd|command|type|process) /;

/** The line of an npm log that tells most about what went wrong. */
export function errorLine(logFile: string): string {
	const lines = lastLines(logFile, 400);
	const errors = lines
		.map((line) => /^npm (?:error|ERR!)\s+(.*)$/.exec(line)?.[1] ?? '')
		.filter((line) => line !== '' && !DETAIL.test(line));
	return errors[0] ?? lines.at(-1) ?? 'it said nothing';
}
