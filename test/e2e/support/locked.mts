import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { npm } from '../../../harness/server/npm.mts';
import { Progress } from '../../../harness/server/progress.mts';

/**
 * Loads a package that a directory has a manifest and a lock file for, and installs it there if
 * that was not done yet. The caller knows what the package is; its own types may not be there.
 */
export async function loadLocked<T>(directory: string, name: string, what: string): Promise<T> {
	const stampFile = join(directory, 'node_modules/.installed-from');
	const lock = readFileSync(join(directory, 'package-lock.json'));
	const stamp = createHash('sha256').update(lock).digest('hex');
	if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
		await new Progress().step(`Installing ${what}`, () =>
			npm(`The installation of ${name}`, ['ci', '--no-audit', '--no-fund'], directory),
		);
		writeFileSync(stampFile, stamp);
	}
	return createRequire(join(directory, 'package.json'))(name) as T;
}
