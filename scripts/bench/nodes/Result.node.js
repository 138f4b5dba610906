/** The probe (probe/main.cjs) sets this global. Without a probe it is undefined. */
const SETTINGS = Symbol.for('n8n-nodes-cake.bench');

/** Ends a job: counts the items. With `weighs`, also counts conversions and measures memory. */
class Result {
	constructor() {
		this.description = {
			displayName: 'Bench Result',
			name: 'result',
			group: ['transform'],
			version: 1,
			description: 'Tells how many items came',
			defaults: { name: 'Result' },
			inputs: ['main'],
			outputs: ['main'],
			properties: [],
		};
	}

	async execute() {
		const given = this.getInputData();
		// A node without items may put out one empty item, so that this one runs.
		const isNone = given.length === 1 && Object.keys(given[0].json).length === 0;
		const items = isNone ? [] : given;
		const settings = globalThis[SETTINGS];
		const weights = settings?.weighs ? weigh(items, settings) : {};
		return [[{ json: { items: items.length, ...weights }, pairedItem: { item: 0 } }]];
	}
}

function weigh(items, { heapUsed }) {
	const heapBytes = heapUsed();
	// Measure an exact copy: it holds the items' data and nothing else of n8n.
	const copy = copyItems(items);
	const itemBytes = copy.length > 0 ? heapUsed() - heapBytes : 0;
	const conversions = new Set(copy.map(({ json }) => json.conversion_id)).size;
	return { heapBytes, itemBytes, conversions };
}

/** A separate function, so that the JSON text can be garbage collected. */
function copyItems(items) {
	return JSON.parse(JSON.stringify(items));
}

module.exports = { Result };
