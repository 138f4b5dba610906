import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { useCake, whereIs } from '../../support/cake.mts';
import { getDetails } from '../../support/sales.mts';

const cake = useCake({ rows: 20 });
const dryRun = { options: { dryRun: true } };
const readOnly = () => ({ credential: { ...cake.credential, readOnly: true } });
const writes = () => {
	const { record, update } = cake.sandbox.counters.byEndpoint;
	return record + update;
};

describe('a dry run', () => {
	it('shows the request of a Record dry run, and sends none', async () => {
		const [{ clickId, offerId }] = cake.account.freshClicks(1);
		const values = {
			clickId,
			offerId: String(offerId),
			uniqueId: 'TXN-1',
			additionalFields: { payout: '5.00', orderId: 77, conversionDate: '2024-01-31' },
		};
		const run = await cake.record({ ...values, ...dryRun });
		expect(run.items).toEqual([
			{
				json: {
					dry_run: true,
					method: 'GET',
					path: '/api/2/conversion.json',
					parameters: {
						click_id: clickId,
						offer_id: offerId,
						payout: '5.00',
						conversion_date: '2024-01-31T12:00:00Z',
						unique_id: 'TXN-1',
						order_id: '77',
					},
				},
				pairedItem: { item: 0 },
			},
		]);
		expect([cake.requests, whereIs(cake.sandbox.apiKey, run)]).toEqual([0, []]);
		expect(run.hints).toMatchObject([
			{
				type: 'info',
				message:
					'Dry Run is on: nothing was recorded or changed. CAKE has not checked these requests. It checks clicks, offers and IDs only when they are sent.',
			},
			{ message: expect.stringContaining('more than a year ago') as string },
		]);
		// Without Dry Run, the same request goes out.
		await cake.record(values);
		const [sent] = cake.sent('record');
		expect(sent).toEqual({
			...(run.items[0].json.parameters as IDataObject),
			offer_id: String(offerId),
		});
		expect(cake.sandbox.log[0]).toMatchObject({ method: 'GET', path: '/api/2/conversion.json' });
	});

	it('shows the request of an Update dry run, and sends none', async () => {
		const run = await cake.update({ conversionId: '12', status: 'rejected', note: 'N', ...dryRun });
		expect(run.items[0].json).toEqual({
			dry_run: true,
			method: 'POST',
			path: '/api/2/update_conversion.json',
			parameters: { conversion_id: 12, status: 'rejected', note: 'N' },
		});
		expect([cake.requests, run.hints.length]).toEqual([0, 1]);
	});

	it('shows the change of every item in a dry run by order ID, and the status in the list', async () => {
		const row = cake.account.addConversion({ orderId: 'DRY-1', status: 'approved' });
		const items = ['rejected', 'rejected', 'approved'].map((status) => ({ status }));
		const parameters = { findBy: 'orderId', orderId: 'DRY-1', filters: { offerId: row.offerId } };
		const run = await cake.update(
			{ ...parameters, status: '={{ $json.status }}', ...dryRun },
			{ items },
		);
		const previewed = (before: string, after: string) => ({
			dry_run: true,
			conversion_id: row.conversionId,
			order_id: 'DRY-1',
			previous_status: before,
			conversion_status: after,
		});
		const request = (status: string) => ({
			method: 'POST',
			path: '/api/2/update_conversion.json',
			parameters: { conversion_id: row.conversionId, status },
		});
		expect(run.items.map(({ json }) => json)).toMatchObject([
			{ ...previewed('approved', 'rejected'), ...request('rejected') },
			{ ...previewed('approved', 'rejected'), ...request('rejected') },
			{ ...previewed('approved', 'approved'), ...request('approved') },
		]);
		expect([writes(), cake.requests, row.status]).toEqual([0, 1, 'approved']);
	});

	it('fails a dry run for a bad value, a missing Unique ID and an unknown order', async () => {
		const bad = await cake.record({ offerId: 'x', ...dryRun });
		expect(bad.error?.message).toBe("'Offer' is not a whole number");
		const retried = await cake.record(dryRun, { retryOnFail: true, maxTries: 2 });
		expect(retried.error?.message).toContain('is needed while Retry On Fail is on');
		const items = ['DRY-2', 'DRY-NONE'].map((order) => ({ order }));
		cake.account.addConversion({ orderId: 'DRY-2' });
		const parameters = { findBy: 'orderId', orderId: '={{ $json.order }}', status: 'rejected' };
		const run = await cake.update(
			{ ...parameters, ...dryRun },
			{ items, onError: 'continueErrorOutput' },
		);
		expect(run.passedOn).toEqual({ items: 1, errorItems: 1 });
		expect(getDetails(run.errorItems[0]).kind).toBe('notFound');
		expect(writes()).toBe(0);
	});

	it('sends only the items without Dry Run when an expression sets it', async () => {
		const row = cake.account.addConversion({ orderId: 'DRY-3', status: 'approved' });
		const items = [
			{ dry: true, to: 'rejected' },
			{ dry: 'false', to: 'rejected' },
			{ dry: 'TRUE', to: 'rejected' },
			{ dry: false, to: 'pending' },
		];
		const run = await cake.update(
			{
				findBy: 'orderId',
				orderId: 'DRY-3',
				status: '={{ $json.to }}',
				options: { dryRun: '={{ $json.dry }}' },
			},
			{ items },
		);
		const shown = run.items.map(({ json }) => [
			json.dry_run ?? false,
			json.previous_status,
			json.conversion_status,
			'method' in json,
		]);
		expect(shown).toEqual([
			[true, 'approved', 'rejected', true],
			[false, 'approved', 'rejected', false],
			[true, 'approved', 'rejected', true],
			[false, 'approved', 'pending', false],
		]);
		expect(cake.sent('update').map(({ status }) => status)).toEqual(['rejected', 'pending']);
		expect(row.status).toBe('pending');
		expect(run.hints[0].message).toContain('Dry Run is on for 2 of 4 items:');
	});

	it('does not count a dry run as a recording of its Unique ID', async () => {
		const [{ clickId, offerId }] = cake.account.freshClicks(1);
		const additionalFields = { orderId: 'ORD-DRY' };
		const parameters = { clickId, offerId, uniqueId: 'TXN-DRY', additionalFields };
		await cake.record(parameters);
		const run = await cake.record(
			{ ...parameters, options: { dryRun: '={{ $json.dry }}' } },
			{ items: [{ dry: true }, { dry: false }] },
		);
		expect(run.items[1].json).toMatchObject({
			already_recorded: true,
			conversion_id: cake.account.withUniqueId('TXN-DRY')?.conversionId,
		});
	});

	it.each(['={{ $json.none }}', '={{ "" }}', '={{ "yes" }}', '={{ 1 }}', '={{ {} }}'])(
		'refuses a Dry Run that is neither on nor off (%s), since CAKE would record the sale',
		async (value) => {
			const run = await cake.record({ options: { dryRun: value } });
			expect(run.error?.message).toMatch(/^'Dry Run' (came out empty|is neither true nor false)$/);
			expect(cake.requests).toBe(0);
		},
	);

	it('counts no dry run as stored when a run stops', async () => {
		cake.sandbox.replyNext('update', () => ({ status: 422, body: '' }));
		const run = await cake.update(
			{
				conversionId: 12,
				status: 'pending',
				options: { dryRun: '={{ $json.dry }}', maxConcurrent: 1 },
			},
			{ items: [{ dry: true }, { dry: false }, { dry: false }] },
		);
		expect(run.error?.description).toContain(
			'Of 3 items: 0 stored, 1 failed (1), 1 dry run only (0), 1 not sent (2).',
		);
	});

	it('ignores Dry Run in a query', async () => {
		const run = await cake.query(dryRun);
		expect([run.items.length > 0, run.hints]).toEqual([true, []]);
	});
});

