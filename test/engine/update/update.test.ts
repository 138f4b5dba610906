import { useCake } from '../../support/cake.mts';

const cake = useCake();

describe('Update Conversion', () => {
	it('sets a status with a note, and gives CAKE’s own conversion', async () => {
		const { conversionId } = cake.account.addConversion({ status: 'approved' });
		const run = await cake.update({
			conversionId: String(conversionId),
			status: 'rejected',
			note: 'Duplicate order ID – "Ä" & more',
		});
		expect(run.items).toEqual([
			{
				json: { conversion_id: conversionId, conversion_status: 'rejected' },
				pairedItem: { item: 0 },
			},
		]);
		expect(cake.account.conversions.get(conversionId)).toMatchObject({
			status: 'rejected',
			notes: ['Duplicate order ID – "Ä" & more'],
		});
		expect(cake.sandbox.log).toMatchObject([
			{ method: 'POST', path: '/api/2/update_conversion.json' },
		]);
		expect(cake.sent()).toEqual([
			{ conversion_id: conversionId, status: 'rejected', note: 'Duplicate order ID – "Ä" & more' },
		]);
	});

	it.each(['approved', 'pending', 'rejected'])('sets status %s without a note', async (status) => {
		const { conversionId } = cake.account.addConversion();
		const run = await cake.update({ conversionId, status, note: '' });
		expect(run.items[0].json.conversion_status).toBe(status);
		expect(cake.sent()).toEqual([{ conversion_id: conversionId, status }]);
	});

	it('reads the values of an update from expressions, as text and as numbers', async () => {
		const rows = [1, 2].map(() => cake.account.addConversion());
		const run = await cake.update(
			{
				conversionId: '={{ $json.id }}',
				status: '={{ $json.to }}',
				note: '={{ $json.why }}',
			},
			{
				items: [
					{ id: rows[0].conversionId, to: 'Rejected', why: 404 },
					{ id: ` ${rows[1].conversionId} `, to: 'approved', why: null },
				],
			},
		);
		expect(run.items.map(({ json, pairedItem }) => [json.conversion_id, pairedItem])).toEqual([
			[rows[0].conversionId, { item: 0 }],
			[rows[1].conversionId, { item: 1 }],
		]);
		const sent = new Map(cake.sent().map(({ conversion_id: id, ...rest }) => [id, rest]));
		expect(sent.get(rows[0].conversionId)).toEqual({ status: 'rejected', note: '404' });
		expect(sent.get(rows[1].conversionId)).toEqual({ status: 'approved' });
	});

	it('changes one conversion in the order of its items', async () => {
		const { conversionId } = cake.account.addConversion();
		const statuses = ['rejected', 'pending', 'approved', 'rejected', 'pending'];
		const items = statuses.map((status) => ({ status }));
		await cake.update({ conversionId, status: '={{ $json.status }}' }, { items });
		expect(cake.sent().map(({ status }) => status)).toEqual(statuses);
		expect(cake.sandbox.counters.maxInFlight).toBe(1);
		expect(cake.account.conversions.get(conversionId)?.status).toBe('pending');
	});

	it('holds back the next change of a conversion while one waits for its next try', async () => {
		const { conversionId } = cake.account.addConversion();
		cake.sandbox.failNext('unavailable', { endpoint: 'update' });
		const run = await cake.update(
			{ conversionId, status: '={{ $json.status }}', options: { retries: 1 } },
			{ items: [{ status: 'approved' }, { status: 'rejected' }] },
		);
		expect(run.status).toBe('success');
		const sent = cake.sent('update').map(({ status }) => status);
		expect(sent).toEqual(['approved', 'approved', 'rejected']);
	});

	it('changes different conversions side by side, up to Max Concurrent', async () => {
		const items = Array.from({ length: 12 }, () => {
			return { id: cake.account.addConversion().conversionId };
		});
		const parameters = { conversionId: '={{ $json.id }}', status: 'approved' };
		await cake.update({ ...parameters, options: { maxConcurrent: 3 } }, { items });
		expect(cake.sandbox.counters.maxInFlight).toBeLessThanOrEqual(3);
		expect(cake.sandbox.counters.updated).toBe(12);
	});

	it('reports a conversion that CAKE does not know', async () => {
		const run = await cake.update({ conversionId: '12', status: 'rejected' });
		expect(run.error).toMatchObject({
			name: 'NodeApiError',
			message: 'CAKE refused the change',
			description: expect.stringContaining('Conversion Not Found: 12') as string,
		});
	});

	it('does not accept a reply about another conversion or another status', async () => {
		for (const other of [
			{ conversion_id: 1, conversion_status: 'rejected' },
			{ conversion_id: 4456789, conversion_status: 'approved' },
		]) {
			cake.sandbox.replyNext('update', () => ({
				body: { request_status: 'Success', conversion: other },
			}));
			const run = await cake.update({ conversionId: 4456789, status: 'rejected' });
			expect(run.error?.message).toBe('CAKE is not answering properly');
		}
	});
});
