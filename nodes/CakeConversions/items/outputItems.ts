import {
	NodeOperationError,
	type IDataObject,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';

import type { Failure } from '../../shared/failures';
import { toJson } from '../../shared/outputJson';

/** An item for the success branch. */
export function toItem(row: IDataObject, itemIndex: number): INodeExecutionData {
	return { json: toJson(row), pairedItem: { item: itemIndex } };
}

/**
 * The one member that a failed item may have beside `error`: `details` since n8n 2.34, `message` before
 * (WorkflowExecute of both versions). A node cannot read n8n's version. But errors have a member
 * `failure` since n8n 2.37, so `details` is used from there on.
 */
export function getDetailsMember(node: INode): 'details' | 'message' {
	return 'failure' in new NodeOperationError(node, 'none') ? 'details' : 'message';
}

/**
 * A failed item under On Error > Continue. It has exactly two members: with any other, n8n sends it to
 * the success branch.
 * @param member see `getDetailsMember`
 */
export function toFailedItem(
	{ kind, message, reason, conversionIds }: Failure,
	itemIndex: number,
	member: 'details' | 'message',
): INodeExecutionData {
	const details: IDataObject = { kind, reason };
	if (conversionIds?.length) details.conversion_ids = conversionIds;
	return { json: { error: message, [member]: details }, pairedItem: { item: itemIndex } };
}

/**
 * The hints of the run as one more output item, because n8n shows an AI agent only items. Without it,
 * a query that finds nothing gives the agent an empty text, and models misread that.
 */
export function toHintItems(hints: Iterable<string>): INodeExecutionData[] {
	const hint = [...hints].join(' ');
	return hint ? [{ json: { hint }, pairedItem: { item: 0 } }] : [];
}
