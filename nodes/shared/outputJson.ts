import type { IDataObject } from 'n8n-workflow';

/**
 * The JSON of an item for the success branch. n8n takes an item with a member `error` for a failed
 * one. So a member `error` of CAKE's becomes `cake_error`.
 */
export function toJson(row: IDataObject): IDataObject {
	if (!('error' in row)) return row;
	const { error, ...rest } = row;
	return { ...rest, cake_error: error };
}
