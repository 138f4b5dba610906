import { spawn } from 'node:child_process';
import { ROOT } from '../../harness/server/paths.mts';

/** The exit code of a run of the demo, and its output. */
export interface DemoRun {
	code: number | null;
	stdout: string;
	stderr: string;
}

/** Runs scripts/demo.mts in a process of its own, with piped output and these variables. */
export async function runDemo(variables: Record<string, string> = {}): Promise<DemoRun> {
	const { CAKE_BASE_URL, CAKE_API_KEY, FORCE_COLOR, ...env } = process.env;
	const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/demo.mts'], {
		cwd: ROOT,
		env: { ...env, ...variables },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const output = { stdout: '', stderr: '' };
	for (const name of ['stdout', 'stderr'] as const) {
		child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
	}
	const code = await new Promise<number | null>((resolve, reject) => {
		child.on('error', reject).on('close', resolve);
	});
	return { code, ...output };
}

export function hasStackTrace({ stdout, stderr }: DemoRun): boolean {
	return /^\s+at .+:\d+/m.test(stdout + stderr);
}
