import type { INodeExecutionData } from 'n8n-workflow';

import type { Failure } from './output';

const TELL = 'Calling again does not help: tell the user.';

/** What an AI agent is to do next, by the kind of failure; for the others the reason says it. */
const NEXT_STEPS: Partial<Record<string, string>> = {
	invalidValue:
		'Nothing was sent. Correct the value and call again; ask the user for what you do not know.',
	notConfigured: TELL,
	unauthorized: TELL,
	nodeDefect: TELL,
};

/** With a Unique ID, too: whether CAKE refuses one it has is not documented. */
const NOT_AGAIN =
	'Do not call this tool again for this sale, or it may be recorded, and paid, twice. Tell the user to look it up in CAKE.';

/** CAKE's words for a Unique ID it has are not documented: a refusal may mean that the sale is stored. */
const SAME_ID =
	'If a value was wrong, correct it and call again with the same Unique ID. Never call for this sale with another Unique ID, or it may be recorded, and paid, twice. In doubt tell the user.';

function adviceFor({ kind, seen, reason }: Failure, isRecord: boolean) {
	if (kind === 'unknownOutcome') return [seen, NOT_AGAIN];
	if (kind === 'refused' && isRecord) return [seen, SAME_ID];
	return [reason, NEXT_STEPS[kind]];
}

/**
 * A failure in words for an AI agent, which calls a tool again when it is unsure: what it may do
 * itself, and what it has to leave to the user.
 * @param isRecord whether it was to record a conversion, which must not happen twice
 */
export function forAgent(failure: Failure, isRecord: boolean): Failure {
	return { ...failure, reason: adviceFor(failure, isRecord).filter(Boolean).join(' ') };
}

/**
 * What stands beside the node's output, as a last item: n8n shows an AI agent nothing but items. A
 * query that finds nothing would reach it as an empty text, from which a model concludes anything.
 * @param remarks what was shown beside the output
 */
export function remarksForAgent(remarks: Iterable<string>): INodeExecutionData[] {
	const texts = [...remarks];
	if (texts.length === 0) return [];
	return [{ json: { remark: texts.join(' ') }, pairedItem: { item: 0 } }];
}
