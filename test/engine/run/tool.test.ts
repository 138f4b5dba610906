import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { ConversionEndpoint } from '../../../sandbox/server.mts';
import { DETAILS, useCake } from '../../support/cake.mts';
import type { RunOptions } from '../../../harness/engine/engine.mts';

const cake = useCake();
const type = 'n8n-nodes-cake.cakeConversionsTool';

/** Calls the tool once, as an AI agent does. `given` fills the fields left to the model. */
async function call(
	operation: ConversionEndpoint,
	parameters: INodeParameters,
	given: IDataObject = {},
	settings: Partial<RunOptions> = {},
) {
	return await cake.run(operation, parameters, { type, items: [given], ...settings });
}

const toRecord = {
	clickId: "={{ $fromAI('click_id') }}",
	offerId: "={{ $fromAI('offer_id') }}",
	uniqueId: "={{ $fromAI('unique_id') }}",
	additionalFields: { payout: "={{ $fromAI('payout') }}", orderId: "={{ $fromAI('order_id') }}" },
};

/** Makes a sale as a model gives it: numbers as text, and an unknown value as empty text. */
function sale(uniqueId: string): IDataObject {
	const [{ clickId, offerId }] = cake.account.freshClicks(1);
	return {
		click_id: clickId,
		offer_id: String(offerId),
		unique_id: uniqueId,
		payout: '12.50',
		order_id: '',
	};
}

const getDetails = ({ json }: { json: IDataObject }) => json[DETAILS] as IDataObject;

describe('Record and Update as tools of an AI agent', () => {
	it('records once when an agent calls twice, with numbers as text', async () => {
		const given = { ...sale('AI-1'), order_id: 'ORD-AI-1' };
		const [first] = (await call('record', toRecord, given)).items;
		const [again] = (await call('record', toRecord, given)).items;
		const id = first.json.conversion_id as number;
		expect(cake.account.conversions.get(id)).toMatchObject({ payout: 12.5, uniqueId: 'AI-1' });
		expect(again.json).toMatchObject({ conversion_id: id, already_recorded: true });
		expect(first.json.already_recorded).toBe(false);
		expect(cake.sandbox.counters.stored).toBe(1);
	});

	it('adds no hint about fields that an agent leaves empty', async () => {
		const { items } = await call('record', toRecord, { ...sale('AI-0'), order_id: '' });
		expect(items).toHaveLength(1);
	});

	it.each([
		['left out by the model', { unique_id: undefined }, {}],
		['empty', { unique_id: ' ' }, {}],
		['not on the form', {}, { uniqueId: '' }],
	])('demands a Unique ID from an agent that records: %s', async (_name, given, parameters) => {
		const run = await call('record', { ...toRecord, ...parameters }, { ...sale('AI-2'), ...given });
		expect(run.status).toBe('success');
		expect(run.items).toHaveLength(1);
		expect(run.items[0].json.error).toBe("'Unique ID' is needed when an AI agent records");
		expect(getDetails(run.items[0])).toEqual({
			kind: 'invalidValue',
			reason: expect.stringMatching(
				/such as the deal ID.*Nothing was sent\. Correct the value and call again/,
			) as string,
		});
		expect(cake.requests).toBe(0);
	});

	it.each(['Unique ID was not accepted', 'Sale is known'])(
		'tells an agent never to send a refused sale under another Unique ID (CAKE says: %s)',
		async (message) => {
			const reply = { request_status: 'Error', message };
			cake.sandbox.replyNext('record', () => ({ status: 200, body: JSON.stringify(reply) }));
			const { items } = await call('record', toRecord, sale('AI-4'));
			const { kind, reason } = getDetails(items[0]);
			expect(kind).toBe('refused');
			expect(reason).toContain(message);
			expect(reason).toMatch(/same Unique ID\. Never call for this sale with another Unique ID/);
		},
	);

	it('tells an agent not to call again after an unclear recording', async () => {
		cake.sandbox.failNext('resetAfter');
		const run = await call('record', toRecord, sale('AI-3'));
		const { kind, reason, conversion_ids: ids } = getDetails(run.items[0]);
		expect(kind).toBe('unknownOutcome');
		expect(reason).toMatch(/Do not call this tool again for this sale/);
		expect(reason).not.toMatch(/is safe/);
		const [stored] = [...cake.account.conversions.values()].slice(-1);
		expect(ids).toEqual([stored.conversionId]);
		expect(reason).toContain(String(stored.conversionId));
	});

	it('says in a workflow that sending an unclear recording again is safe', async () => {
		cake.sandbox.failNext('resetAfter');
		const run = await cake.record({ uniqueId: 'AI-4' }, { onError: 'continueRegularOutput' });
		expect(getDetails(run.items[0]).reason).toMatch(/you can send it again with the same one/);
	});

	it('changes a status for an agent, and gives the reason when there is no such conversion', async () => {
		const { conversionId } = cake.account.addConversion();
		const toUpdate = {
			conversionId: "={{ $fromAI('conversion_id') }}",
			status: "={{ $fromAI('status') }}",
			note: "={{ $fromAI('note') }}",
		};
		const done = await call('update', toUpdate, {
			conversion_id: String(conversionId),
			status: 'Rejected',
			note: '',
		});
		expect(done.items.map(({ json }) => json.conversion_status)).toEqual(['rejected']);
		const failed = await call('update', toUpdate, { conversion_id: 7, status: 'approved' });
		expect(failed.status).toBe('success');
		expect(getDetails(failed.items[0])).toMatchObject({
			kind: 'refused',
			reason: expect.stringMatching(/Conversion Not Found: 7.*Correct the values/) as string,
		});
		const odd = await call('update', toUpdate, { conversion_id: conversionId, status: 'paid' });
		expect(getDetails(odd.items[0]).reason).toMatch(/One of .*approved.*Nothing was sent/);
	});

	it.each(['record', 'update'] as const)(
		'refuses to %s for an agent with a read-only credential before any request',
		async (operation) => {
			const toReject = { conversionId: 1, status: 'rejected' };
			const parameters = operation === 'record' ? toRecord : toReject;
			const run = await call(operation, parameters, sale('AI-5'), {
				credential: { ...cake.credential, readOnly: true },
			});
			expect(run.status).toBe('success');
			expect(run.items[0].json.error).toBe('This CAKE credential is read-only');
			expect(getDetails(run.items[0])).toMatchObject({
				kind: 'notConfigured',
				reason: expect.stringMatching(
					/^Nothing was sent\..*'Read Only' off.*Calling again does not help: tell the user\.$/,
				) as string,
			});
			expect(cake.requests).toBe(0);
		},
	);
});

