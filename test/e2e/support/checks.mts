import { endOnSignal } from '../../../scripts/n8n/ending.mts';
import { explain } from '../../../scripts/n8n/problem.mts';
import { stopAll } from '../../../scripts/n8n/processes.mts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** A part of the end-to-end tests, such as the headless one. */
export interface Part {
	name: string;
	run(checks: Checks): Promise<void>;
}

/** Counts what was checked, and says it as it goes. */
export class Checks {
	passed = 0;
	failed = 0;

	/** Checks one thing: `work` throws when it is not so. The next checks run all the same. */
	async check(what: string, work: () => Promise<void> | void): Promise<void> {
		const started = Date.now();
		try {
			await work();
			this.passed++;
			say(`ok    ${what} (${Date.now() - started} ms)`);
		} catch (error) {
			this.fail(what, error);
		}
	}

	/** Counts a failure. */
	fail(what: string, error: unknown): void {
		this.failed++;
		const lines = explain(error).split('\n').slice(0, 12);
		say(`FAIL  ${what}\n      ${lines.join('\n      ')}`);
	}
}

/** Runs parts one after the other. The last line is the tally; so is the exit code. */
export async function runParts(parts: Part[]): Promise<void> {
	const isEnding = endOnSignal(say);
	const checks = new Checks();
	for (const part of parts) {
		say(`== ${part.name}`);
		try {
			await part.run(checks);
		} catch (error) {
			// What was cut short by Ctrl-C is no finding; the process is about to end.
			if (isEnding()) return;
			checks.fail(part.name, error);
		}
		await stopAll();
	}
	say(`\n${checks.passed} passed, ${checks.failed} failed`);
	process.exitCode = checks.failed === 0 && checks.passed > 0 ? 0 : 1;
}
