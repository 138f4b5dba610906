import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LOGS_DIRECTORY } from '../../../harness/server/paths.mts';
import { launch } from '../../../harness/server/processes.mts';
import type { Progress } from '../../../harness/server/progress.mts';

/** Programs that a test needs, and how to get them. */
export interface Needed<T> {
	/** Their name, for a reader. */
	name: string;
	/** Debian's packages that bring them. */
	packages: string[];
	/** Gives where they are; undefined when one is missing. */
	look(): T | undefined;
}

/**
 * Finds programs. Installs Debian's packages if one is missing and this process runs as root. Gives
 * the reason as text when there are none.
 */
export async function findOrInstall<T extends object>(
	{ name, packages, look }: Needed<T>,
	progress: Progress,
): Promise<T | string> {
	const there = look();
	if (there) return there;
	const list = packages.join(' and ');
	if (process.getuid?.() !== 0 || !findProgram('apt-get')) {
		return `it needs ${name} (in Debian: ${list}), which this process may not install`;
	}
	const logFile = join(LOGS_DIRECTORY, 'apt-get.log');
	if (!(await install(packages, progress, logFile))) {
		return `it needs ${name}, and Debian's ${list} could not be installed: see ${logFile}`;
	}
	return look() ?? `it needs ${name}, which Debian's ${list} did not bring`;
}

/** Gives the path of a program; undefined when there is none. */
export function findProgram(name: string): string | undefined {
	return listProgramDirectories()
		.map((directory) => join(directory, name))
		.find((path) => existsSync(path));
}

/** Lists the directories of programs: those on the path, and Debian's. */
export function listProgramDirectories(): string[] {
	const own = (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
	return [...own, '/usr/local/bin', '/usr/bin', '/usr/sbin'];
}

async function install(packages: string[], progress: Progress, logFile: string): Promise<boolean> {
	return await progress.step(`Installing ${packages.join(' and ')}`, async () => {
		const args = ['install', '-y', '--no-install-recommends', ...packages];
		return (await apt(['update'], logFile)) && (await apt(args, logFile));
	});
}

async function apt(args: string[], logFile: string): Promise<boolean> {
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	return (await launch('apt-get', args, { env, logFile }).ended) === 0;
}
