import { parseOptions, toCount } from '../commandLine.mts';

export const HELP = `npm run test:mutation: how much of a changed code the tests notice

Changes one place of the published code at a time, in a copy under .tmp/, and runs the
tests that go with it. A change that no test notices has survived. First the tests run on
the unchanged code, since tests that fail anyway would notice everything.

  npm run test:mutation -- [options]

  --total NUMBER    mutants to try, shared among the files by their size (300)
  --file TEXT       only files whose path contains this; all their mutants, without --total
  --seed NUMBER     which mutants are drawn (1)
  --workers NUMBER  mutants tried at the same time (2)
  --list            names the mutants and runs nothing
  --help            this text
`;

export interface MutationArguments {
	help: boolean;
	list: boolean;
	total: number;
	file: string;
	seed: number;
	workers: number;
}

/** Reads the command line; throws a Problem when it cannot be understood. */
export function readArguments(args: string[]): MutationArguments {
	const options = {
		total: { type: 'string' },
		file: { type: 'string', default: '' },
		seed: { type: 'string', default: '1' },
		workers: { type: 'string', default: '2' },
		list: { type: 'boolean', default: false },
		help: { type: 'boolean', short: 'h', default: false },
	} as const;
	const values = parseOptions(args, options);
	const { help, list, file } = values;
	const total = values.total ?? (file ? String(Number.MAX_SAFE_INTEGER) : '300');
	return {
		help,
		list,
		file,
		total: toCount('total', total),
		seed: toCount('seed', values.seed),
		workers: toCount('workers', values.workers),
	};
}
