import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { npm } from '../../../harness/server/npm.mts';
import { Progress } from '../../../harness/server/progress.mts';

/**
 * Loads a package from a directory with its manifest and lock file. Installs it there first if it
 * is missing or outdated. The caller gives its type, since the package's own types may be missing.
 */
export async function loadLocked<T>(directory: string, name: string, what: string): Promise<T> {
	await installLocked(directory, name, what);
	return createRequire(join(directory, 'package.json'))(name) as T;
}

/** Installs a package into a directory with its manifest and lock file, if it is missing or outdated. */
export async function installLocked(directory: string, name: string, what: string): Promise<void> {
	const stampFile = join(directory, 'node_modules/.installed-from');
	const lock = readFileSync(join(directory, 'package-lock.json'));
	const stamp = createHash('sha256').update(lock).digest('hex');
	if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
	await new Progress().step(`Installing ${what}`, () =>
		npm(`The installation of ${name}`, ['ci', '--no-audit', '--no-fund'], directory),
	);
	writeFileSync(stampFile, stamp);
}
