import { NodeOperationError, type INode, type NodeApiError } from 'n8n-workflow';

import {
	asError,
	CakeError,
	LONGEST_RETRY_AFTER_MS,
	toNodeApiError,
	type FailureKind,
} from '../cake/errors';

/** What to do where the action node's advice would speak of items and options a trigger has not. */
const NEXT_STEPS: Partial<Record<FailureKind, string>> = {
	refused: 'Check the filters of the trigger.',
	throttled:
		"The next poll tries again and misses nothing. If it happens often, poll less often, add a filter or lower 'Look Back Days'.",
	unavailable: 'The next poll tries again and misses nothing.',
	notSent:
		"Check 'Base URL' in the CAKE credential and this server's connection. The next poll tries again and misses nothing.",
};

/** A failed poll as n8n shows it, and goes by for the time of the next one. */
export function toPollError(node: INode, error: unknown): NodeApiError | NodeOperationError {
	if (!(error instanceof CakeError)) {
		return new NodeOperationError(node, asError(error), { failure: { cause: 'node-defect' } });
	}
	const { kind, message, seen, httpStatus, retryAfterMs } = error;
	return toNodeApiError(
		node,
		new CakeError(kind, { message, seen, httpStatus, retryAfterMs, nextStep: nextStepOf(error) }),
	);
}

function nextStepOf({ kind, hasOwnAdvice, nextStep, retryAfterMs = 0 }: CakeError): string {
	if (kind === 'throttled' && retryAfterMs > LONGEST_RETRY_AFTER_MS) {
		return `CAKE asks to wait ${Math.ceil(retryAfterMs / 1000)} s. ${NEXT_STEPS.throttled}`;
	}
	return hasOwnAdvice ? nextStep : (NEXT_STEPS[kind] ?? nextStep);
}
