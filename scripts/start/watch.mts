import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { getInstalledDirectory } from '../../harness/server/package.mts';
import { DATA_DIRECTORY, ROOT } from '../../harness/server/paths.mts';

/** Makes n8n load a package again whose files have changed. */
export const RELOADING = { N8N_DEV_RELOAD: 'true' };

/** Compiles each change of the source into the installed package, and prints what the compiler says. */
export function watchSource(packageName: string): void {
	const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
	const output = join(getInstalledDirectory(DATA_DIRECTORY, packageName), 'dist');
	const options = ['--watch', '--preserveWatchOutput', '--outDir', output];
	const child = spawn(process.execPath, [compiler, ...options], { cwd: ROOT, stdio: 'inherit' });
	process.on('exit', () => child.kill());
}
