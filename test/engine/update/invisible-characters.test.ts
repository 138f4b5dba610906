import type { Conversion } from '../../../sandbox/server.mts';
import { useCake } from '../../support/cake.mts';
import { summarize } from '../../support/outcomes.mts';
import { getDetails } from '../../support/sales.mts';

const cake = useCake();
const branch = { onError: 'continueErrorOutput' } as const;

const addApproved = (given: Partial<Conversion>) =>
	cake.account.addConversion({ status: 'approved', ...given });

/** Rejects the conversion of an order. */
const rejectOrder = async (orderId: string) =>
	await cake.update({ findBy: 'orderId', orderId, status: 'rejected' }, branch);

describe('an order or click ID', () => {
	it('finds an order ID that ends in an invisible character', async () => {
		const row = addApproved({ orderId: 'SO-1063' });
		const run = await rejectOrder('SO-1063\u200b');
		expect(summarize(run)).toEqual({ conversions: [row.conversionId], failures: [] });
	});

	it('shows an invisible character inside an order ID that it did not find', async () => {
		addApproved({ orderId: 'SO-1064' });
		const run = await rejectOrder('SO-10\u200b64');
		expect(summarize(run)).toEqual({ conversions: [], failures: ['notFound'] });
		expect(getDetails(run.errorItems[0]).reason).toContain('SO-10\\u200b64');
	});

	it.each(['null', 'undefined', 'N/A', '[object Object]'])(
		'refuses the order ID %s, which an expression without a value gives',
		async (orderId) => {
			const row = addApproved({ orderId });
			const run = await cake.update({ findBy: 'orderId', orderId, status: 'rejected' });
			expect(run.error?.message).toMatch(/^'Order ID' came out empty/);
			expect([cake.requests, row.status]).toEqual([0, 'approved']);
		},
	);
});
