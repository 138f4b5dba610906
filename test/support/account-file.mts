import { spawnSync } from 'node:child_process';
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A temporary folder for the files that sandboxes keep their accounts in. */
export class AccountFolder {
	private readonly directory = mkdtempSync(join(tmpdir(), 'sandbox-account-'));

	/** The path of a file in the folder. */
	path(name: string): string {
		return join(this.directory, name);
	}

	read(name: string): string {
		return readFileSync(this.path(name), 'utf8');
	}

	write(name: string, text: string): void {
		writeFileSync(this.path(name), text);
	}

	copy(from: string, to: string): void {
		copyFileSync(this.path(from), this.path(to));
	}

	has(name: string): boolean {
		return existsSync(this.path(name));
	}

	makeFolder(name: string): void {
		mkdirSync(this.path(name));
	}

	remove(name = '.'): void {
		rmSync(this.path(name), { recursive: true, force: true });
	}
}

/** Waits until `isSo`. */
export async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await sleep(10);
}

/** Runs a script in the root of this repository, in a process of its own. Gives its exit code. */
export function runScript(script: string): number | null {
	const args = ['--import', 'tsx', '--input-type=module', '-e', script];
	return spawnSync(process.execPath, args, { stdio: 'inherit' }).status;
}
