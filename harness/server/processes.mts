import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** n8n waits for executions under way before it ends. */
const PATIENCE_MS = 15_000;

export interface LaunchOptions {
	cwd?: string;
	env: NodeJS.ProcessEnv;
	/** Takes all that is written to stdout and stderr; an older file is replaced. */
	logFile: string;
	/** How long stop() waits before it kills. Default 15 seconds. */
	patienceMs?: number;
}

/** A process under way, the first of a group of its own. */
export interface Launched {
	pid: number;
	logFile: string;
	/** Settles when it has ended: its exit code, or null when a signal ended it. */
	ended: Promise<number | null>;
	/** Whether it has ended. */
	hasEnded(): boolean;
	/** Sends a signal to it and to all processes it started. */
	signal(signal: NodeJS.Signals): void;
	/** Asks the group to end, insists after some seconds, and waits. May be called twice. */
	stop(): Promise<void>;
}

/** Groups that have not ended yet. */
const alive = new Set<Launched>();

// Nothing outlives this process, whatever ends it (but SIGKILL, which cannot be seen coming).
process.on('exit', () => alive.forEach((launched) => launched.signal('SIGKILL')));

/** Starts a program in a process group of its own, so that all it starts can be ended with it. */
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
	let over = false;
	const launched: Launched = {
		pid: child.pid ?? 0,
		logFile: options.logFile,
		ended,
		hasEnded: () => over,
		signal: (signal) => signalGroup(child, signal),
		stop: () => stop(launched, options.patienceMs ?? PATIENCE_MS),
	};
	alive.add(launched);
	const done = () => {
		over = true;
		// What it started and left behind goes too.
		launched.signal('SIGKILL');
		alive.delete(launched);
	};
	ended.then(done, done);
	return launched;
}

/** Ends every process that was launched and is still there. */
export async function stopAll(): Promise<void> {
	await Promise.all([...alive].map((launched) => launched.stop()));
}

/** The last lines of a log that say something. */
export function lastLines(logFile: string, count: number): string[] {
	const lines = readFileSync(logFile, 'utf8').split('\n');
	return lines.filter((line) => line.trim() !== '').slice(-count);
}

async function stop(launched: Launched, patienceMs: number): Promise<void> {
	if (launched.hasEnded()) return;
	launched.signal('SIGTERM');
	const insist = setTimeout(() => launched.signal('SIGKILL'), patienceMs);
	await launched.ended.catch(() => undefined);
	clearTimeout(insist);
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
