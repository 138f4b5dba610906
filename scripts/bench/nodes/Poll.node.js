const {
	CakeConversionsTrigger,
} = require('../../../dist/nodes/CakeConversionsTrigger/CakeConversionsTrigger.node.js');

/** n8n keeps it for a published workflow. A poll that finds nothing writes nothing to the database. */
const memory = {};

/** Polls with the trigger's own code, at once. n8n itself starts polls by its clock. */
class Poll {
	constructor() {
		const { properties, credentials } = new CakeConversionsTrigger().description;
		this.description = {
			displayName: 'Bench Poll',
			name: 'poll',
			group: ['transform'],
			version: 1,
			description: 'Polls as the trigger does',
			defaults: { name: 'Poll' },
			inputs: ['main'],
			outputs: ['main'],
			credentials,
			properties,
		};
	}

	async execute() {
		const context = Object.create(this, {
			getMode: { value: () => 'trigger' },
			getNodeParameter: { value: (name, fallback) => this.getNodeParameter(name, 0, fallback) },
			getWorkflowStaticData: { value: () => memory },
		});
		return (await new CakeConversionsTrigger().poll.call(context)) ?? [[]];
	}
}

module.exports = { Poll };
