import type { IDataObject } from 'n8n-workflow';
import { useCake } from '../../support/cake.mts';
import { listWarnings } from '../../support/outcomes.mts';
import { getDetails } from '../../support/sales.mts';

const branch = { onError: 'continueErrorOutput' } as const;

describe('a list without a total', () => {
	const silent = useCake({ rows: 30, days: 5, total: 'absent', maxRowsPerPage: 7 });
	/** Sends the same page for every request. */
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

	it('does not update a conversion from a list whose end was not seen', async () => {
		const run = await endless.update(
			{ findBy: 'orderId', orderId: 'SAME', status: 'rejected' },
			branch,
		);
		expect(run.passedOn).toEqual({ items: 0, errorItems: 1 });
		const { kind, reason } = getDetails(run.errorItems[0]);
		expect(kind).toBe('unavailable');
		expect(reason).toMatch(
			/^\d+ conversions were read from [\d-]+ to [\d-]+\. Nothing was changed\. Try again, [^.]*'Search Days'[^.]*\.$/,
		);
		expect(endless.sent('update')).toEqual([]);
	});

	it('warns when it gives the rows of a list whose end was not seen', async () => {
		const run = await endless.query({ returnAll: true });
		expect(run.items.map(({ json }) => json)).toEqual(rows);
		expect(listWarnings(run)).toHaveLength(1);
	});

	it('reads a list without a total to its end without a warning', async () => {
		const run = await silent.query({ returnAll: true });
		expect([run.items.length, listWarnings(run)]).toEqual([30, []]);
	});
});
