import type { IDataObject } from 'n8n-workflow';

/**
 * The JSON of an item for the success branch. n8n takes any item with a member called `error` for a
 * failure, so should CAKE send one, it is passed on as `cake_error`.
 */
export function toJson(row: IDataObject): IDataObject {
	if (!('error' in row)) return row;
	const { error, ...rest } = row;
	return { ...rest, cake_error: error };
}
