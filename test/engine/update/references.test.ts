import type { Conversion } from '../../../sandbox/server.mts';
import { useCake } from '../../support/cake.mts';
import { supports } from '../../../harness/engine/n8n.mts';
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
	it.each(['orderId', 'clickId'])(
		'does not update a conversion whose %s differs in case, but names it',
		async (findBy) => {
			const near = { orderId: 'aB-Order', clickId: 'aB-Click' }[findBy] as string;
			const row = addApproved({ [findBy]: near });
			const run = await cake.update(
				{ findBy, [findBy]: near.toUpperCase(), status: 'rejected' },
				branch,
			);
			expect(summarize(run)).toEqual({ conversions: [], failures: ['notFound'] });
			expect(getDetails(run.errorItems[0]).reason).toContain(near);
			expect([cake.sent('update'), row.status]).toEqual([[], 'approved']);
		},
	);

	it('tells two conversions apart whose order IDs differ in case alone', async () => {
		const [lower, upper] = [addApproved({ orderId: 'so-7x' }), addApproved({ orderId: 'SO-7X' })];
		const run = await rejectOrder('SO-7X');
		expect(summarize(run)).toEqual({ conversions: [upper.conversionId], failures: [] });
		expect([lower.status, upper.status]).toEqual(['approved', 'rejected']);
	});

	it.each([
		['NFC', 'NFD'],
		['NFD', 'NFC'],
	])('finds an order ID that CAKE has in Unicode %s and the item in %s', async (listed, given) => {
		const orderId = `Café ${listed}`;
		const row = addApproved({ orderId: orderId.normalize(listed) });
		const run = await rejectOrder(orderId.normalize(given));
		expect(summarize(run)).toEqual({ conversions: [row.conversionId], failures: [] });
	});

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

describe('a status', () => {
	it('does not update a conversion when no status was chosen', async () => {
		const row = addApproved({});
		const run = await cake.update({ conversionId: row.conversionId });
		const message = supports('namedIssues')
			? 'Parameter "Status" is required'
			: 'The workflow has issues';
		expect(run.error?.message).toContain(message);
		expect([cake.requests, row.status]).toEqual([0, 'approved']);
	});

	it.each(['={{ "" }}', '={{ null }}', '={{ $json.missing }}'])(
		'does not update a conversion when an expression leaves its status empty: %s',
		async (status) => {
			const { conversionId } = addApproved({});
			const run = await cake.update({ conversionId, status });
			expect(run.error?.message).toMatch(/^'Status' is empty/);
			expect(cake.requests).toBe(0);
		},
	);

	it('sends a status that the list had already but CAKE changed since', async () => {
		const first = addApproved({ orderId: 'FIRST' });
		const second = cake.account.addConversion({ orderId: 'SECOND', status: 'rejected' });
		cake.sandbox.replyNext('update', ({ proceed }) => {
			cake.account.setStatus(second.conversionId, 'approved');
			return { body: proceed() };
		});
		const run = await cake.update(
			{
				findBy: 'orderId',
				orderId: '={{ $json.order }}',
				status: 'rejected',
				options: { maxConcurrent: 1 },
			},
			{ items: [{ order: 'FIRST' }, { order: 'SECOND' }] },
		);
		expect(run.items.map(({ json }) => json.previous_status)).toEqual(['approved', 'rejected']);
		expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
	});
});
