import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';

import { triggerFields } from './fields';
import { poll } from './poll';

export class CakeConversionsTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'CAKE Conversions Trigger',
		name: 'cakeConversionsTrigger',
		icon: { light: 'file:../../icons/cake.svg', dark: 'file:../../icons/cake.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ $parameter["event"] === "new" ? "New Conversion" : "Status Change: " + $parameter["statuses"].join(", ") }}',
		description:
			'Starts the workflow when a conversion appears in CAKE (getcake.com), or is approved or rejected',
		activationMessage:
			'Conversions that are there now are remembered; those that appear or change from now on start the workflow.',
		defaults: { name: 'CAKE Conversions Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'cakeApi', required: true }],
		properties: triggerFields,
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this);
	}
}
