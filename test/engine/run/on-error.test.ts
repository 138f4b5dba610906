import type { IDataObject } from 'n8n-workflow';
import type { FaultKind } from '../../../sandbox/server.mts';
import { DETAILS, useCake } from '../../support/cake.mts';

const cake = useCake();
const once = { maxConcurrent: 1 };

describe('On Error that continues', () => {
	const refused = {
		error: 'CAKE refused the change',
		[DETAILS]: {
			kind: 'refused',
			reason:
				'CAKE says: "Conversion Not Found: 7". Correct the values of this item, or leave it out.',
		},
	};
	const items = () => [
		{ id: cake.account.addConversion().conversionId, name: 'first' },
		{ id: 7, name: 'second' },
		{ id: cake.account.addConversion().conversionId, name: 'third' },
	];
	const parameters = { conversionId: '={{ $json.id }}', status: 'pending' };

	it('puts a failed item with error and details in its place among the others', async () => {
		const run = await cake.update(parameters, {
			items: items(),
			onError: 'continueRegularOutput',
		});
		expect(run.status).toBe('success');
		expect(run.items[1]).toEqual({ json: refused, pairedItem: { item: 1 } });
		expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2].map((item) => ({ item })),
		);
		expect(run.passedOn).toEqual({ items: 3, errorItems: 0 });
	});

	it.each([
		['an expression with a slip in it', { conversionId: '={{ $json.( }}', status: 'pending' }],
		['an operation this node does not know', { ...parameters, operation: 'recordd' }],
	])('fails every item because of %s', async (_, given) => {
		const run = await cake.update(given, { items: items(), onError: 'continueErrorOutput' });
		expect(run.passedOn).toEqual({ items: 0, errorItems: 3 });
		expect(cake.requests).toBe(0);
	});

	it('sends a failed item by the error branch, where n8n adds its input', async () => {
		const run = await cake.update(parameters, { items: items(), onError: 'continueErrorOutput' });
		expect(run.passedOn).toEqual({ items: 2, errorItems: 1 });
		expect(run.errorItems).toEqual([
			{ json: { id: 7, name: 'second', ...refused }, pairedItem: { item: 1 } },
		]);
		expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
	});

	it.each([
		['wrongKey', 'unauthorized'],
		['throttle', 'throttled'],
		['unavailable', 'unavailable'],
		['redirect', 'refused'],
	] as Array<[FaultKind, string]>)('gives the fault %s the kind %s', async (fault, kind) => {
		cake.sandbox.failNext(fault);
		const run = await cake.update(parameters, {
			items: [{ id: 9 }],
			onError: 'continueErrorOutput',
		});
		expect(run.errorItems).toEqual([
			{
				json: {
					id: 9,
					error: expect.any(String) as string,
					[DETAILS]: { kind, reason: expect.any(String) as string },
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('sends nothing more after CAKE refuses the key', async () => {
		cake.sandbox.replyNext('update', ({ proceed }) => ({ body: proceed() }));
		cake.sandbox.replyNext('update', () => ({ status: 401, body: '' }));
		const run = await cake.update(
			{ ...parameters, options: once },
			{
				items: [...items(), ...items()],
				onError: 'continueErrorOutput',
			},
		);
		expect(cake.requests).toBe(2);
		expect(run.passedOn).toEqual({ items: 1, errorItems: 5 });
		const details = run.errorItems.map(({ json }) => json[DETAILS] as IDataObject);
		expect(details.map(({ kind }) => kind)).toEqual(Array(5).fill('unauthorized'));
		expect(details[1].reason).toContain('This item was not sent');
		expect(run.credentialReads).toBe(1);
	});

	it('sends nothing more after a firewall’s HTTP 403 to one item, and quotes the firewall', async () => {
		const body = '<html><body><h1>Sorry, you have been blocked</h1></body></html>';
		cake.sandbox.replyNext('update', ({ proceed }) => ({ body: proceed() }));
		cake.sandbox.replyNext('update', () => ({ status: 403, body }));
		const run = await cake.update(
			{ ...parameters, options: { ...once, retries: 3 } },
			{ items: items(), onError: 'continueErrorOutput' },
		);
		expect(cake.requests).toBe(2);
		expect(run.passedOn).toEqual({ items: 1, errorItems: 2 });
		for (const item of run.errorItems) {
			const { kind, reason } = item.json[DETAILS] as IDataObject;
			expect(kind).toBe('unauthorized');
			expect(reason).toContain('HTTP 403. CAKE says: "Sorry, you have been blocked".');
		}
	});

	it('fails every item when the host cannot be reached', async () => {
		const run = await cake.update(
			{ ...parameters, options: once },
			{
				items: items(),
				credential: { baseUrl: 'http://127.0.0.1:1', apiKey: 'key' },
				onError: 'continueErrorOutput',
			},
		);
		expect(run.errorItems.map(({ json }) => (json[DETAILS] as IDataObject).kind)).toEqual(
			Array(3).fill('notSent'),
		);
	});

	// If the node itself threw, n8n would pass the input on as if it had succeeded.
	it.each([
		['a read-only credential', { readOnly: true }],
		['a Base URL that is none', { baseUrl: 'https://user@acme.com' }],
		['an empty key', { apiKey: ' ' }],
	])('fails every item with %s', async (_name, credential) => {
		for (const onError of ['continueErrorOutput', 'continueRegularOutput'] as const) {
			const settings = { credential: { ...cake.credential, ...credential }, onError };
			const run = await cake.record({}, { ...settings, items: [{ deal: 1 }, { deal: 2 }] });
			const failed = [...run.items, ...run.errorItems].filter(({ json }) => 'error' in json);
			expect(failed).toHaveLength(2);
			if (onError === 'continueErrorOutput') expect(run.passedOn.items).toBe(0);
		}
		expect(cake.requests).toBe(0);
	});

	it('fails an item whose Options cannot be used', async () => {
		const run = await cake.record({ options: { timeout: -1 } }, { onError: 'continueErrorOutput' });
		expect(run.passedOn).toEqual({ items: 0, errorItems: 1 });
	});

	it('fails only the item whose expression throws', async () => {
		const [first, second] = cake.account.freshClicks(2);
		const run = await cake.record(
			{
				clickId: '={{ $json.bad ? $("Nowhere").item.json.x : $json.clickId }}',
				offerId: '={{ $json.offerId }}',
			},
			{ items: [{ ...first }, { ...second, bad: true }], onError: 'continueErrorOutput' },
		);
		expect(run.passedOn).toEqual({ items: 1, errorItems: 1 });
	});
});
