const WIDTH = 20;

/**
 * The least that a node can do. To record: evaluate the expressions, then call n8n's helper, WIDTH
 * requests at a time, without checks or retries. To query: read page after page.
 */
class BareLoop {
	constructor() {
		const properties = ['clickId', 'offerId', 'uniqueId'].map((name) => ({
			displayName: name,
			name,
			type: 'string',
			default: '',
		}));
		this.description = {
			displayName: 'Bench Bare Loop',
			name: 'bareLoop',
			group: ['transform'],
			version: 1,
			description: "A loop around n8n's request helper",
			defaults: { name: 'Bare loop' },
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: 'cakeApi', required: true }],
			properties: [
				{ displayName: 'Operation', name: 'operation', type: 'string', default: 'record' },
				{ displayName: 'Credential Once', name: 'credentialOnce', type: 'boolean', default: false },
				...properties,
				{ displayName: 'Start', name: 'startDate', type: 'string', default: '' },
				{ displayName: 'End', name: 'endDate', type: 'string', default: '' },
				{
					displayName: 'Additional Fields',
					name: 'additionalFields',
					type: 'collection',
					default: {},
					options: ['orderId', 'payout'].map((name) => ({
						displayName: name,
						name,
						type: 'string',
						default: '',
					})),
				},
			],
		};
	}

	async execute() {
		const send = await createSend(this);
		if (this.getNodeParameter('operation', 0) === 'query') return [await query(this, send)];
		return [await record(this, send)];
	}
}

/** n8n decrypts the credential for each request, unless the caller passes it. */
async function createSend(node) {
	const isOnce = node.getNodeParameter('credentialOnce', 0);
	const data = isOnce ? await node.getCredentials('cakeApi') : undefined;
	const given = isOnce && {
		credentialsDecrypted: { id: '', name: 'CAKE API', type: 'cakeApi', data },
	};
	return async (url, qs) =>
		await node.helpers.httpRequestWithAuthentication.call(
			node,
			'cakeApi',
			{ method: 'GET', url, qs, json: true },
			given || undefined,
		);
}

async function record(node, send) {
	const requests = node.getInputData().map((_, index) => {
		const { orderId, payout } = node.getNodeParameter('additionalFields', index);
		return {
			click_id: node.getNodeParameter('clickId', index),
			offer_id: node.getNodeParameter('offerId', index),
			unique_id: node.getNodeParameter('uniqueId', index),
			order_id: orderId,
			payout,
		};
	});
	const output = new Array(requests.length);
	let next = 0;
	const work = async () => {
		while (next < requests.length) {
			const item = next++;
			const json = await send('/api/2/conversion.json', requests[item]);
			output[item] = { json, pairedItem: { item } };
		}
	};
	await Promise.all(Array.from({ length: WIDTH }, work));
	return output;
}

async function query(node, send) {
	const output = [];
	const range = {
		start_date: node.getNodeParameter('startDate', 0),
		end_date: node.getNodeParameter('endDate', 0),
		row_limit: 500,
	};
	for (;;) {
		const page = await send('/api/2/conversions.json', {
			...range,
			start_at_row: output.length + 1,
		});
		for (const json of page.conversions) output.push({ json, pairedItem: { item: 0 } });
		if (output.length >= page.total_rows) return output;
	}
}

module.exports = { BareLoop };