describe('a read-only credential', () => {
	const byOrder = { findBy: 'orderId', orderId: 'RO-1', status: 'rejected' };
	const UPDATES: Array<[string, INodeParameters]> = [
		['by conversion ID', { conversionId: 12, status: 'rejected' }],
		['by order ID', byOrder],
	];

	it.each(UPDATES)('refuses an update %s with a read-only credential', async (_, parameters) => {
		const run = await cake.update(parameters, readOnly());
		expect(run.error?.message).toBe('This CAKE credential is read-only');
		expect(run.error?.description).toMatch(
			/^Nothing was sent\. .*turn 'Read Only' off in the credential.*'Dry Run' under Options/,
		);
		expect(cake.requests).toBe(0);
	});

	it('allows a dry run with a read-only credential, and reads for it', async () => {
		cake.account.addConversion({ orderId: 'RO-1', status: 'approved' });
		const recorded = await cake.record(dryRun, readOnly());
		const updated = await cake.update({ ...byOrder, ...dryRun }, readOnly());
		expect([recorded.items[0].json.dry_run, updated.items[0].json.dry_run]).toEqual([true, true]);
		expect([writes(), cake.requests]).toEqual([0, 1]);
	});

	it('refuses all items with a read-only credential when one is no dry run', async () => {
		const options = { dryRun: '={{ $json.dry }}' };
		const settings = { ...readOnly(), items: [{ dry: true }, { dry: false }] };
		const run = await cake.record({ options }, { ...settings, onError: 'continueErrorOutput' });
		expect(run.errorItems.map((item) => getDetails(item).kind)).toEqual(
			Array(2).fill('notConfigured'),
		);
		expect(cake.requests).toBe(0);
	});
});
