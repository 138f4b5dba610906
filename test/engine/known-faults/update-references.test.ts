import type { IDataObject } from 'n8n-workflow';
import type { Conversion } from '../../../sandbox/server.mts';
import { useCake } from '../../support/cake.mts';
import { listWarnings, summarize } from '../../support/outcomes.mts';
import { detailsOf } from '../../support/sales.mts';

const cake = useCake();
const branch = { onError: 'continueErrorOutput' } as const;

const addApproved = (given: Partial<Conversion>) =>
	cake.account.addConversion({ status: 'approved', ...given });

/** Rejects the conversion of an order. */
const rejectOrder = async (orderId: string) =>
	await cake.update({ findBy: 'orderId', orderId, status: 'rejected' }, branch);

describe('an order or click ID', () => {
	it.failing('finds an order ID that ends in an invisible character', async () => {
		const row = addApproved({ orderId: 'SO-1063' });
		const run = await rejectOrder('SO-1063\u200b');
		expect(summarize(run)).toEqual({ conversions: [row.conversionId], failures: [] });
	});

	it.failing('shows an invisible character inside an order ID that it did not find', async () => {
		addApproved({ orderId: 'SO-1064' });
		const run = await rejectOrder('SO-10\u200b64');
		expect(summarize(run)).toEqual({ conversions: [], failures: ['notFound'] });
		expect(detailsOf(run.errorItems[0]).reason).toContain('SO-10\\u200b64');
	});

	it.failing.each(['null', 'undefined', 'N/A', '[object Object]'])(
		'refuses the order ID %s, which an expression without a value gives',
		async (orderId) => {
			const row = addApproved({ orderId });
			const run = await cake.update({ findBy: 'orderId', orderId, status: 'rejected' });
			expect(run.error?.message).toMatch(/^'Order ID' came out empty/);
			expect([cake.requests, row.status]).toEqual([0, 'approved']);
		},
	);
});

describe('a list without a total', () => {
	const silent = useCake({ rows: 30, days: 5, total: 'absent', maxRowsPerPage: 7 });
	/** Sends the same page, whatever row is asked for. */
	const endless = useCake();
	let rows: IDataObject[];

	beforeAll(() => {
		rows = ['SAME', 'OTHER'].map((orderId) => {
			const { conversionId, clickId, offerId } = endless.account.addConversion({ orderId });
			return {
				conversion_id: conversionId,
				click_id: clickId,
				offer_id: offerId,
				order_id: orderId,
				conversion_status: 'approved',
			};
		});
		const body = { request_status: 'Success', conversions: rows };
		endless.sandbox.replyNext('query', () => ({ body }), { times: Infinity });
	});

	it.failing('does not update a conversion from a list whose end was not seen', async () => {
		const run = await endless.update(
			{ findBy: 'orderId', orderId: 'SAME', status: 'rejected' },
			branch,
		);
		expect(run.passedOn).toEqual({ items: 0, errorItems: 1 });
		expect(endless.sent('update')).toEqual([]);
	});

	it.failing('warns beside the rows of a list whose end was not seen', async () => {
		const run = await endless.query({ returnAll: true });
		expect(run.items.map(({ json }) => json)).toEqual(rows);
		expect(listWarnings(run)).toHaveLength(1);
	});

	it('reads a list without a total to its end without a warning', async () => {
		const run = await silent.query({ returnAll: true });
		expect([run.items.length, listWarnings(run)]).toEqual([30, []]);
	});
});
