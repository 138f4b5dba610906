import type { IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';

/** At most this many hints are shown: people do not read more. Warnings are always shown. */
const MAX_HINTS = 3;

/** Shows the hints of a run beside the node's output, each message once. */
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

export function toHint(message: string): NodeExecutionHint {
	return { type: 'info', location: 'outputPane', message };
}

export function toWarning(message: string): NodeExecutionHint {
	return { type: 'warning', location: 'outputPane', message };
}
