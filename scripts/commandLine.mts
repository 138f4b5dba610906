import { parseArgs, type ParseArgsConfig } from 'node:util';
import { Problem } from '../harness/server/problem.mts';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Reads the options of a command line. Throws a Problem in one line if an argument is invalid.
 * @param help what shows the options, such as `--help`
 */
export function parseOptions<const T extends Options>(args: string[], options: T, help = '--help') {
	try {
		return parseArgs({ args, options }).values;
	} catch (error) {
		throw new Problem(`${(error as Error).message.split('\n')[0]} (see ${help})`);
	}
}

/** Reads a whole number from 1. Throws a Problem for anything else. */
export function toCount(name: string, text: string): number {
	const count = Number(text);
	if (Number.isSafeInteger(count) && count > 0) return count;
	throw new Problem(`--${name} takes a whole number from 1, not ${text}`);
}
