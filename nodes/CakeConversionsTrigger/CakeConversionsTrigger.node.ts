import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';

import { listSearch } from '../shared/locators';
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
		// n8n's list of nodes shows one entry for this node and CAKE Conversions, with this text.
		description:
			'Record, query, reconcile and update affiliate conversions, check an account, or start a workflow when a conversion is new, approved or rejected in CAKE (getcake.com)',
		activationMessage:
			'The workflow now starts when one of these events happens. The first time, conversions already in CAKE do not start it. Published again, it begins with what came since its last poll.',
		defaults: { name: 'CAKE Conversions Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'cakeApi', required: true }],
		properties: triggerFields,
	};

	methods = { listSearch };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this);
	}
}
