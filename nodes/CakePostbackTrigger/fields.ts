import type { INodeProperties } from 'n8n-workflow';

import { URL_BLOCK } from './urlBlock';

/** Of HTML, n8n lets only links and lists stay in a notice, and does not break long words in it. */
export const postbackFields: INodeProperties[] = [
	{
		displayName:
			"Copy the 'Production URL' under 'Webhook URLs', not the 'Test URL', and add the text below to its end. Replace YOUR-SECRET with the secret of the credential. n8n does not show it again, so keep it in your password manager.",
		name: 'urlNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'After the Production URL',
		name: 'urlBlock',
		type: 'string',
		// Of what n8n has, this alone shows a long line whole and lets it be copied, but not changed:
		// a secret that somebody typed here would be saved in the workflow.
		typeOptions: { editor: 'jsEditor', editorIsReadOnly: true, rows: 6 },
		noDataExpression: true,
		default: URL_BLOCK,
		hint: 'Click into it, and copy all',
	},
	{
		displayName:
			"In CAKE, paste the whole URL into the field 'Postback URL', not into the field for a pixel. If you are a network, use the Global System pixel for all conversions, or the pixel of one offer, affiliate or campaign. If you are an affiliate, use the tab 'Testing &amp; Tracking' of the offer. To test it, open the whole URL in your browser: the page says whether address and secret are right.",
		name: 'placeNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName:
			'The same call starts the workflow once. With other values it starts again, and the item has repeat: true. After a restart, or with several webhook processors, the same call may start it again. If that matters, keep the IDs in a data table, as the recipe "At once, and none missed" does, or record with the conversion ID as Unique ID.',
		name: 'repeatNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Pass On Repeats',
				name: 'passOnRepeats',
				type: 'boolean',
				noDataExpression: true,
				// On, because users add this option to turn it on. Without the option it is off.
				default: true,
				description:
					'Whether to start the workflow again when CAKE sends the same conversion with the same values. Its item then has repeat: true.',
			},
		],
	},
];
