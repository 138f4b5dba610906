import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { postbackFields } from './fields';
import { receive } from './receive';
import { assertUsableSecret, testSecret } from './secret';

export class CakePostbackTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'CAKE Postback Trigger',
		name: 'cakePostbackTrigger',
		icon: { light: 'file:../../icons/cake.svg', dark: 'file:../../icons/cake.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: 'On Conversion',
		description:
			'Starts a workflow the moment CAKE (getcake.com) records a conversion. Needs no API key, so affiliates can use it, too.',
		eventTriggerDescription: 'Waiting for a call to the Test URL',
		activationMessage:
			"Copy the Production URL, add the text that the node shows, and paste both into 'Postback URL' in CAKE.",
		defaults: { name: 'CAKE Postback Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'cakePostbackApi', required: true, testedBy: 'testSecret' }],
		// Which method CAKE uses is not documented. n8n takes one method a webhook, and has these two names.
		webhooks: [
			{ name: 'default', httpMethod: 'GET', path: 'postback', responseMode: 'onReceived' },
			{
				name: 'setup',
				httpMethod: 'POST',
				path: 'postback',
				responseMode: 'onReceived',
				ndvHideUrl: true,
			},
		],
		properties: postbackFields,
	};

	methods = { credentialTest: { testSecret } };

	/** Nothing is registered with CAKE: a person pastes the URL there, and takes it out. */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return false;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				await assertUsableSecret(this);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this);
	}
}
