import type { IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';

/** So many remarks beside the output are read by somebody; warnings are not counted. */
const MAX_REMARKS = 3;

/** So many requests for one list take long enough to say how it goes faster. */
export const MANY_PAGES = 20;

/**
 * Shows remarks beside the node's output: the same one once, however many items it is about, and not
 * more of them than a person reads.
 * @param shown collects the messages
 */
export function hintsOf(
	context: IExecuteFunctions,
	shown: Set<string>,
): (hint: NodeExecutionHint) => void {
	let remarks = 0;
	return (hint) => {
		if (shown.has(hint.message)) return;
		if (hint.type !== 'warning' && ++remarks > MAX_REMARKS) return;
		shown.add(hint.message);
		context.addExecutionHints(hint);
	};
}

/** A remark that is no warning. */
export function remark(message: string): NodeExecutionHint {
	return { type: 'info', location: 'outputPane', message };
}
