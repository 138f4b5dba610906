import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LOGS_DIRECTORY } from '../../../scripts/n8n/paths.mts';
import { launch } from '../../../scripts/n8n/processes.mts';
import type { Progress } from '../../../scripts/n8n/progress.mts';

const DEBIAN_PACKAGES = ['redis-server', 'postgresql'];
const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** The programs of the two servers that n8n's queue mode needs. */
export interface Programs {
	redisServer: string;
	/** The directory of initdb and postgres. */
	postgresBin: string;
}

/**
 * Finds Redis and PostgreSQL. Where they are missing, and this process may, Debian's packages are
 * installed. A text is the reason why there are none.
 */
export async function findPrograms(progress: Progress): Promise<Programs | string> {
	const there = lookAround();
	if (there) return there;
	const packages = DEBIAN_PACKAGES.join(' and ');
	if (process.getuid?.() !== 0 || !onPath('apt-get')) {
		return `needs Redis and PostgreSQL (Debian's ${packages}), and may not install them`;
	}
	const logFile = join(LOGS_DIRECTORY, 'apt-get.log');
	const installed = await progress.step(`Installing ${packages}`, async () => {
		return (await apt(['update'], logFile)) && (await apt(install(), logFile));
	});
	const now = installed ? lookAround() : undefined;
	return now ?? `${packages} could not be installed: see ${logFile}`;
}

function lookAround(): Programs | undefined {
	const redisServer = onPath('redis-server');
	const postgresBin = [...pathDirectories(), ...debianPostgres()].find(
		(directory) => existsSync(join(directory, 'initdb')) && existsSync(join(directory, 'postgres')),
	);
	return redisServer && postgresBin ? { redisServer, postgresBin } : undefined;
}

/** Newest first; none of these directories is on the path. */
function debianPostgres(): string[] {
	if (!existsSync(DEBIAN_POSTGRES)) return [];
	return readdirSync(DEBIAN_POSTGRES)
		.sort((left, right) => Number(right) - Number(left))
		.map((version) => join(DEBIAN_POSTGRES, version, 'bin'));
}

function pathDirectories(): string[] {
	const own = (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
	return [...own, '/usr/local/bin', '/usr/bin', '/usr/sbin'];
}

function onPath(program: string): string | undefined {
	return pathDirectories()
		.map((directory) => join(directory, program))
		.find((path) => existsSync(path));
}

function install(): string[] {
	return ['install', '-y', '--no-install-recommends', ...DEBIAN_PACKAGES];
}

async function apt(args: string[], logFile: string): Promise<boolean> {
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	return (await launch('apt-get', args, { env, logFile }).ended) === 0;
}
