import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { npm } from '../../harness/server/npm.mts';
import type { PackedPackage } from '../../harness/server/package.mts';
import { Problem } from '../../harness/server/problem.mts';

/** The packages whose versions make a pair. */
const ENGINE = ['n8n-core', 'n8n-workflow'] as const;

interface Manifest {
	/** The release of n8n that the pair belongs to. */
	config: { n8n: string };
	dependencies: Record<(typeof ENGINE)[number], string>;
}

/** An n8n-core and the n8n-workflow that belongs to it, in a directory beside this file. */
export interface Pair {
	name: string;
	directory: string;
	/** The release of n8n that has them. */
	n8n: string;
	versions: Manifest['dependencies'];
}

/** Finds all pairs, or those whose name contains `wanted`, oldest first. */
export async function findPairs(wanted = ''): Promise<Pair[]> {
	const names = (await readdir(import.meta.dirname)).filter((name) => name.startsWith('n8n-'));
	const chosen = names.filter((name) => name.includes(wanted)).sort(byNumbers);
	if (chosen.length === 0) {
		throw new Problem(`No pair is called ${wanted}; there are ${names.join(', ')}`);
	}
	return await Promise.all(
		chosen.map(async (name) => {
			const directory = join(import.meta.dirname, name);
			const { config, dependencies } = await readJson<Manifest>(join(directory, 'package.json'));
			return { name, directory, n8n: config.n8n, versions: dependencies };
		}),
	);
}

function byNumbers(left: string, right: string): number {
	return left.localeCompare(right, 'en', { numeric: true });
}

/** Installs the pair from its lock file if it is missing, and always the packed package. */
export async function installPair(pair: Pair, packed: PackedPackage): Promise<void> {
	await installEngine(pair);
	const directory = join(pair.directory, 'node_modules', packed.name);
	await rm(directory, { recursive: true, force: true });
	await mkdir(directory, { recursive: true });
	await promisify(execFile)('tar', [
		...['-xzf', packed.tarball],
		...['-C', directory, '--strip-components=1'],
	]);
	await assertVersions(pair, directory);
}

async function installEngine({ directory, name }: Pair): Promise<void> {
	const lock = join(directory, 'package-lock.json');
	// Without a lock file, Node finds the repository's own n8n-core and n8n-workflow further up.
	if (!existsSync(lock)) return;
	const wanted = createHash('sha256')
		.update(await readFile(lock))
		.digest('hex');
	const stamp = join(directory, 'node_modules/.installed-from');
	const installed = await readFile(stamp, 'utf8').catch(() => '');
	if (installed === wanted) return;
	const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
	await npm(`The installation of ${name}`, args, directory);
	await writeFile(stamp, wanted);
}

/** Asserts that the package finds the pair. Node would also take another one from further up. */
async function assertVersions({ name, versions }: Pair, packageDirectory: string): Promise<void> {
	const { resolve } = createRequire(join(packageDirectory, 'package.json'));
	for (const module of ENGINE) {
		const found = await findVersion(resolve(module), module);
		if (found === versions[module]) continue;
		throw new Problem(`${name} is to have ${module} ${versions[module]}, and has ${found}`);
	}
}

/** Gives the version of the package that a resolved file belongs to. */
async function findVersion(file: string, name: string): Promise<string> {
	let directory = dirname(file);
	while (directory !== dirname(directory)) {
		const manifest = await readJson<{ name?: string; version: string }>(
			join(directory, 'package.json'),
		).catch(() => undefined);
		if (manifest?.name === name) return manifest.version;
		directory = dirname(directory);
	}
	throw new Problem(`${file} belongs to no ${name}`);
}

async function readJson<T>(file: string): Promise<T> {
	return JSON.parse(await readFile(file, 'utf8')) as T;
}
