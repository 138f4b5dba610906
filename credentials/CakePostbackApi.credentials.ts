import type { ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

/** Tested by the node (`testedBy`): there is nobody to send a request to. */
export class CakePostbackApi implements ICredentialType {
	name = 'cakePostbackApi';

	displayName = 'CAKE Postback API';

	icon: Icon = { light: 'file:../icons/cake.svg', dark: 'file:../icons/cake.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-cake/n8n-nodes-cake/blob/main/docs/postback-trigger.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'A password of your own, at least 16 letters and digits. It is not CAKE’s API key. It replaces YOUR-SECRET in the URL that CAKE calls. n8n does not show it again, so keep a copy.',
		},
	];
}
