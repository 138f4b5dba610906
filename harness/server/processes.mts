import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Long enough for n8n, which waits for running executions before it ends. */
const KILL_AFTER_MS = 15_000;

export interface LaunchOptions {
	cwd?: string | undefined;
	env: NodeJS.ProcessEnv;
	/** Receives stdout and stderr. Replaces an older file. */
	logFile: string;
	/** How long stop() waits before it kills. Default: 15 seconds. */
	killAfterMs?: number;
}

/** A launched process, the first of a group of its own. */
export interface Launched {
	pid: number;
	logFile: string;
	/** Resolves when it has ended: to its exit code, or to null when a signal ended it. */
	ended: Promise<number | null>;
	/** Whether it has ended. */
	hasEnded(): boolean;
	/** Sends a signal to it and to all processes that it started. */
	signal(signal: NodeJS.Signals): void;
	/** Asks the group to end, kills it after `killAfterMs`, and waits. May be called twice. */
	stop(): Promise<void>;
}

/** Launched processes that have not ended. */
const alive = new Set<Launched>();

// No launched process outlives this one, unless SIGKILL ends it: that cannot be noticed.
process.on('exit', () => alive.forEach((launched) => launched.signal('SIGKILL')));

/** Starts a program in its own process group. A signal to the group ends all that it starts, too. */
export function launch(program: string, args: string[], options: LaunchOptions): Launched {
	mkdirSync(dirname(options.logFile), { recursive: true });
	const log = openSync(options.logFile, 'w');
	const child = spawn(program, args, {
		cwd: options.cwd,
		env: options.env,
		stdio: ['ignore', log, log],
		detached: process.platform !== 'win32',
		windowsHide: true,
	});
	closeSync(log);
	const ended = new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', (code) => resolve(code));
	});
	let hasEnded = false;
	const launched: Launched = {
		pid: child.pid ?? 0,
		logFile: options.logFile,
		ended,
		hasEnded: () => hasEnded,
		signal: (signal) => signalGroup(child, signal),
		stop: () => stop(launched, options.killAfterMs ?? KILL_AFTER_MS),
	};
	alive.add(launched);
	const done = () => {
		hasEnded = true;
		// Kills the processes that it started and left behind.
		launched.signal('SIGKILL');
		alive.delete(launched);
	};
	ended.then(done, done);
	return launched;
}

/** Stops all launched processes. */
export async function stopAll(): Promise<void> {
	await Promise.all([...alive].map((launched) => launched.stop()));
}

/** The last lines of a log that are not empty. */
export function lastLines(logFile: string, count: number): string[] {
	const lines = readFileSync(logFile, 'utf8').split('\n');
	return lines.filter((line) => line.trim() !== '').slice(-count);
}

async function stop(launched: Launched, killAfterMs: number): Promise<void> {
	if (launched.hasEnded()) return;
	launched.signal('SIGTERM');
	const timer = setTimeout(() => launched.signal('SIGKILL'), killAfterMs);
	await launched.ended.catch(() => undefined);
	clearTimeout(timer);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
	if (child.pid === undefined) return;
	if (process.platform === 'win32') {
		spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
		return;
	}
	try {
		process.kill(-child.pid, signal);
	} catch {
		// The whole group is gone.
	}
}
