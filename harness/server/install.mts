import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeForN8n, withNodeFirst } from './node24.mts';
import { errorLine, launchNpm, npmEnvironment } from './npm.mts';
import { LOGS_DIRECTORY, N8N_DIRECTORY } from './paths.mts';
import { Problem } from './problem.mts';
import { lastLines } from './processes.mts';
import type { Progress, Update } from './progress.mts';

const NEEDED_BYTES = 4e9;
const COUNT_EVERY_MS = 1000;
const STAMP = join(N8N_DIRECTORY, 'node_modules/.installed-from');
const LOCK = join(N8N_DIRECTORY, 'package-lock.json');

/** What a missing compiler, make or Python looks like in the log of a build. */
const NO_COMPILER =
	/not found: make|make: not found|(g\+\+|c\+\+|cc)[^\n]*(not found|No such file)|find Python|Could not find any Visual Studio/i;

interface LockedPackage {
	os?: string | string[];
	cpu?: string | string[];
}

/**
 * Installs the n8n of the lock file unless it is installed. The packages' own scripts do not run,
 * but for that of the database driver, which has to be built for the machine.
 */
export async function installN8n(progress: Progress): Promise<void> {
	if (isInstalled()) return;
	rmSync(STAMP, { force: true });
	await assertRoom(N8N_DIRECTORY, NEEDED_BYTES);
	await progress.step('Installing n8n (once, some minutes, 3 GB)', place);
	await progress.step('Building its database driver', build);
	writeFileSync(STAMP, stamp());
}

/** Refuses to begin what would fill the disk. */
export async function assertRoom(directory: string, bytes: number): Promise<void> {
	const { bavail, bsize } = await statfs(directory);
	const free = bavail * bsize;
	if (free >= bytes) return;
	const gigabytes = (count: number) => `${(count / 1e9).toFixed(1)} GB`;
	throw new Problem(
		`No room for n8n: it needs ${gigabytes(bytes)}, and ${gigabytes(free)} are free at ${directory}`,
	);
}

function isInstalled(): boolean {
	return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp();
}

/** What is installed follows from the lock file and the machine. */
function stamp(): string {
	const hash = createHash('sha256').update(readFileSync(LOCK)).digest('hex');
	return `${hash} ${process.platform} ${process.arch}\n`;
}

async function place(update: Update): Promise<void> {
	const paths = lockedPaths();
	const placed = () =>
		paths.filter((path) => existsSync(join(N8N_DIRECTORY, path, 'package.json'))).length;
	const count = () => update(`${placed()} of ${paths.length} packages`);
	const counting = setInterval(count, COUNT_EVERY_MS);
	const logFile = join(LOGS_DIRECTORY, 'n8n-install.log');
	try {
		const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
		const code = await launchNpm(args, { cwd: N8N_DIRECTORY, logFile }).ended;
		if (code !== 0) {
			throw new Problem(
				`n8n could not be installed: ${errorLine(logFile)} (all of it: ${logFile})`,
			);
		}
	} finally {
		clearInterval(counting);
	}
	update(`${placed()} packages`);
}

/** Where the lock file puts packages on a machine like this one. */
function lockedPaths(): string[] {
	const { packages } = JSON.parse(readFileSync(LOCK, 'utf8')) as {
		packages: Record<string, LockedPackage>;
	};
	const fits = (list: string | string[] | undefined, own: string) => {
		const names = [list ?? []].flat();
		const wanted = names.filter((name) => !name.startsWith('!'));
		return !names.includes(`!${own}`) && (wanted.length === 0 || wanted.includes(own));
	};
	return Object.entries(packages)
		.filter(([path]) => path !== '')
		.filter(([, { os, cpu }]) => fits(os, process.platform) && fits(cpu, process.arch))
		.map(([path]) => path);
}

/** Runs by the Node that will run n8n; its own headers come with it, so none are downloaded. */
async function build(): Promise<void> {
	const node = nodeForN8n();
	const logFile = join(LOGS_DIRECTORY, 'n8n-build.log');
	const headers = node.headers ? [`--nodedir=${node.headers}`] : [];
	const code = await launchNpm(
		['rebuild', 'sqlite3', '--ignore-scripts=false', '--foreground-scripts', ...headers],
		{
			cwd: N8N_DIRECTORY,
			logFile,
			node: node.path,
			env: withNodeFirst(npmEnvironment(), node),
		},
	).ended;
	if (code === 0) return;
	if (NO_COMPILER.test(lastLines(logFile, 400).join('\n'))) {
		throw new Problem(
			'n8n’s database driver has to be compiled, and this machine lacks the tools: install a C++ compiler, make and Python 3 (Debian: apt install build-essential python3)',
		);
	}
	throw new Problem(
		`n8n’s database driver could not be built: ${errorLine(logFile)} (all of it: ${logFile})`,
	);
}
