import { Problem } from '../../harness/server/problem.mts';
import { parseOptions } from '../commandLine.mts';

export const HELP = `npm start: a real n8n with this package, a CAKE sandbox and the example workflows

  npm start -- [options]

  --port NUMBER  n8n's port (5678)
  --watch        compile each change of the nodes into the running n8n (npm run dev)
  --reset        forget what earlier runs left (.n8n-data): n8n's account, workflows and
                 executions, and the sandbox's conversions
  --help         this text
`;

export interface StartArguments {
	port: number;
	watch: boolean;
	reset: boolean;
	help: boolean;
}

/** Reads the command line. Throws a Problem if an argument is invalid. */
export function readArguments(args: string[]): StartArguments {
	const options = {
		port: { type: 'string', default: '5678' },
		watch: { type: 'boolean', default: false },
		reset: { type: 'boolean', default: false },
		help: { type: 'boolean', short: 'h', default: false },
	} as const;
	const values = parseOptions(args, options, 'npm start -- --help');
	const port = Number(values.port);
	if (!Number.isInteger(port) || port < 1 || port > 65_535) {
		throw new Problem(`--port takes a number from 1 to 65535, not ${values.port}`);
	}
	return { ...values, port };
}
