import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import getPort from 'get-port';
import { Problem } from '../../../harness/server/problem.mts';
import { launch, type Launched, lastLines } from '../../../harness/server/processes.mts';
import type { Programs } from './programs.mts';
import { untilItSays } from './says.mts';
import { forget, makeTemporaryDirectory } from './temporary.mts';

const START_WITHIN_MS = 60_000;
const USER = 'n8n';
const DATABASE = 'postgres';
/** PostgreSQL refuses to run as root. This user comes with Debian's package. */
const POSTGRES_USER = 'postgres';

/** A server on a free port of loopback. Its data are removed when it stops. */
export interface Server {
	/** The settings with which n8n finds it. */
	env: Record<string, string>;
	stop(): Promise<void>;
}

/** Starts a Redis that keeps nothing on disk. */
export async function startRedis(programs: Programs, logs: string): Promise<Server> {
	const directory = makeTemporaryDirectory('redis');
	const port = await getPort();
	const password = newPassword();
	const file = join(directory, 'redis.conf');
	const settings = [
		`bind 127.0.0.1`,
		`port ${port}`,
		`requirepass ${password}`,
		`dir ${directory}`,
		`save ""`,
		'appendonly no',
	];
	writeFileSync(file, `${settings.join('\n')}\n`, { mode: 0o600 });
	const logFile = join(logs, 'redis.log');
	const launched = launch(programs.redisServer, [file], { env: process.env, logFile });
	await untilItSays('Redis', launched, 'Ready to accept connections', START_WITHIN_MS);
	return {
		env: {
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(port),
			QUEUE_BULL_REDIS_PASSWORD: password,
		},
		stop: async () => await stop(launched, directory),
	};
}

/** Starts a PostgreSQL with an empty database. It does not wait for the disk. */
export async function startPostgres(programs: Programs, logs: string): Promise<Server> {
	const directory = makeTemporaryDirectory('postgres');
	const password = newPassword();
	const passwordFile = join(directory, 'password');
	writeFileSync(passwordFile, password, { mode: 0o600 });
	if (isRoot()) giveAway([directory, passwordFile]);
	const run = (program: string, args: string[], log: string) =>
		launchAsUser(join(programs.postgresBin, program), args, directory, join(logs, log));

	const data = join(directory, 'data');
	const options = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8'];
	const initdb = run('initdb', ['-D', data, '-U', USER, '--no-sync', ...options], 'initdb.log');
	if ((await initdb.ended) !== 0) {
		const said = lastLines(initdb.logFile, 1)[0];
		throw new Problem(`initdb of PostgreSQL failed: ${said} (${initdb.logFile})`);
	}
	const port = await getPort();
	const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
	const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
	const launched = run('postgres', args, 'postgres.log');
	await untilItSays('PostgreSQL', launched, 'ready to accept connections', START_WITHIN_MS);
	return {
		env: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(port),
			DB_POSTGRESDB_DATABASE: DATABASE,
			DB_POSTGRESDB_USER: USER,
			DB_POSTGRESDB_PASSWORD: password,
		},
		stop: async () => await stop(launched, directory),
	};
}

async function stop(launched: Launched, directory: string): Promise<void> {
	await launched.stop();
	forget(directory);
}

function newPassword(): string {
	return randomBytes(16).toString('hex');
}

function isRoot(): boolean {
	return process.getuid?.() === 0;
}

function giveAway(paths: string[]): void {
	const getId = (flag: string) =>
		Number(execFileSync('id', [flag, POSTGRES_USER], { encoding: 'utf8' }));
	for (const path of paths) chownSync(path, getId('-u'), getId('-g'));
}

/** Launches a program in `cwd`, since that user may not read the directory of this process. */
function launchAsUser(program: string, args: string[], cwd: string, logFile: string): Launched {
	const env = { ...process.env, LC_ALL: 'C' };
	if (!isRoot()) return launch(program, args, { cwd, env, logFile });
	const user = [`--reuid=${POSTGRES_USER}`, `--regid=${POSTGRES_USER}`, '--clear-groups'];
	return launch('setpriv', [...user, '--', program, ...args], { cwd, env, logFile });
}
