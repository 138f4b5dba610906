import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import checkSchema from '../../../nodes/CakeConversions/__schema__/v1.0.0/account/check.json';
import getSchema from '../../../nodes/CakeConversions/__schema__/v1.0.0/conversion/get.json';
import querySchema from '../../../nodes/CakeConversions/__schema__/v1.0.0/conversion/query.json';
import reconcileSchema from '../../../nodes/CakeConversions/__schema__/v1.0.0/conversion/reconcile.json';
import recordSchema from '../../../nodes/CakeConversions/__schema__/v1.0.0/conversion/record.json';
import totalsSchema from '../../../nodes/CakeConversions/__schema__/v1.0.0/conversion/totals.json';
import updateSchema from '../../../nodes/CakeConversions/__schema__/v1.0.0/conversion/update.json';
import { useCake } from '../../support/cake.mts';

const cake = useCake();

/** Lists the fields of items with their types, in the form of a schema. */
function listFields(items: INodeExecutionData[]): Record<string, { type: string }> {
	const whole: IDataObject = Object.assign({}, ...items.map(({ json }) => json));
	return Object.fromEntries(
		Object.entries(whole).map(([name, value]) => [name, { type: typeof value }]),
	);
}

// n8n's editor shows these schemas for a node that has not run yet.
describe('the output schema', () => {
	it('lists exactly the output fields of Record', async () => {
		const parameters = { uniqueId: 'SCHEMA-1', additionalFields: { orderId: 'S-1' } };
		const first = await cake.record(parameters);
		const { click_id: clickId, offer_id: offerId } = first.items[0].json;
		const again = await cake.record({
			...parameters,
			clickId: clickId as string,
			offerId: offerId as number,
		});
		expect(recordSchema.properties).toEqual(listFields([...first.items, ...again.items]));
	});

	it('lists exactly the output fields of Check Account', async () => {
		const run = await cake.check();
		expect(checkSchema.properties).toEqual(listFields(run.items));
	});

	it('lists exactly the output fields of Query', async () => {
		cake.account.addConversion({ orderId: 'S-2' });
		const run = await cake.query({ options: { addNames: true } });
		expect(querySchema.properties).toEqual(listFields(run.items));
	});

	it('lists exactly the output fields of Get', async () => {
		cake.account.addConversion({ orderId: 'S-4' });
		const run = await cake.get({ findBy: 'orderId', orderId: 'S-4', options: { addNames: true } });
		expect(getSchema.properties).toEqual(listFields(run.items));
	});

	it('lists exactly the output fields of Get Totals', async () => {
		cake.account.addConversion();
		// CAKE's lists have no advertiser_id, so that its type is not known before the first run.
		const groupBy = ['offer', 'affiliate', 'status', 'day', 'week', 'month'];
		const run = await cake.totals({ groupBy, options: { addNames: true } });
		expect(totalsSchema.properties).toEqual(listFields(run.items));
	});

	it('lists exactly the output fields of Reconcile', async () => {
		cake.account.addConversion({ orderId: 'S-5' });
		const fields = { orderId: '={{ $json.order_id }}', decision: 'rejected' };
		const parameters = { ...fields, dateRange: 'today', options: { addNames: true } };
		const run = await cake.reconcile(parameters, { items: [{ order_id: 'S-5' }] });
		const [line] = run.items;
		// The members of a line are those of the user's list.
		const { list, ...properties } = reconcileSchema.properties;
		expect({ ...properties, list: { type: list.type } }).toEqual(listFields([line]));
	});

	it('lists exactly the output fields of Update by order ID', async () => {
		cake.account.addConversion({ orderId: 'S-3' });
		const options = { addNames: true };
		const found = { findBy: 'orderId', orderId: 'S-3', status: 'rejected', options };
		const run = await cake.update(found);
		expect(updateSchema.properties).toEqual(listFields(run.items));
	});
});
