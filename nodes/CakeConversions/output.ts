import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

/**
 * An item for the success branch. n8n takes any item with a member called `error` for a failure, so
 * should CAKE send one, it is passed on as `cake_error`.
 */
export function toItem(row: IDataObject, itemIndex: number): INodeExecutionData {
	let json = row;
	if ('error' in row) {
		const { error, ...rest } = row;
		json = { ...rest, cake_error: error };
	}
	return { json, pairedItem: { item: itemIndex } };
}

/** What a failed item tells, in the shape n8n's error branch is able to recognise. */
export interface Failure {
	message: string;
	kind: string;
	/** What was seen and what to do next. */
	reason: string;
	conversionIds?: number[];
}

/**
 * A failed item under Continue On Fail. Exactly `error` and `details`: any other member would make
 * n8n send it down the success branch.
 */
export function toFailedItem(failure: Failure, itemIndex: number): INodeExecutionData {
	const details: IDataObject = { kind: failure.kind, reason: failure.reason };
	if (failure.conversionIds?.length) details.conversion_ids = failure.conversionIds;
	return { json: { error: failure.message, details }, pairedItem: { item: itemIndex } };
}
