import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type NodeApiError,
} from 'n8n-workflow';

import { CakeError, toNodeApiError } from '../cake/errors';
import { isValid, type Item, type ValidItem } from './operations/operation';
import { toItem, type Failure } from './output';
import { toNodeOperationError } from './parameters';
import { endsRun } from './send';

/** @throws NodeOperationError for the first item that did not pass the checks, with the count of the others */
export function throwFirstRefusal(context: IExecuteFunctions, items: Array<Item<unknown>>): void {
	const [first, ...others] = items.flatMap((item) => (isValid(item) ? [] : [item]));
	if (first) throw toNodeOperationError(context, first.refusal, first.index, others.length);
}

/**
 * @param progress the tally of what was stored and what was not; empty for reads
 * @throws NodeApiError for the first item in input order that failed
 */
export function throwFirstFailure(
	context: IExecuteFunctions,
	items: Array<ValidItem<unknown>>,
	progress: string,
): void {
	for (const { outcome, index } of items) {
		if (outcome.status === 'failed') throw asNodeError(context, outcome.error, index, progress);
	}
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
	items: Array<Item<unknown>>,
	toFailed: (failure: Failure, itemIndex: number) => INodeExecutionData,
): INodeExecutionData[] {
	const cause = causeOfEnd(items.filter(isValid));
	return items.flatMap((item) => {
		const { index } = item;
		if (!isValid(item)) {
			const { message, reason } = item.refusal;
			return toFailed({ message, kind: 'invalidValue', reason }, index);
		}
		const { outcome } = item;
		if (outcome.status === 'done') return outcome.value.map((row) => toItem(row, index));
		if (outcome.status === 'failed') return toFailed(describeFailure(outcome.error), index);
		return toFailed(describeUnsent(cause), index);
	});
}

/** The failure because of which the rest was not sent. */
function causeOfEnd(items: Array<ValidItem<unknown>>): CakeError | undefined {
	for (const { outcome } of items) {
		if (outcome.status !== 'failed' || !endsRun(outcome.error)) continue;
		return outcome.error instanceof CakeError ? outcome.error : undefined;
	}
	return undefined;
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
