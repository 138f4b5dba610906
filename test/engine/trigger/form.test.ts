import type { INodeParameters, INodeProperties } from 'n8n-workflow';
import { useCake } from '../../support/cake.mts';
import { packageDirectory, supports } from '../../../harness/engine/n8n.mts';
import { loadPackage } from '../../../harness/engine/nodes.mts';
import { listIds, Poller, type PollerOptions } from '../../../harness/engine/poller.mts';
import type { Status } from '../../../sandbox/server.mts';

interface PollError extends Error {
	description?: string;
	failure?: { cause: string };
}

const cake = useCake({ rows: 400 });
const add = (status: Status = 'rejected', more = {}) =>
	cake.account.addConversion({ status, ...more }).conversionId;
const pollerFor = (parameters: INodeParameters = {}, more: Partial<PollerOptions> = {}) =>
	new Poller({ credential: cake.credential, parameters, isDurable: true, ...more });
const tick = async (poller: Poller) => listIds(await poller.tick());

describe('the trigger node', () => {
	it('is a polling trigger with one output and no input, and no tool', async () => {
		const type = (await loadPackage(packageDirectory)).getNode(
			'n8n-nodes-cake.cakeConversionsTrigger',
		);
		const { description } = type as Extract<typeof type, { poll?: unknown }>;
		expect(description).toMatchObject({
			displayName: 'CAKE Conversions Trigger',
			name: 'cakeConversionsTrigger',
			group: ['trigger'],
			version: 1,
			polling: true,
			inputs: [],
			outputs: ['main'],
			credentials: [{ name: 'cakeApi', required: true }],
		});
		expect(description.usableAsTool).toBeUndefined();
		const properties: INodeProperties[] = description.properties;
		// n8n puts the times of the polls before the node's own fields.
		const own = properties.filter(({ name }) => name !== 'pollTimes');
		expect(own.map(({ name }) => name)).toEqual([
			'event',
			'statuses',
			'notice',
			'filters',
			'options',
		]);
		expect(own[0].displayName).toBe('Trigger On');
		expect(own[1]).toMatchObject({ default: ['rejected'], displayOptions: { show: {} } });
	});
});

describe('a field that cannot be used', () => {
	it.each([
		['no status', { statuses: [] }, "'Statuses' is empty"],
		['an unknown status', { statuses: ['reversed'] }, "'Statuses'"],
		['statuses that come out empty', { statuses: '={{ [] }}' }, "'Statuses' is empty"],
		['statuses that come out as nothing', { statuses: '={{ undefined }}' }, "'Statuses'"],
		['an empty filter', { filters: { offerId: '' } }, "'Offer' came out empty"],
		['an emptied filter', { filters: { offerId: '={{ "" }}' } }, "'Offer' came out empty"],
		[
			'an undefined filter',
			{ filters: { affiliateId: '={{ undefined }}' } },
			"'Affiliate' came out",
		],
		['a null filter', { filters: { advertiserId: '={{ null }}' } }, "'Advertiser' came out empty"],
		['a filter of words', { filters: { offerId: 'shoes' } }, "'Offer' is not a whole number"],
		['a look-back of 0 days', { options: { lookBackDays: 0 } }, "'Look Back Days'"],
		['a look-back over a year', { options: { lookBackDays: 366 } }, "'Look Back Days'"],
		['a look-back of 1.5 days', { options: { lookBackDays: 1.5 } }, "'Look Back Days'"],
	])('refuses %s by the name of its field, and sends nothing', async (_, parameters, message) => {
		const poller = pollerFor(parameters);
		for (const work of [() => poller.activate(), () => poller.test()]) {
			const error = await work().then(
				() => undefined,
				(thrown: unknown) => thrown as PollError,
			);
			expect(error?.message).toContain(message);
			expect(error?.name).toBe('NodeOperationError');
			expect(error?.description).toMatch(
				/Accepted: |At least one status|One of |Check the expression|^This field is required\./,
			);
			if (supports('failure')) expect(error?.failure?.cause).toBe('configuration-invalid');
		}
		expect(cake.requests).toBe(0);
		expect(poller.memory).toBeUndefined();
	});

	it('refuses a Base URL without https, and does not show the key', async () => {
		const credential = { baseUrl: 'http://yourdomain.cakemarketing.com', apiKey: 'secret-key' };
		const error = await pollerFor({}, { credential })
			.activate()
			.then(
				() => undefined,
				(thrown: unknown) => thrown as PollError,
			);
		expect(error?.message).toContain("'Base URL' of the CAKE credential");
		expect(error?.message).not.toContain('secret-key');
		if (supports('failure')) expect(error?.failure?.cause).toBe('credential-invalid');
	});
});

