import { listIds, Poller, type PollerOptions } from '../../../harness/engine/poller.mts';
import { useCake } from '../../support/cake.mts';

const cake = useCake();
const NAMES = { offer_name: 'Home Solar Quote - US', affiliate_name: 'Amber Media' };

afterEach(() => {
	cake.sandbox.directory.access = 'served';
});

const add = () =>
	cake.account.addConversion({ status: 'rejected', offerId: 12001, affiliateId: 67801 })
		.conversionId;
const countLists = () => {
	const { offers, affiliates, advertisers } = cake.sandbox.counters.byEndpoint;
	return offers + affiliates + advertisers;
};
const pollerFor = (more: Partial<PollerOptions> = {}) =>
	new Poller({ credential: cake.credential, parameters: { options: { addNames: true } }, ...more });

describe('Add Names in the trigger', () => {
	it('announces conversions with names, and asks only when it announces any', async () => {
		const poller = await pollerFor().publish();
		expect(await poller.tick()).toEqual([]);
		expect(countLists()).toBe(0);
		const id = add();
		expect(await poller.tick()).toMatchObject([{ conversion_id: id, ...NAMES }]);
		expect(countLists()).toBe(2);
		expect(await poller.tick()).toEqual([]);
		expect(countLists()).toBe(2);
	});

	it('adds no names without the option', async () => {
		const poller = await pollerFor({ parameters: {} }).publish();
		add();
		const [row] = await poller.tick();
		expect(row).not.toHaveProperty('offer_name');
		expect(countLists()).toBe(0);
	});

	it('shows names in a test', async () => {
		add();
		expect((await pollerFor().test())[0]).toMatchObject(NAMES);
	});

	it('keeps its memory when the option is added', async () => {
		const poller = await pollerFor({ parameters: {} }).publish();
		const id = add();
		poller.change({ options: { addNames: true } });
		expect(listIds(await poller.activate())).toEqual([id]);
	});

	it.each(['absent', 'refused'] as const)(
		'announces without names and warns in the log when the lists are %s',
		async (access) => {
			const poller = await pollerFor().publish();
			cake.sandbox.directory.access = access;
			const id = add();
			const [row] = await poller.tick();
			expect(row.conversion_id).toBe(id);
			expect(row).not.toHaveProperty('offer_name');
			expect(poller.log.join('\n')).toMatch(
				/warn CAKE Conversions Trigger: 'Add Names' is on, but CAKE gave no full list of .* and /,
			);
			expect(poller.log.join('\n')).not.toContain(cake.sandbox.apiKey);
		},
	);

	it('announces once when a poll that waits for names is overtaken by another', async () => {
		const poller = await pollerFor({ budgetMs: 1_500 }).publish();
		const id = add();
		cake.sandbox.failNext('hang', { endpoint: 'offers' });
		const both = await Promise.all([poller.tick(), poller.tick()]);
		expect(both.flatMap(listIds)).toEqual([id]);
		expect(await poller.tick()).toEqual([]);
	});

	it('announces all once when n8n is killed while a poll waits for names', async () => {
		const poller = await pollerFor({ budgetMs: 1_500, isDurable: false }).publish();
		const first = add();
		const isAsked = new Promise<void>((resolve) => {
			cake.sandbox.replyNext('offers', () => {
				resolve();
				return { body: 'late', dripMs: 60_000 };
			});
		});
		const waiting = poller.tick();
		await isAsked;
		const second = add();
		const found = listIds(await poller.tick());
		await poller.restart();
		expect(await waiting).toEqual([]);
		await poller.tick();
		expect(listIds(poller.announced).sort()).toEqual([first, second].sort());
		expect(found.sort()).toEqual([first, second].sort());
	});

	it('announces in the time of a poll when the names do not come', async () => {
		const poller = await pollerFor({ budgetMs: 1_500 }).publish();
		const id = add();
		cake.sandbox.failNext('hang', { endpoint: 'offers', times: 2 });
		const [row] = await poller.tick();
		expect(row).toMatchObject({ conversion_id: id, affiliate_name: NAMES.affiliate_name });
		expect(poller.log.join('\n')).toMatch(/^warn.*no full list of offers/m);
	});
});
