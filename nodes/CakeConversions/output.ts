import {
	NodeOperationError,
	type IDataObject,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';

import { toJson } from '../shared/row';

/** An item for the success branch. */
export function toItem(row: IDataObject, itemIndex: number): INodeExecutionData {
	return { json: toJson(row), pairedItem: { item: itemIndex } };
}

/** What a failed item tells, in the shape n8n's error branch is able to recognise. */
export interface Failure {
	message: string;
	kind: string;
	/** What was seen and what to do next. */
	reason: string;
	/** The first part of the reason, where it is known apart from the advice. */
	seen?: string;
	conversionIds?: number[];
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
 * A failed item under Continue On Fail. Exactly two members: any other would make n8n send it down
 * the success branch.
 * @param member see `detailsMember`
 */
export function toFailedItem(
	failure: Failure,
	itemIndex: number,
	member: 'details' | 'message',
): INodeExecutionData {
	const details: IDataObject = { kind: failure.kind, reason: failure.reason };
	if (failure.conversionIds?.length) details.conversion_ids = failure.conversionIds;
	return { json: { error: failure.message, [member]: details }, pairedItem: { item: itemIndex } };
}
