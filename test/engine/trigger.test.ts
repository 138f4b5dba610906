import { Poller } from '../support/poller.mts';
import { useCake } from '../support/cake.mts';

describe('CAKE Conversions Trigger', () => {
	const cake = useCake({ rows: 400 });
	const ids = (rows: Array<Record<string, unknown>>) => rows.map((row) => row.conversion_id);

	it.each([true, false])('announces a rejection once (durable: %s)', async (isDurable) => {
		const poller = new Poller({ credential: cake.credential, isDurable });
		expect(await poller.activate()).toEqual([]);
		const { conversionId } = cake.account.addConversion({ status: 'approved' });
		expect(await poller.tick()).toEqual([]);
		cake.account.setStatus(conversionId, 'rejected');
		expect(ids(await poller.tick())).toEqual([conversionId]);
		expect(await poller.tick()).toEqual([]);
		expect(await poller.restart()).toEqual([]);
		expect(poller.announced).toHaveLength(1);
	});

	it('shows the five newest in the editor', async () => {
		const poller = new Poller({ credential: cake.credential });
		expect(await poller.test()).toHaveLength(5);
		expect(poller.memory).toBeUndefined();
	});
});
