import type { INodeProperties } from 'n8n-workflow';

import { URL_BLOCK } from './urlBlock';

/** Notices are HTML. */
const BLOCK_AS_HTML = URL_BLOCK.replace(/&/g, '&amp;');

export const postbackFields: INodeProperties[] = [
	{
		displayName: `Copy the <b>Production URL</b> above, not the Test URL, and put this behind it:<br><code>${BLOCK_AS_HTML}</code><br>In place of YOUR-SECRET goes the secret of the credential. n8n does not show it again, so keep it in your password manager.`,
		name: 'urlNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName:
			'In CAKE, paste it into the field <b>Postback URL</b>, not into the field for a pixel. <b>If you are a network,</b> use the Global System pixel for all conversions, or the pixel of one offer, affiliate or campaign. <b>If you are an affiliate,</b> use the tab Testing &amp; Tracking of the offer. To test it, open the whole URL in your browser: the page says whether address and key are right.',
		name: 'placeNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName:
			'The same call starts the workflow once. With other values it starts again, and the item has repeat: true. After a restart, or with several webhook processes, a repeat may pass. If that matters, put a <b>Remove Duplicates</b> node behind this one, and give what you write next a Unique ID.',
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
