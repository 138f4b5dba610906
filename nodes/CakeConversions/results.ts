import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type NodeApiError,
} from 'n8n-workflow';

import type { Outcome } from '../cake/dispatch';
import { CakeError, toNodeApiError } from '../cake/errors';
import type { Rows } from './operations/operation';
import { toItem, type Failure } from './output';
import { toNodeOperationError } from './parameters';
import type { PreparedItem } from './prepare';
import { endsRun } from './send';

/** @throws NodeOperationError for the first item that did not pass the checks, with the count of the others */
export function throwFirstRefusal(
	context: IExecuteFunctions,
	items: Array<PreparedItem<unknown>>,
): void {
	const refused = items.flatMap((item, index) =>
		'refusal' in item ? [{ refusal: item.refusal, index }] : [],
	);
	const [first] = refused;
	if (first) {
		throw toNodeOperationError(context, first.refusal, first.index, refused.length - 1);
	}
}

/**
 * @param progress the tally of what was stored and what was not; empty for reads
 * @throws NodeApiError for the first item in input order that failed
 */
export function throwFirstFailure(
	context: IExecuteFunctions,
	outcomes: Array<Outcome<Rows>>,
	progress: string,
): void {
	const index = outcomes.findIndex((outcome) => outcome.status === 'failed');
	const failed = outcomes[index];
	if (failed?.status !== 'failed') return;
	throw asNodeError(context, failed.error, index, progress);
}

function asNodeError(
	context: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
	progress: string,
): NodeApiError | NodeOperationError {
	if (error instanceof CakeError) {
		return toNodeApiError(context.getNode(), error, itemIndex, progress);
	}
	return new NodeOperationError(context.getNode(), error as Error, {
		itemIndex,
		description: progress,
		failure: { cause: 'node-defect' },
	});
}

/** The items of the node's output, in input order, each with its paired item. */
export function toOutput(
	items: Array<PreparedItem<unknown>>,
	outcomes: Array<Outcome<Rows>>,
	toFailed: (failure: Failure, itemIndex: number) => INodeExecutionData,
): INodeExecutionData[] {
	const output: INodeExecutionData[] = [];
	const end = outcomes.find((outcome) => outcome.status === 'failed' && endsRun(outcome.error));
	const cause = end?.status === 'failed' && end.error instanceof CakeError ? end.error : undefined;
	items.forEach((item, index) => {
		const outcome = outcomes[index];
		if ('refusal' in item) {
			const { message, reason } = item.refusal;
			output.push(toFailed({ message, kind: 'invalidValue', reason }, index));
		} else if (outcome.status === 'done') {
			for (const row of outcome.value) output.push(toItem(row, index));
		} else if (outcome.status === 'failed') {
			output.push(toFailed(describeFailure(outcome.error), index));
		} else {
			output.push(toFailed(describeUnsent(cause), index));
		}
	});
	return output;
}

function describeFailure(error: unknown): Failure {
	if (!(error instanceof CakeError)) {
		const message = error instanceof Error ? error.message : String(error);
		return { message: 'The CAKE node failed', kind: 'nodeDefect', reason: message };
	}
	const { message, kind, seen, reason, conversionIds } = error;
	return { message, kind, seen, reason, conversionIds };
}

/** An item that was left out because of another: of the same kind, so that one rule catches all. */
function describeUnsent(cause: CakeError | undefined): Failure {
	if (!cause) {
		return {
			message: 'Not sent',
			kind: 'stopped',
			reason: 'The run was stopped before this item.',
		};
	}
	return {
		message: cause.message,
		kind: cause.kind,
		reason: `This item was not sent, because an earlier one met this: ${cause.reason}`,
	};
}
