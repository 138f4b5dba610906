import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { FaultKind, ReplyMaker } from '../../../sandbox/server.mts';
import { useCake } from '../../support/cake.mts';
import { summarize } from '../../support/outcomes.mts';
import { fromItems, getDetails, sale } from '../../support/sales.mts';

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

it('leaves a sale unclear when CAKE lists its Unique ID for another click', async () => {
	const [click] = cake.account.freshClicks(1);
	const { conversionId, clickId } = cake.account.addConversion({ offerId: click.offerId });
	const row = { conversion_id: conversionId, click_id: clickId, offer_id: click.offerId };
	cake.sandbox.replyNext('query', () => ({
		body: {
			request_status: 'Success',
			total_rows: 1,
			conversions: [{ ...row, unique_id: 'DEAL-7' }],
		},
	}));
	const run = await recordUnclearly(['resetBefore'], { ...sale(click), uniqueId: 'DEAL-7' });
	expect(summarize(run)).toEqual({ conversions: [], failures: ['unknownOutcome'] });
	expect(getDetails(run.errorItems[0]).conversion_ids).toEqual([conversionId]);
});

it('does not take an earlier row for an unclear recording without a date', async () => {
	const [click] = cake.account.freshClicks(1);
	const order = { orderId: 'SUBSCRIPTION', payout: 5 };
	cake.account.addConversion({ ...click, ...order, at: Date.now() - 20 * HOUR_MS });
	const run = await recordUnclearly(['resetBefore'], { ...sale(click), additionalFields: order });
	expect(cake.sandbox.counters.stored).toBe(0);
	expect(summarize(run)).toEqual({ conversions: [], failures: ['unknownOutcome'] });
});

describe('two executions at once', () => {
	/** Records one sale of a click in each execution. CAKE stores those with this payout. */
	async function recordInTwo(payouts: [string, string], storedPayout: string, storedTimes: number) {
		const [click] = cake.account.freshClicks(1);
		let left = storedTimes;
		const reply: ReplyMaker = ({ proceed, parameters }) => {
			if (Number(parameters.payout) === Number(storedPayout) && left-- > 0) proceed();
			return { body: '' };
		};
		cake.sandbox.replyNext('record', reply, { times: 2 });
		const conversionDate = formatNow();
		const runs = payouts.map(async (payout) => {
			const additionalFields = { orderId: 'BASKET', conversionDate, payout };
			const parameters = { ...sale(click), additionalFields };
			return await cake.record(parameters, { onError: 'continueErrorOutput' });
		});
		const summaries = (await Promise.all(runs)).map(summarize);
		const [{ conversionId }] = cake.account.conversionsOfClick(click.clickId);
		expect(cake.sandbox.counters.stored).toBe(storedTimes);
		return { summaries, conversionId };
	}
	const UNCLEAR = { conversions: [], failures: ['unknownOutcome'] };

	it('claims no row that fits only the sale of another execution', async () => {
		const { summaries, conversionId } = await recordInTwo(['7', '8'], '8', 1);
		expect(summaries).toEqual([UNCLEAR, { conversions: [conversionId], failures: [] }]);
	});

	it('gives the row of a sale to both executions that deliver it at once', async () => {
		const { summaries, conversionId } = await recordInTwo(['7', '7'], '7', 1);
		expect(summaries).toEqual(Array(2).fill({ conversions: [conversionId], failures: [] }));
	});

	it('leaves a sale unclear that two executions at once had stored', async () => {
		const { summaries } = await recordInTwo(['7', '7'], '7', 2);
		expect(summaries).toEqual([UNCLEAR, UNCLEAR]);
	});
});

describe('sales of one offer that are some days apart', () => {
	const parameters = {
		...fromItems,
		additionalFields: { orderId: '={{ $json.orderId }}', conversionDate: '={{ $json.date }}' },
	};

	it.each([
		['oldest first', [5, 4, 1]],
		['newest first', [1, 4, 5]],
		['in mixed order', [4, 1, 5]],
	])('finds each of their unclear recordings in one read (%s)', async (_order, daysAgo) => {
		const [click] = cake.account.freshClicks(1);
		const items = daysAgo.map((days) => {
			const date = new Date(Date.now() - days * DAY_MS).toISOString();
			return sale(click, { orderId: `DAY-${days}`, date });
		});
		const run = await recordUnclearly(
			['resetAfter', 'resetAfter', 'resetAfter'],
			parameters,
			items,
		);
		expect(run.items.map(({ json }) => json.order_id)).toEqual(items.map((item) => item.orderId));
		expect(cake.sent('query')).toHaveLength(1);
	});

	it('finds the unclear recordings of days that are just too far apart for one read', async () => {
		const [click] = cake.account.freshClicks(1);
		const items = [7, 1].map((days) => {
			const date = new Date(Date.now() - days * DAY_MS).toISOString();
			return sale(click, { orderId: `WEEK-${days}`, date });
		});
		const run = await recordUnclearly(['resetAfter', 'resetAfter'], parameters, items);
		expect(run.items.map(({ json }) => json.order_id)).toEqual(items.map((item) => item.orderId));
		expect(cake.sent('query')).toHaveLength(2);
	});
});

it.each<[string, (date: string) => string]>([
	['a space before the time', (date) => date.replace('T', ' ').replace('Z', '')],
	['a fraction of the second', (date) => date.replace('Z', '.437Z')],
	['a zone of its own', (date) => date.replace('Z', '+00:00')],
])('finds an unclear recording in a list that writes dates with %s', async (_form, write) => {
	cake.sandbox.replyNext('query', ({ proceed }) => {
		const body = proceed() as { conversions: IDataObject[] };
		const conversions = body.conversions.map((row) => ({
			...row,
			conversion_date: write(String(row.conversion_date)),
		}));
		return { body: { ...body, conversions } };
	});
	const additionalFields = { orderId: 'ORDER-DATED', conversionDate: formatNow() };
	const run = await recordUnclearly(['resetAfter'], { ...fromItems, additionalFields }, [
		sale(cake.account.freshClicks(1)[0]),
	]);
	const { conversion_date: shown } = run.items[0].json;
	expect(summarize(run)).toEqual({ conversions: [expect.any(Number)], failures: [] });
	expect(shown).toBe(write(String(shown).replace(' ', 'T').slice(0, 19) + 'Z'));
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
