import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const directories = new Set<string>();

// Ctrl-C ends this process before the checks under way can clean up.
process.on('exit', () => [...directories].forEach(forget));

/** Makes a directory that is removed when this process ends, after Ctrl-C too. */
export function makeTemporaryDirectory(name: string): string {
	const directory = mkdtempSync(join(tmpdir(), `n8n-nodes-cake-${name}-`));
	directories.add(directory);
	return directory;
}

/** Removes a temporary directory. */
export function forget(directory: string): void {
	rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	directories.delete(directory);
}
