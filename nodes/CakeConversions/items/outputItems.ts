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
 * Which member beside `error` this n8n takes for part of a failure. `details` since 2.34; before, only
 * `message`, and anything else sends the item down the success branch (WorkflowExecute of either
 * version). No version is told to nodes, so this goes by what errors learned to carry in 2.37.
 */
export function detailsMember(node: INode): 'details' | 'message' {
	return 'failure' in new NodeOperationError(node, 'none') ? 'details' : 'message';
}

/**
 * A failed item under On Error > Continue. Exactly two members: any other would make n8n send it down
 * the success branch.
 * @param member see `detailsMember`
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
 * The hints shown beside the node's output, as a last item: n8n shows an AI agent nothing but items. A
 * query that finds nothing would reach it as an empty text, from which a model concludes anything.
 */
export function hintsForAgent(hints: Iterable<string>): INodeExecutionData[] {
	const texts = [...hints];
	if (texts.length === 0) return [];
	return [{ json: { hint: texts.join(' ') }, pairedItem: { item: 0 } }];
}
