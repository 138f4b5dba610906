import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../../../harness/server/progress.mts';
import { findOrInstall, findProgram, listProgramDirectories } from '../support/debian.mts';

const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** The programs of the two servers that n8n's queue mode needs. */
export interface Programs {
	redisServer: string;
	/** The directory of initdb and postgres. */
	postgresBin: string;
}

/** Finds Redis and PostgreSQL, or installs them. Gives the reason as text when it cannot. */
export async function findPrograms(progress: Progress): Promise<Programs | string> {
	const packages = ['redis-server', 'postgresql'];
	return await findOrInstall(
		{ name: 'Redis and PostgreSQL', packages, look: findInstalled },
		progress,
	);
}

function findInstalled(): Programs | undefined {
	const redisServer = findProgram('redis-server');
	const postgresBin = [...listProgramDirectories(), ...listDebianPostgres()].find(
		(directory) => existsSync(join(directory, 'initdb')) && existsSync(join(directory, 'postgres')),
	);
	return redisServer && postgresBin ? { redisServer, postgresBin } : undefined;
}

/** Lists Debian's directories of PostgreSQL, newest first. None of them is on the path. */
function listDebianPostgres(): string[] {
	if (!existsSync(DEBIAN_POSTGRES)) return [];
	return readdirSync(DEBIAN_POSTGRES)
		.sort((left, right) => Number(right) - Number(left))
		.map((version) => join(DEBIAN_POSTGRES, version, 'bin'));
}
