import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { getN8nNode, withNodeFirst } from './node24.mts';
import { findErrorLine, launchNpm, npmEnvironment } from './npm.mts';
import { LOGS_DIRECTORY, N8N_DIRECTORY } from './paths.mts';
import { Problem } from './problem.mts';
import { lastLines } from './processes.mts';
import type { Progress, Update } from './progress.mts';

const NEEDED_BYTES = 4e9;
const COUNT_EVERY_MS = 1000;
const STAMP = join(N8N_DIRECTORY, 'node_modules/.installed-from');
const LOCK = join(N8N_DIRECTORY, 'package-lock.json');

/** Shows in a build's log that a compiler, make or Python is missing. */
const NO_COMPILER =
	/not found: make|make: not found|(g\+\+|c\+\+|cc)[^\n]*(not found|No such file)|find Python|Could not find any Visual Studio/i;

interface LockedPackage {
	os?: string | string[];
	cpu?: string | string[];
}

/**
 * Installs the n8n of the lock file unless it is installed. Of the packages' own scripts only that of
 * the database driver runs: the driver must be built for this machine.
 */
export async function installN8n(progress: Progress): Promise<void> {
	if (isInstalled()) return;
	rmSync(STAMP, { force: true });
	await assertRoom(N8N_DIRECTORY, NEEDED_BYTES);
	await progress.step('Installing n8n (once, 3 GB)', installPackages, '3 to 12 min');
	await progress.step('Compiling the database driver (once)', buildDriver, 'about 1 min');
	writeFileSync(STAMP, createStamp());
}

/** Throws a Problem when the disk has fewer free bytes than this. */
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
	return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === createStamp();
}

/** Identifies an installation: lock file and machine decide what npm installs. */
function createStamp(): string {
	const hash = createHash('sha256').update(readFileSync(LOCK)).digest('hex');
	return `${hash} ${process.platform} ${process.arch}\n`;
}

async function installPackages(update: Update): Promise<void> {
	const paths = listLockedPaths();
	const countInstalled = () =>
		paths.filter((path) => existsSync(join(N8N_DIRECTORY, path, 'package.json'))).length;
	const show = () => update(`${countInstalled()} of ${paths.length} packages`);
	const timer = setInterval(show, COUNT_EVERY_MS);
	const logFile = join(LOGS_DIRECTORY, 'n8n-install.log');
	try {
		const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
		const code = await launchNpm(args, { cwd: N8N_DIRECTORY, logFile }).ended;
		if (code !== 0) {
			throw new Problem(
				`n8n could not be installed: ${findErrorLine(logFile)} (all of it: ${logFile})`,
			);
		}
	} finally {
		clearInterval(timer);
	}
	update(`${countInstalled()} packages`);
}

/** The paths at which the lock file puts packages on a machine like this. */
function listLockedPaths(): string[] {
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

/** Builds with the Node that will run n8n, and with its C headers, so none are downloaded. */
async function buildDriver(): Promise<void> {
	const node = getN8nNode();
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
		`n8n’s database driver could not be built: ${findErrorLine(logFile)} (all of it: ${logFile})`,
	);
}
