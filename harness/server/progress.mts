const REDRAW_MS = 500;
const LINE_EVERY_MS = 15_000;

/** Reports a step's progress, such as `812 of 2300 packages`. */
export type Update = (detail: string) => void;

/**
 * Shows the progress of steps. A terminal shows one line for a step and redraws it. A pipe gets a line
 * when a step begins, one every 15 seconds, and one when it ends.
 */
export class Progress {
	private readonly output: NodeJS.WriteStream;

	constructor(output: NodeJS.WriteStream = process.stdout) {
		this.output = output;
	}

	/**
	 * Runs a step and shows it. Throws what the step throws.
	 * @param usual how long it usually takes, such as `3 to 12 min`
	 */
	async step<T>(name: string, work: (update: Update) => Promise<T>, usual?: string): Promise<T> {
		const started = Date.now();
		const hint = usual === undefined ? '' : ` (usually ${usual})`;
		let detail = '';
		const text = () =>
			`  ${name}${detail === '' ? '' : `: ${detail}`}, ${formatDuration(Date.now() - started)}`;
		if (!this.output.isTTY) this.output.write(`  ${name}${hint} ...\n`);
		const show = () =>
			this.output.isTTY ? this.redraw(`${text()}${hint}`) : this.print(`${text()} so far${hint}`);
		if (this.output.isTTY) show();
		const timer = setInterval(show, this.output.isTTY ? REDRAW_MS : LINE_EVERY_MS);
		try {
			const result = await work((now) => (detail = now));
			this.print(text());
			return result;
		} catch (error) {
			this.print(`${text()}: failed`);
			throw error;
		} finally {
			clearInterval(timer);
		}
	}

	private redraw(text: string): void {
		this.output.write(`\r\x1b[K${text.slice(0, (this.output.columns || 80) - 1)}`);
	}

	private print(text: string): void {
		this.output.write(this.output.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`);
	}
}

/** Writes a duration, such as `45 s` or `3 min 20 s`. */
function formatDuration(milliseconds: number): string {
	const seconds = Math.round(milliseconds / 1000);
	return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
