import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The package that npm would publish: paths inside it, and its packed size in bytes. */
export function readPack(): { files: string[]; size: number } {
	const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
		cwd: ROOT,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const [pack] = JSON.parse(text) as Array<{ size: number; files: Array<{ path: string }> }>;
	return { files: pack.files.map(({ path }) => path), size: pack.size };
}

/** The built JavaScript files, relative to the root. */
export function listBuiltFiles(): string[] {
	return readdirSync(join(ROOT, 'dist'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.js'))
		.map((file) => join('dist', file));
}

/** The modules that a built file requires or imports. */
export function listRequired(file: string): string[] {
	const source = readFileSync(join(ROOT, file), 'utf8');
	return [...source.matchAll(/\brequire\(["']([^"']+)["']\)|\bimport\(["']([^"']+)["']\)/g)].map(
		(match) => match[1] ?? match[2],
	);
}

export function isBuiltin(module: string): boolean {
	return builtinModules.includes(module.replace(/^node:/, ''));
}

export interface Manifest {
	dependencies?: Record<string, string>;
	n8n: { strict: boolean; nodes: string[]; credentials: string[] };
}

export function readManifest(): Manifest {
	return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
}

/** Whether a module that a built file requires is this package's own and lies outside a folder. */
export function isOutside(folder: string, file: string, module: string): boolean {
	return module.startsWith('.') && !join(file, '..', module).startsWith(folder);
}
