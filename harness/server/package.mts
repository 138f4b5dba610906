import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Instance } from './instance.mts';
import { getN8nNode } from './node24.mts';
import { npm } from './npm.mts';
import { ROOT } from './paths.mts';
import { Problem } from './problem.mts';
import { RestError } from './rest.mts';

const TYPES_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 200;
const REGISTER = join(import.meta.dirname, 'register.mts');

/** A packed package. */
export interface PackedPackage {
	/** The .tgz file. */
	tarball: string;
	name: string;
	version: string;
}

interface Manifest {
	name: string;
	version: string;
	author: { name: string; email: string };
	dependencies?: Record<string, string>;
	[field: string]: unknown;
}

/** Packs the built package as `npm publish` would. */
export async function packPackage(directory: string): Promise<PackedPackage> {
	await mkdir(directory, { recursive: true });
	await npm('Packing', ['pack', '--ignore-scripts', '--pack-destination', directory], ROOT);
	const { name, version } = await readManifest(join(ROOT, 'package.json'));
	return { tarball: join(directory, `${name}-${version}.tgz`), name, version };
}

/** Unpacks the .tgz file of a package into a directory, and makes it if it is missing. */
export async function unpackPackage(tarball: string, directory: string): Promise<void> {
	await mkdir(directory, { recursive: true });
	await promisify(execFile)('tar', ['-xzf', tarball, '-C', directory, '--strip-components=1']);
}

/** Where an n8n has an installed package. */
export const getInstalledDirectory = (userFolder: string, name: string) =>
	join(userFolder, '.n8n/nodes/node_modules', name);

/**
 * Installs a packed package into the user folder of an n8n that does not run. The steps are those of
 * n8n's own installation (its CommunityPackagesService.downloadPackage): unpack the package under
 * .n8n/nodes/node_modules, remove development and peer dependencies from its package.json, and list it
 * in .n8n/nodes/package.json. n8n would also run npm install, but the package has no dependencies.
 */
export async function installPackage(
	userFolder: string,
	{ tarball, name, version }: PackedPackage,
): Promise<void> {
	const nodes = join(userFolder, '.n8n/nodes');
	const directory = getInstalledDirectory(userFolder, name);
	await rm(directory, { recursive: true, force: true });
	await unpackPackage(tarball, directory);
	const file = join(directory, 'package.json');
	const manifest = await readManifest(file);
	if (Object.keys(manifest.dependencies ?? {}).length > 0) {
		throw new Problem(`${name} has dependencies, which this installation does not bring`);
	}
	for (const field of ['devDependencies', 'peerDependencies', 'optionalDependencies']) {
		delete manifest[field];
	}
	await writeFile(file, JSON.stringify(manifest, null, 2));
	const listFile = join(nodes, 'package.json');
	const list = await readManifest(listFile).catch(() => undefined);
	const dependencies = { ...list?.dependencies, [name]: version };
	const content = { name: 'installed-nodes', private: true, dependencies };
	await writeFile(listFile, JSON.stringify(content, null, 2));
}

/**
 * Adds an installed package to the list of a running n8n (Settings > Community nodes). Without this
 * n8n loads the nodes, but does not list the package. Works only for an n8n on SQLite.
 */
export async function registerPackage(instance: Instance, name: string): Promise<void> {
	const directory = getInstalledDirectory(instance.userFolder, name);
	const { version, author } = await readManifest(join(directory, 'package.json'));
	const nodes = (await nodeTypes(instance))
		.filter((type) => type.name.startsWith(`${name}.`) && !type.name.endsWith('Tool'))
		.map((type) => ({
			name: type.displayName,
			type: type.name,
			version: [type.version].flat().at(-1),
		}));
	const database = join(instance.userFolder, '.n8n/database.sqlite');
	const entry = JSON.stringify({ name, version, author, nodes });
	await promisify(execFile)(getN8nNode().path, ['--no-warnings', REGISTER, database, entry]);
}

/** A node type as n8n sends it to its editor. It has all other members of the description, too. */
export interface NodeType {
	name: string;
	displayName: string;
	version: number | number[];
	codex?: { categories?: string[] };
	[field: string]: unknown;
}

/**
 * Reads all node types that n8n knows. The instance must be signed in. n8n writes the file with them
 * while it starts, and answers 404 until then.
 */
export async function nodeTypes({ rest }: Instance): Promise<NodeType[]> {
	const deadline = Date.now() + TYPES_WITHIN_MS;
	for (;;) {
		try {
			return await rest.file<NodeType[]>('/types/nodes.json');
		} catch (error) {
			const isMissing = error instanceof RestError && error.status === 404;
			if (!isMissing || Date.now() > deadline) throw error;
			await sleep(ASK_EVERY_MS);
		}
	}
}

/** Reads all credential types that n8n knows. The instance must be signed in. */
export async function credentialTypes({ rest }: Instance): Promise<Array<{ name: string }>> {
	return await rest.file<Array<{ name: string }>>('/types/credentials.json');
}

async function readManifest(file: string): Promise<Manifest> {
	return JSON.parse(await readFile(file, 'utf8')) as Manifest;
}
