import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm pack` would publish: paths inside the package, and the packed size in bytes. */
export function packed(): { files: string[]; size: number } {
	const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
		cwd: ROOT,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const [pack] = JSON.parse(text) as Array<{ size: number; files: Array<{ path: string }> }>;
	return { files: pack.files.map(({ path }) => path), size: pack.size };
}

/** The built JavaScript files, relative to the root. */
export function builtFiles(): string[] {
	return readdirSync(join(ROOT, 'dist'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.js'))
		.map((file) => join('dist', file));
}

/** The modules a built file asks for when it is loaded. */
export function requiredBy(file: string): string[] {
	const source = readFileSync(join(ROOT, file), 'utf8');
	return [...source.matchAll(/\brequire\(["']([^"']+)["']\)|\bimport\(["']([^"']+)["']\)/g)].map(
		(match) => match[1] ?? match[2],
	);
}

/** Whether a module comes with Node. */
export function isBuiltin(module: string): boolean {
	return builtinModules.includes(module.replace(/^node:/, ''));
}

/**
 * How long n8n takes to load this package, against what n8n's own modules that it uses take: they are
 * there already in n8n.
 */
export function loadTimeRatio(): number {
	const script = `
		const started = performance.now();
		require('n8n-workflow'); require('luxon');
		const { n8n } = require('./package.json');
		const between = performance.now();
		for (const file of [...n8n.nodes, ...n8n.credentials]) require('./' + file);
		console.log((performance.now() - between) / (between - started));
	`;
	return Number(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }));
}

export interface Manifest {
	dependencies?: Record<string, string>;
	n8n: { strict: boolean; nodes: string[]; credentials: string[] };
}

/** package.json. */
export function manifest(): Manifest {
	return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
}

/** Whether a built file asks for a module of this package that lies outside a folder. */
export function leavesFolder(folder: string, file: string, module: string): boolean {
	return module.startsWith('.') && !join(file, '..', module).startsWith(folder);
}
