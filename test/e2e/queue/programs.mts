import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../../../harness/server/progress.mts';
import { findOrInstall, findProgram, programDirectories } from '../support/debian.mts';

const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** The programs of the two servers that n8n's queue mode needs. */
export interface Programs {
	redisServer: string;
	/** The directory of initdb and postgres. */
	postgresBin: string;
}

/** Finds Redis and PostgreSQL, or installs them. A text is the reason why there are none. */
export async function findPrograms(progress: Progress): Promise<Programs | string> {
	const packages = ['redis-server', 'postgresql'];
	return await findOrInstall(
		{ name: 'Redis and PostgreSQL', packages, look: lookAround },
		progress,
	);
}

function lookAround(): Programs | undefined {
	const redisServer = findProgram('redis-server');
	const postgresBin = [...programDirectories(), ...debianPostgres()].find(
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
