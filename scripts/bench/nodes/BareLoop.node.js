const WIDTH = 20;
const RECORD_PATH = '/api/2/conversion.json';

/**
 * The least that a node can do. To record: evaluate the expressions, then call n8n's helper, WIDTH
 * requests at a time, without checks or retries. To query: read page after page. To get and update:
 * query, find each item's order, and send the changes, WIDTH at a time.
 */
class BareLoop {
	constructor() {
		const properties = ['clickId', 'offerId', 'uniqueId', 'orderId', 'status'].map((name) => ({
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
		const run = OPERATIONS[this.getNodeParameter('operation', 0)];
		return [await run(this, send)];
	}
}

/** n8n decrypts the credential for each request, unless the caller passes it. */
async function createSend(node) {
	const isOnce = node.getNodeParameter('credentialOnce', 0);
	const data = isOnce ? await node.getCredentials('cakeApi') : undefined;
	const given = isOnce && {
		credentialsDecrypted: { id: '', name: 'CAKE API', type: 'cakeApi', data },
	};
	return async (url, parameters, method = 'GET') =>
		await node.helpers.httpRequestWithAuthentication.call(
			node,
			'cakeApi',
			{ method, url, [method === 'GET' ? 'qs' : 'body']: parameters, json: true },
			given || undefined,
		);
}

/** Sends a request for each entry, WIDTH at a time. Gives their replies as items. */
async function sendAll(entries, sendOne) {
	const output = new Array(entries.length);
	let next = 0;
	const work = async () => {
		while (next < entries.length) {
			const item = next++;
			output[item] = { json: await sendOne(entries[item]), pairedItem: { item } };
		}
	};
	await Promise.all(Array.from({ length: WIDTH }, work));
	return output;
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
	return await sendAll(requests, async (request) => await send(RECORD_PATH, request));
}

/** The same without expressions: the values are taken from the items, and the node's parameters are constants. */
async function recordConstants(node, send) {
	const toRequest = ({ json }) => ({
		click_id: json.clickId,
		offer_id: json.offerId,
		unique_id: json.deal,
		order_id: json.order,
		payout: json.payout,
	});
	return await sendAll(
		node.getInputData(),
		async (item) => await send(RECORD_PATH, toRequest(item)),
	);
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

/** Reads the whole list, then finds the order of each item in it. */
async function get(node, send) {
	const rows = await query(node, send);
	const byOrder = new Map(rows.map(({ json }) => [json.order_id, json]));
	return node.getInputData().map((_, item) => {
		const json = byOrder.get(node.getNodeParameter('orderId', item));
		return { json, pairedItem: { item } };
	});
}

async function update(node, send) {
	const found = await get(node, send);
	const status = node.getNodeParameter('status', 0);
	return await sendAll(found, async ({ json }) => {
		const change = { conversion_id: json.conversion_id, status };
		return await send('/api/2/update_conversion.json', change, 'POST');
	});
}

const OPERATIONS = { record, recordConstants, query, get, update };

module.exports = { BareLoop };
