/** A CAKE node as a tool: its name in the editor, and its parameters. */
export interface Tool {
	name: string;
	parameters: Record<string, unknown>;
}

/** Gives the expression that the button "Let the model define this parameter" writes. */
function letModelDefine(label: string, type = 'string'): string {
	const key = label.replaceAll(' ', '_');
	return `={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('${key}', \`\`, '${type}') }}`;
}

/** Gives what that button writes in a field with By ID and From List. */
function letModelDefineId(label: string): Record<string, unknown> {
	return { __rl: true, mode: 'id', value: letModelDefine(label) };
}

/** Fields with fixed choices have no such button, so users write this by hand. */
const STATUS =
	"={{ $fromAI('Status', 'The status the conversion is to have: approved, pending or rejected') }}";

export const RECORD: Tool = {
	name: 'Record conversion by click ID and unique ID in CAKE Conversions',
	parameters: {
		operation: 'record',
		clickId: letModelDefine('Click ID'),
		offerId: letModelDefineId('Offer'),
		uniqueId: letModelDefine('Unique ID'),
		additionalFields: {
			conversionDate: letModelDefine('Conversion Date'),
			payout: letModelDefine('Payout'),
		},
		options: { retries: 0 },
	},
};

/** It has no field, so the model fills in none. */
export const CHECK: Tool = {
	name: 'Check account for problems in CAKE Conversions',
	parameters: { resource: 'account', operation: 'check' },
};

export const QUERY: Tool = {
	name: 'Query conversions by date range in CAKE Conversions',
	parameters: {
		operation: 'query',
		dateRange: 'custom',
		startDate: letModelDefine('Start Date'),
		endDate: letModelDefine('End Date'),
		returnAll: letModelDefine('Return All', 'boolean'),
		limit: letModelDefine('Limit', 'number'),
		filters: { offerId: letModelDefineId('Offer') },
	},
};

export const GET: Tool = {
	name: 'Get conversion by ID or order number in CAKE Conversions',
	parameters: {
		operation: 'get',
		findBy: 'orderId',
		orderId: letModelDefine('Order ID'),
		options: { addNames: true },
	},
};

export const UPDATE: Tool = {
	name: 'Update conversion status by ID in CAKE Conversions',
	parameters: {
		operation: 'update',
		conversionId: letModelDefine('Conversion ID'),
		status: STATUS,
		note: letModelDefine('Note'),
		options: { retries: 0 },
	},
};

/** Gives the name of a tool as the model gets it. */
export function toldName({ name }: Tool): string {
	return name.replace(/[^a-zA-Z0-9_-]+/g, '_');
}
