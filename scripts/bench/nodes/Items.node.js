/** Makes the items of a job: deals to record, as in a CRM, that share a few clicks, or orders to find. */
class Items {
	constructor() {
		this.description = {
			displayName: 'Bench Items',
			name: 'items',
			group: ['transform'],
			version: 1,
			description: 'Makes deals to record, or orders to find',
			defaults: { name: 'Items' },
			inputs: ['main'],
			outputs: ['main'],
			properties: [
				{ displayName: 'Count', name: 'count', type: 'number', default: 1 },
				{ displayName: 'Clicks', name: 'clicks', type: 'json', default: '[]' },
				{ displayName: 'Orders', name: 'orders', type: 'json', default: '[]' },
			],
		};
	}

	async execute() {
		const pairedItem = { item: 0 };
		const orders = JSON.parse(this.getNodeParameter('orders', 0));
		if (orders.length > 0) {
			return [orders.map((order_id) => ({ json: { order_id }, pairedItem }))];
		}
		const clicks = JSON.parse(this.getNodeParameter('clicks', 0));
		const run = `${process.pid.toString(36)}-${Date.now().toString(36)}`;
		const count = this.getNodeParameter('count', 0);
		const items = Array.from({ length: count }, (_, index) => {
			const { clickId, offerId } = clicks[index % clicks.length];
			const json = {
				clickId,
				offerId,
				deal: `${run}-${index}`,
				order: `ORD-${index}`,
				payout: '7.50',
			};
			return { json, pairedItem };
		});
		return [items];
	}
}

module.exports = { Items };
