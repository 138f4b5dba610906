import type { IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';

/** More hints beside the output nobody reads; warnings are not counted. */
const MAX_HINTS = 3;

/** From this many requests for one list on, it is worth saying how it goes faster. */
export const MANY_PAGES = 20;

/** The hints of a run, each shown once beside the node's output, however many items it is about. */
export class Hints {
	/** The messages shown so far. */
	readonly shown = new Set<string>();

	private count = 0;

	constructor(private readonly context: IExecuteFunctions) {}

	add(hint: NodeExecutionHint): void {
		if (this.shown.has(hint.message)) return;
		if (hint.type !== 'warning' && ++this.count > MAX_HINTS) return;
		this.shown.add(hint.message);
		this.context.addExecutionHints(hint);
	}
}

/** A hint that is no warning. */
export function toHint(message: string): NodeExecutionHint {
	return { type: 'info', location: 'outputPane', message };
}