describe('Query as a tool of an AI agent', () => {
	const toQuery = {
		filters: { offerId: "={{ $fromAI('offer_id') }}" },
		returnAll: "={{ $fromAI('all') }}",
		limit: "={{ $fromAI('limit') }}",
	};
	let offer: number;

	beforeAll(() => {
		offer = cake.account.addConversion().offerId;
		cake.account.addConversion({ offerId: offer });
		cake.account.addConversion({ offerId: offer });
	});

	it('gives an agent the rows of its filter, and accepts text for numbers and for true', async () => {
		const given = { offer_id: String(offer), all: 'true', limit: '' };
		const { items } = await call('query', toQuery, given);
		const held = [...cake.account.conversions.values()].filter(({ offerId }) => offerId === offer);
		expect(items).toHaveLength(held.length);
		expect(items.every(({ json }) => json.offer_id === offer)).toBe(true);
	});

	it('tells an agent in a last item that CAKE has more rows than the limit', async () => {
		const { items } = await call('query', toQuery, { offer_id: offer, all: false, limit: '2' });
		expect(items).toHaveLength(3);
		expect(items[2]).toEqual({
			json: {
				hint: expect.stringMatching(/^CAKE has \d+ conversions.*first 2 were read/) as string,
			},
			pairedItem: { item: 0 },
		});
	});

	it('reads a switch that the model leaves empty as off', async () => {
		const { items } = await call('query', toQuery, { offer_id: offer, all: '', limit: 2 });
		expect(items.filter(({ json }) => 'conversion_id' in json)).toHaveLength(2);
	});

	it('tells an agent that there are no rows, since n8n would give it an empty text', async () => {
		const given = { offer_id: 987654, all: true, limit: 1 };
		const { items } = await call('query', toQuery, given);
		expect(items).toEqual([
			{
				json: {
					hint: expect.stringMatching(
						/^CAKE has no conversions from .*, Offer 987654\. If /,
					) as string,
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('adds no hint item to the output of a workflow', async () => {
		const { items, hints } = await cake.query({ filters: { offerId: offer }, limit: 2 });
		expect(items).toHaveLength(2);
		expect(hints).toHaveLength(1);
		expect((await cake.query({ filters: { offerId: 987654 } })).items).toEqual([]);
	});

	it.each([
		['a filter that the model leaves empty', { offer_id: '', all: true }, "'Offer' came out empty"],
		['a switch that is neither', { all: 'perhaps' }, "'Return All' is neither true nor false"],
		['a limit in words', { all: 'false', limit: 'ten' }, /'Limit' is not a whole number/],
	])('refuses %s from an agent, and sends nothing', async (_name, given, message) => {
		const run = await call('query', toQuery, { offer_id: offer, limit: 5, ...given });
		expect(run.items).toHaveLength(1);
		expect(run.items[0].json.error).toMatch(message);
		expect(getDetails(run.items[0]).reason).toContain('Nothing was sent.');
		expect(cake.requests).toBe(0);
	});

	it('names the date ranges to a model that gives an unknown one', async () => {
		const parameters = { dateRange: "={{ $fromAI('range') }}" };
		const run = await call('query', parameters, { range: 'last week' });
		expect(getDetails(run.items[0]).reason).toMatch(/One of custom, today, yesterday/);
		expect((await call('query', parameters, { range: 'today' })).status).toBe('success');
	});
});
