import { stopAll } from './processes.mts';

const LOOK_EVERY_MS = 1000;
/** A terminal sends Ctrl-C to all processes, and npm passes it on: within this time it is one. */
const SAME_SIGNAL_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ends everything that was launched when this process is told to end, or when npm around it is gone.
 * A second Ctrl-C does not wait for it: the processes are killed. Call it before anything is
 * launched; the result tells whether the end has begun.
 */
export function endOnSignal(say: (line: string) => void): () => boolean {
	let ending = false;
	const end = (code: number, reason: string) => {
		if (ending) return;
		ending = true;
		say(reason);
		const insist = () => process.exit(code);
		setTimeout(() => SIGNALS.forEach((signal) => process.on(signal, insist)), SAME_SIGNAL_MS);
		void stopAll().then(() => process.exit(code));
	};
	const code = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
	for (const signal of SIGNALS) process.on(signal, () => end(code[signal], '\nEnding ...'));
	const parent = process.ppid;
	const look = () => process.ppid !== parent && end(1, 'npm is gone; ending ...');
	setInterval(look, LOOK_EVERY_MS).unref();
	return () => ending;
}
