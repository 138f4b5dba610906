import { searchList, type ListSearch } from '../../../harness/engine/list-search.mts';
import { useCake } from '../../support/cake.mts';

const ACTION = 'n8n-nodes-cake.cakeConversions';
const TRIGGER = 'n8n-nodes-cake.cakeConversionsTrigger';
const cake = useCake();

afterEach(() => {
	Object.assign(cake.sandbox.directory, {
		...{ access: 'served', envelope: [], wrapped: ['offers'], firstRow: 0, maxRowsPerPage: 500 },
	});
});

const search = async (path: string, filter?: string, more: Partial<ListSearch> = {}) =>
	await searchList({
		type: ACTION,
		path,
		credential: cake.credential,
		...(filter !== undefined && { filter }),
		...more,
	});

interface ListError extends Error {
	description?: string;
}

const failSearch = async (...given: Parameters<typeof search>) =>
	await search(...given).then(
		() => {
			throw new Error('The search found a list');
		},
		(error: unknown) => error as ListError,
	);

describe('From List', () => {
	it.each([
		[ACTION, 'offerId', 42, { name: 'Home Solar Quote - US (12001)', value: 12001 }],
		[ACTION, 'filters.offerId', 42, { name: 'Heat Pump Survey - IE (12009)', value: 12009 }],
		[ACTION, 'filters.affiliateId', 120, { name: 'Amber Media (67801)', value: 67801 }],
		[ACTION, 'filters.advertiserId', 15, { name: 'Kite Payroll (315)', value: 315 }],
		[TRIGGER, 'filters.offerId', 42, { name: 'Wine Box Subscription - FR (12037)', value: 12037 }],
		[TRIGGER, 'filters.affiliateId', 120, { name: 'Bright Media (67802)', value: 67802 }],
		[TRIGGER, 'filters.advertiserId', 15, { name: 'Kite Payroll (315)', value: 315 }],
	])('lists for %s %s all %i names with their numbers, by name', async (type, path, count, one) => {
		const { results } = await search(path, undefined, { type });
		expect(results).toHaveLength(count);
		expect(results).toContainEqual(one);
		const names = results.map(({ name }) => name);
		expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
	});

	it.each([
		['in the form of the articles', {}],
		['in pages of 25', { maxRowsPerPage: 25 }],
		['in pages of 25 from row 1', { maxRowsPerPage: 25, firstRow: 1 as const }],
		[
			'in the other generation',
			{ envelope: ['response'], wrapped: ['affiliates', 'advertisers'] as const },
		],
		['in two envelopes', { envelope: ['response', 'data'], firstRow: 1 as const }],
	])('reads the lists %s', async (_, form) => {
		Object.assign(cake.sandbox.directory, form);
		for (const [path, count] of [
			['filters.offerId', 42],
			['filters.affiliateId', 120],
			['filters.advertiserId', 15],
		] as const) {
			expect((await search(path)).results).toHaveLength(count);
		}
	});

	it('finds a part of a name in any case, and the beginning of a number', async () => {
		const names = async (path: string, filter: string) =>
			(await search(path, filter)).results.map(({ value }) => value);
		expect(await names('offerId', ' SOLAR')).toEqual([12001]);
		expect(await names('offerId', '1204')).toEqual([12040, 12042, 12041]);
		expect(await names('filters.affiliateId', 'amber d')).toEqual([67841]);
		expect(await names('filters.affiliateId', '67841')).toEqual([67841]);
		expect(await names('filters.advertiserId', 'no such name')).toEqual([]);
		const asked = cake.sent().map(({ affiliate_name: name }) => name);
		expect(asked).toContain('amber d');
		expect(asked).not.toContain('67841');
	});

	it('filters itself what CAKE did not filter', async () => {
		const affiliates = ['Amber Media', 'Bright Reach'].map((name, index) => {
			return { affiliate_id: index + 1, affiliate_name: name };
		});
		const body = { request_status: 'Success', affiliates };
		cake.sandbox.replyNext('affiliates', () => ({ body }), { times: 2 });
		const { results } = await search('filters.affiliateId', 'bright');
		expect(results).toEqual([{ name: 'Bright Reach (2)', value: 2 }]);
	});

	it('works with a read-only credential', async () => {
		const credential = { ...cake.credential, readOnly: true };
		expect((await search('offerId', 'solar', { credential })).results).toHaveLength(1);
	});
});

describe('From List without a list', () => {
	it.each([
		['absent', 'CAKE has no such list at this address (HTTP 404).'],
		['refused', 'CAKE says: "You do not have permission to use this resource".'],
	] as const)(
		'advises to enter the number when the lists are %s, and says why',
		async (access, reason) => {
			cake.sandbox.directory.access = access;
			const { message, description } = await failSearch('filters.affiliateId');
			expect(message).toBe('CAKE gave no list of affiliates');
			expect(description).toBe(`Choose By ID and enter the number. ${reason}`);
			expect(cake.requests).toBe(1);
		},
	);

	it('tries once more when CAKE does not answer properly', async () => {
		cake.sandbox.failNext('html');
		expect((await search('offerId', 'solar')).results).toHaveLength(1);
		cake.sandbox.failNext('html', { times: 2 });
		const { message } = await failSearch('offerId');
		expect(message).toBe('CAKE gave no list of offers');
	});

	it('does not say that there is no such name when it could not read them all', async () => {
		cake.sandbox.directory.maxRowsPerPage = 25;
		cake.sandbox.replyNext('offers', ({ proceed }) => ({ body: proceed() }));
		cake.sandbox.failNext('wrongKey');
		const { description } = await failSearch('offerId', 'Cloud Phone');
		expect(description).toContain('The list could not be read completely.');
		cake.sandbox.replyNext('offers', ({ proceed }) => ({ body: proceed() }));
		cake.sandbox.failNext('wrongKey');
		expect((await search('offerId', 'Home Solar')).results).toHaveLength(1);
	});

	it('shows the key nowhere, not even when CAKE echoes it', async () => {
		cake.sandbox.failNext('echo');
		const error = await failSearch('offerId');
		expect(error.description).toContain('Could not process the request');
		expect(`${error.message} ${error.description} ${JSON.stringify(error)}`).not.toContain(
			cake.sandbox.apiKey,
		);
	});
});
