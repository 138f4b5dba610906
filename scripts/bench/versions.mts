import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../harness/server/paths.mts';

/** The version of the package in a directory. */
export function packageVersion(directory: string): string {
	const text = readFileSync(join(directory, 'package.json'), 'utf8');
	return (JSON.parse(text) as { version: string }).version;
}

/** The version of this package, with the commit if git knows it. */
export function ownVersion(): string {
	const version = packageVersion(ROOT);
	try {
		const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
			cwd: ROOT,
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		return `${version} (${commit.trim()})`;
	} catch {
		return version;
	}
}
