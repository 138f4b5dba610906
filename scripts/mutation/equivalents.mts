import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../harness/server/paths.mts';
import type { Mutant } from './mutants.mts';

/** Lists the mutants that change nothing, each with its reason. */
export const EQUIVALENTS_FILE = 'docs/development/mutation.md';

const ROW = /^- `([^`]+\.ts)`: (.+?)(?: — .*)?$/;

const toKey = ({ file, what }: Pick<Mutant, 'file' | 'what'>) => `${file}: ${what}`;

/** Tells which mutants are listed as equivalent: by file and change, since lines move. */
export function readEquivalents(): (mutant: Mutant) => boolean {
	const rows = readFileSync(join(ROOT, EQUIVALENTS_FILE), 'utf8').split('\n');
	const keys = new Set(
		rows.flatMap((row) => {
			const [, file, what] = ROW.exec(row) ?? [];
			return file && what ? [toKey({ file, what })] : [];
		}),
	);
	return (mutant) => keys.has(toKey(mutant));
}