describe('the trigger with a read-only credential', () => {
	it('polls with a read-only credential, since it only reads', async () => {
		const credential = { ...cake.credential, readOnly: true };
		const poller = await pollerFor({}, { credential }).publish();
		const id = add();
		expect(await tick(poller)).toEqual([id]);
	});
});

describe('a test in the editor', () => {
	it.each([true, false])('shows the five newest in a test (durable: %s)', async (isDurable) => {
		const now = cake.account.now();
		for (const minutes of [2, 9, 4, 1, 7, 3]) add('rejected', { at: now - minutes * 60_000 });
		const newest = [...cake.account.conversions.values()]
			.filter(({ status }) => status === 'rejected')
			.sort((a, b) => b.at - a.at || b.conversionId - a.conversionId)
			.map(({ conversionId }) => conversionId)
			.slice(0, 5);
		const poller = pollerFor({}, { isDurable });
		expect(listIds(await poller.test())).toEqual(newest);
	});

	it('leaves memory unchanged in a manual test, before and after publishing', async () => {
		const poller = pollerFor();
		await poller.test();
		expect(poller.memory).toBeUndefined();
		await poller.publish();
		const id = add();
		const { memory } = poller;
		expect(listIds(await poller.test())[0]).toBe(id);
		expect(poller.memory).toEqual(memory);
		expect(await tick(poller)).toEqual([id]);
	});

	it('shows only conversions of the chosen status in a manual test', async () => {
		const rows = await pollerFor({ statuses: ['pending'] }).test();
		expect(rows.map((row) => row.conversion_status)).toEqual(Array(5).fill('pending'));
	});

	it('shows the only conversion that there is', async () => {
		const { offerId } = cake.account.addOffer();
		const id = add('rejected', { offerId });
		expect(listIds(await pollerFor({ filters: { offerId } }).test())).toEqual([id]);
	});

	it('names the statuses, days and filters of a manual test that finds nothing', async () => {
		const { offerId } = cake.account.addOffer();
		const statuses = ['rejected', 'pending'];
		const filters = { offerId, affiliateId: '77' };
		const error = await pollerFor({ statuses, filters, options: { lookBackDays: 3 } })
			.test()
			.then(
				() => undefined,
				(thrown: unknown) => thrown as PollError,
			);
		const day = (days: number) =>
			new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
		expect(error?.message).toBe('No conversion was found to show as an example');
		expect(error?.description).toContain(
			`Looked for pending or rejected conversions from ${day(-3)} to ${day(2)}, Affiliate 77, Offer ${offerId}.`,
		);
		expect(error?.description).toContain('Once published, the trigger still notices what comes.');
	});
});

describe('a form that was changed', () => {
	const [offer, other] = [12001, 12002];
	it.each<[string, INodeParameters, INodeParameters]>([
		['the event', { event: 'statusChange' }, { event: 'new' }],
		['a filter added', {}, { filters: { offerId: offer } }],
		['a filter changed', { filters: { offerId: offer } }, { filters: { offerId: other } }],
		['a filter removed', { filters: { offerId: offer } }, {}],
	])('announces nothing old after a change of the form (%s)', async (_, before, after) => {
		const poller = await pollerFor(before, { isDurable: false }).publish();
		for (const status of ['rejected', 'pending'] as const) {
			for (const offerId of [offer, other]) add(status, { offerId });
		}
		poller.change(after);
		expect(await poller.activate()).toEqual([]);
		expect(poller.log.join()).toContain(
			'info CAKE Conversions Trigger: what it watches was changed',
		);
		const offerId = (after.filters as INodeParameters | undefined)?.offerId ?? offer;
		const id = add('pending', { offerId });
		cake.account.setStatus(id, 'rejected');
		expect(await tick(poller)).toEqual([id]);
	});

	it('announces nothing old of a status that is added, and goes on with the others', async () => {
		const poller = await pollerFor({ statuses: ['rejected'] }, { isDurable: false }).publish();
		add('pending');
		const rejected = add('rejected');
		poller.change({ statuses: ['rejected', 'pending'] });
		expect(listIds(await poller.activate())).toEqual([rejected]);
		const pending = add('pending');
		expect(await tick(poller)).toEqual([pending]);
	});

	it('goes on with the other statuses when one is removed', async () => {
		const before = { statuses: ['rejected', 'pending'] };
		const poller = await pollerFor(before, { isDurable: false }).publish();
		add('rejected');
		const pending = add('pending');
		poller.change({ statuses: ['pending'] });
		expect(listIds(await poller.activate())).toEqual([pending]);
		// Added again, the status starts afresh: earlier rejections are not announced.
		poller.change(before);
		expect(await poller.activate()).toEqual([]);
		const rejected = add('rejected');
		expect(await tick(poller)).toEqual([rejected]);
	});

	it.each<[string, INodeParameters, INodeParameters]>([
		[
			'in the order of its statuses',
			{ statuses: ['rejected', 'pending'] },
			{ statuses: ['pending', 'rejected'] },
		],
		[
			'in how an ID is written',
			{ filters: { offerId: 12001 } },
			{ filters: { offerId: '12001 ' } },
		],
		[
			'in a field that is hidden',
			{ event: 'new', statuses: ['rejected'] },
			{ event: 'new', statuses: ['pending'] },
		],
	])('announces as before when the form differs only %s', async (_, before, after) => {
		const poller = await pollerFor(before, { isDurable: false }).publish();
		const id = add('rejected', { offerId: 12001 });
		poller.change(after);
		expect(listIds(await poller.activate())).toEqual([id]);
	});

	it('announces nothing old after a change to another account', async () => {
		const poller = await pollerFor({}, { isDurable: false }).publish();
		const { memory } = poller;
		const elsewhere = pollerFor(
			{},
			{
				isDurable: false,
				credential: {
					...cake.credential,
					baseUrl: cake.credential.baseUrl.replace('127.0.0.1', 'localhost'),
				},
			},
		);
		elsewhere.memory = memory;
		add();
		expect(await elsewhere.activate()).toEqual([]);
		expect(elsewhere.log.join()).toContain('what it watches was changed');
	});
});

