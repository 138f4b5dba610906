import { endOnSignal } from '../../../harness/server/ending.mts';
import { explain } from '../../../harness/server/problem.mts';
import { stopAll } from '../../../harness/server/processes.mts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** A part of the end-to-end tests, such as the headless one. */
export interface Part {
	name: string;
	run(checks: Checks): Promise<void>;
}

/** Runs checks, prints each result, and counts them. */
export class Checks {
	passed = 0;
	failed = 0;
	/** Where the current logs are. Every failure names it. */
	logs: string | undefined;
	private readonly isEnding: () => boolean;

	/** `isEnding` says whether the process is being ended. A failure then is no finding. */
	constructor(isEnding: () => boolean = () => false) {
		this.isEnding = isEnding;
	}

	/** Runs one check. It fails when `work` throws. The next checks run all the same. */
	async check(what: string, work: () => Promise<void> | void): Promise<void> {
		const started = Date.now();
		try {
			await work();
			this.passed++;
			say(`ok    ${what} (${Date.now() - started} ms)`);
		} catch (error) {
			if (this.isEnding()) throw error;
			this.fail(what, error);
		}
	}

	/** Prints and counts a failure. */
	fail(what: string, error: unknown): void {
		this.failed++;
		const lines = explain(error).split('\n').slice(0, 12);
		const logs = this.logs === undefined ? '' : ` (logs: ${this.logs})`;
		say(`FAIL  ${what}${logs}\n      ${lines.join('\n      ')}`);
	}

	/** Prints an observation that is not a check. */
	tell(observation: string): void {
		say(`      ${observation}`);
	}

	/** Prints why a part is left out. It does not count as passed. */
	leaveOut(what: string, why: string): void {
		say(`--    ${what} is left out: ${why}`);
	}
}

/** Runs parts one after the other. Prints the tally as last line, and sets the exit code by it. */
export async function runParts(parts: Part[]): Promise<void> {
	const isEnding = endOnSignal(say);
	const checks = new Checks(isEnding);
	for (const part of parts) {
		say(`== ${part.name}`);
		try {
			await part.run(checks);
		} catch (error) {
			// A part that Ctrl-C cut short is no finding: the process is about to end.
			if (isEnding()) return;
			checks.fail(part.name, error);
		}
		checks.logs = undefined;
		await stopAll();
	}
	say(`\n${checks.passed} passed, ${checks.failed} failed`);
	process.exitCode = checks.failed === 0 && checks.passed > 0 ? 0 : 1;
}
