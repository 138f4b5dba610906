import { Problem } from '../../harness/server/problem.mts';
import { parseOptions } from '../commandLine.mts';
import { isPostbackUrl, POSTBACK_EXAMPLE } from '../../sandbox/protocol/postbacks.mts';

export const HELP = `npm start: a real n8n with this package, a CAKE sandbox and the example workflows

  npm start -- [options]

  --port NUMBER   n8n's port (5678)
  --watch         compile each change of the nodes into the running n8n (npm run dev)
  --sandbox-only  for an n8n of your own: install and start none, only the sandbox, and show
                  what to enter in the credential and how to install the package
  --postback URL  with --sandbox-only: call this URL for each conversion that is recorded; may be
                  given several times
  --reset         forget what earlier runs left (.n8n-data): n8n's account, workflows and
                  executions, and the sandbox's conversions
  --help          this text

The first start installs n8n: 3 to 12 minutes, and another to compile the database driver. Later
ones take about half a minute.
`;

const DEFAULT_PORT = '5678';

export interface StartArguments {
	/** Of n8n. */
	port: number;
	watch: boolean;
	sandboxOnly: boolean;
	/** What the sandbox calls for each recorded conversion. */
	postback: string[];
	reset: boolean;
	help: boolean;
}

/** Reads the command line. Throws a Problem if an argument is invalid. */
export function readArguments(args: string[]): StartArguments {
	const options = {
		port: { type: 'string' },
		watch: { type: 'boolean', default: false },
		'sandbox-only': { type: 'boolean', default: false },
		postback: { type: 'string', multiple: true, default: [] as string[] },
		reset: { type: 'boolean', default: false },
		help: { type: 'boolean', short: 'h', default: false },
	} as const;
	const values = parseOptions(args, options, 'npm start -- --help');
	const { 'sandbox-only': sandboxOnly, port: portText = DEFAULT_PORT, ...others } = values;
	const port = Number(portText);
	if (!Number.isInteger(port) || port < 1 || port > 65_535) {
		throw new Problem(`--port takes a number from 1 to 65535, not ${portText}`);
	}
	if (sandboxOnly && (values.watch || values.port !== undefined)) {
		throw new Problem('--sandbox-only starts no n8n: leave out --port and --watch');
	}
	if (!sandboxOnly && values.postback.length > 0) {
		throw new Problem('--postback needs --sandbox-only. Without it the recipes are called anyway');
	}
	if (!values.postback.every(isPostbackUrl)) {
		throw new Problem(`--postback takes a URL such as ${POSTBACK_EXAMPLE}`);
	}
	return { ...others, port, sandboxOnly };
}
