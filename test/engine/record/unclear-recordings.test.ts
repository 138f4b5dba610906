import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { FaultKind } from '../../../sandbox/server.mts';
import { useCake } from '../../support/cake.mts';
import { summarize } from '../../support/outcomes.mts';
import { fromItems, sale } from '../../support/sales.mts';

const cake = useCake();
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const formatNow = () => new Date().toISOString();

/** Records items one by one; each request meets the next of these faults. */
async function recordUnclearly(
	faults: FaultKind[],
	parameters: INodeParameters,
	items: IDataObject[] = [{}],
) {
	for (const fault of faults) cake.sandbox.failNext(fault, { endpoint: 'record' });
	const options = { retries: 0, maxConcurrent: 1 };
	return await cake.record({ ...parameters, options }, { items, onError: 'continueErrorOutput' });
}

it.each([
	['Unique IDs', { uniqueId: '=LINE-{{ $itemIndex }}' }, {}],
	['sub IDs', {}, { adv1: '=line {{ $itemIndex }}' }],
])(
	'leaves two sales unclear when one row fits both, though their %s differ',
	async (_name, parameters, fields) => {
		const [click] = cake.account.freshClicks(1);
		const additionalFields = { orderId: 'BASKET', conversionDate: formatNow(), ...fields };
		const run = await recordUnclearly(
			['resetBefore', 'resetAfter'],
			{ ...sale(click), ...parameters, additionalFields },
			[{}, {}],
		);
		expect(cake.sandbox.counters.stored).toBe(1);
		expect(summarize(run)).toEqual({
			conversions: [],
			failures: ['unknownOutcome', 'unknownOutcome'],
		});
	},
);

it('does not take the row of another Unique ID for an unclear recording', async () => {
	const [click] = cake.account.freshClicks(1);
	const additionalFields = { orderId: 'BASKET', payout: '5' };
	await cake.record({ ...sale(click), uniqueId: 'LINE-A', additionalFields });
	const run = await recordUnclearly(['resetBefore'], {
		...sale(click),
		uniqueId: 'LINE-B',
		additionalFields,
	});
	expect(cake.sandbox.counters.stored).toBe(1);
	expect(summarize(run)).toEqual({ conversions: [], failures: ['unknownOutcome'] });
});

it('does not take an earlier row for an unclear recording without a date', async () => {
	const [click] = cake.account.freshClicks(1);
	const order = { orderId: 'SUBSCRIPTION', payout: 5 };
	cake.account.addConversion({ ...click, ...order, at: Date.now() - 20 * HOUR_MS });
	const run = await recordUnclearly(['resetBefore'], { ...sale(click), additionalFields: order });
	expect(cake.sandbox.counters.stored).toBe(0);
	expect(summarize(run)).toEqual({ conversions: [], failures: ['unknownOutcome'] });
});

describe('sales that are years apart', () => {
	const dates = ['2015-01-01T10:00:00Z', new Date(Date.now() - DAY_MS).toISOString()];
	const parameters = {
		...fromItems,
		additionalFields: { orderId: '={{ $json.orderId }}', conversionDate: '={{ $json.date }}' },
	};
	const makeSales = () => {
		const [click] = cake.account.freshClicks(1);
		return dates.map((date, index) => sale(click, { orderId: `ORDER-${index}`, date }));
	};
	/** Gives how many days each read of CAKE's list covered. */
	const measureSpans = () =>
		cake
			.sent('query')
			.map(({ start_date: start, end_date: end }) =>
				Math.round((Date.parse(String(end)) - Date.parse(String(start))) / DAY_MS),
			);

	it('reads only the days around each unclear recording', async () => {
		const run = await recordUnclearly(['resetAfter', 'resetAfter'], parameters, makeSales());
		expect(run.items).toHaveLength(2);
		expect(measureSpans()).toHaveLength(2);
		expect(Math.max(...measureSpans())).toBeLessThan(7);
	});

	it('reads only the days around each recording that CAKE had already', async () => {
		const items = makeSales();
		const withUniqueId = { ...parameters, uniqueId: '=YEARS-{{ $itemIndex }}' };
		await cake.record(withUniqueId, { items });
		const again = await cake.record(withUniqueId, { items });
		expect(again.items.map(({ json }) => json.already_recorded)).toEqual([true, true]);
		expect(measureSpans()).toHaveLength(2);
		expect(Math.max(...measureSpans())).toBeLessThan(7);
	});
});
