import { stopAll } from './processes.mts';

const CHECK_EVERY_MS = 1000;
/** Ctrl-C arrives twice, from the terminal and from npm. Within this time the two count as one. */
const SAME_SIGNAL_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Stops all launched processes when this process gets a signal to end, or when the npm that started it
 * is gone. A second Ctrl-C kills them at once. Call this before anything is launched.
 * @returns a function that says whether the end has begun
 */
export function endOnSignal(print: (line: string) => void): () => boolean {
	let isEnding = false;
	const end = (code: number, reason: string) => {
		if (isEnding) return;
		isEnding = true;
		print(reason);
		const exit = () => process.exit(code);
		setTimeout(() => SIGNALS.forEach((signal) => process.on(signal, exit)), SAME_SIGNAL_MS);
		void stopAll().then(exit);
	};
	const code = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
	for (const signal of SIGNALS) process.on(signal, () => end(code[signal], '\nEnding ...'));
	const parent = process.ppid;
	const check = () => process.ppid !== parent && end(1, 'npm is gone; ending ...');
	setInterval(check, CHECK_EVERY_MS).unref();
	return () => isEnding;
}