describe('memory that cannot be used', () => {
	const good = async () => {
		const poller = await pollerFor().publish();
		return poller.memory as Record<string, unknown>;
	};
	const lists = (memory: Record<string, unknown>) =>
		memory.lists as Record<string, { seenIds: string; missingIds: string }>;

	it.each<[string, (memory: Record<string, unknown>) => unknown, string]>([
		[
			'IDs in another form',
			(memory) => {
				const { seenIds, missingIds } = lists(memory).rejected;
				return { ...memory, lists: { rejected: { seenIds: `${seenIds}=`, missingIds } } };
			},
			'is not in a form it knows',
		],
		['a newer version', (memory) => ({ ...memory, version: 2 }), 'was written by a newer version'],
		['no lists', (memory) => ({ ...memory, lists: undefined }), 'is not in a form it knows'],
		['text', () => 'rubbish', 'is not in a form it knows'],
		['a list', () => [1, 2], 'is not in a form it knows'],
		['a counter out of range', (memory) => ({ ...memory, counter: 1e300 }), 'is not in a form'],
		[
			'the largest counter',
			(memory) => ({ ...memory, counter: 2 ** 53 - 1, from: 'x' }),
			'is not in',
		],
	])(
		'warns once of unusable memory (%s), announces nothing old, and goes on',
		async (_, damage, words) => {
			for (const isDurable of [true, false]) {
				const poller = pollerFor({}, { isDurable });
				poller.memory = damage(await good());
				await poller.publish();
				expect(poller.announced).toEqual([]);
				const warnings = poller.log.filter((line) => line.startsWith('warn'));
				expect(warnings[0]).toContain(
					`CAKE Conversions Trigger: the memory of this trigger ${words}`,
				);
				expect(warnings[0]).toContain(
					'It remembers what is in CAKE now, and starts the workflow for what comes next',
				);
				for (let round = 0; round < 3; round++) {
					const id = add();
					expect(await tick(poller)).toEqual([id]);
				}
				expect(poller.log.filter((line) => line.startsWith('warn'))).toHaveLength(warnings.length);
				// With durable cursors n8n saves nothing of publishing, so the first tick warns again.
				expect(warnings).toHaveLength(isDurable ? 2 : 1);
			}
		},
	);

	it('replaces unusable memory once when polls overlap', async () => {
		const poller = pollerFor({}, { isDurable: false });
		poller.memory = { ...(await good()), from: '' };
		await poller.activate();
		const id = add();
		const found = await Promise.all([tick(poller), tick(poller)]);
		expect(found.flat()).toEqual([id]);
	});
});

describe('an event', () => {
	it.each(['foo', 'constructor', ''])(
		'refuses the unknown event %p by the name of its field',
		async (event) => {
			const parameters = { event, statuses: ['rejected'] };
			const poller = pollerFor(parameters);
			await expect(poller.activate()).rejects.toThrow(/^'Trigger On'/);
			expect(cake.requests).toBe(0);
		},
	);
});
