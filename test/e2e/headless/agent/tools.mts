/** A CAKE node as a tool: the name the editor gives it, and its form. */
export interface Tool {
	name: string;
	parameters: Record<string, unknown>;
}

/** What the button "Let the model define this parameter" puts into a field of this label. */
function byModel(label: string, type = 'string'): string {
	const key = label.replaceAll(' ', '_');
	return `={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('${key}', \`\`, '${type}') }}`;
}

/** What is written by hand where there is no such button: fields with fixed choices. */
const STATUS =
	"={{ $fromAI('Status', 'The status the conversion is to have: approved, pending or rejected') }}";

export const RECORD: Tool = {
	name: 'Record conversion by click ID and unique ID in CAKE Conversions',
	parameters: {
		operation: 'record',
		clickId: byModel('Click ID'),
		offerId: byModel('Offer ID'),
		uniqueId: byModel('Unique ID'),
		additionalFields: {
			conversionDate: byModel('Conversion Date'),
			payout: byModel('Payout'),
		},
		options: { retries: 0 },
	},
};

export const QUERY: Tool = {
	name: 'Query conversions by date range in CAKE Conversions',
	parameters: {
		operation: 'query',
		dateRange: 'custom',
		startDate: byModel('Start Date'),
		endDate: byModel('End Date'),
		returnAll: byModel('Return All', 'boolean'),
		limit: byModel('Limit', 'number'),
		filters: { offerId: byModel('Offer ID') },
	},
};

export const UPDATE: Tool = {
	name: 'Update conversion status by ID in CAKE Conversions',
	parameters: {
		operation: 'update',
		conversionId: byModel('Conversion ID'),
		status: STATUS,
		note: byModel('Note'),
		options: { retries: 0 },
	},
};

/** The name under which a model is told of a tool. */
export function toldName({ name }: Tool): string {
	return name.replace(/[^a-zA-Z0-9_-]+/g, '_');
}
