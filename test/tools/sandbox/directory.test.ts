import { type DirectoryForm, type Sandbox, startSandbox } from '../../../sandbox/server.mts';
import { SandboxClient } from '../../support/sandbox-client.mts';

let sandbox: Sandbox;
let client: SandboxClient;

beforeEach(async () => {
	sandbox = await startSandbox();
	client = new SandboxClient(sandbox);
});
afterEach(async () => await sandbox.close());

const list = (name: string, parameters = {}) => client.get(`/api/2/${name}.json`, parameters);
const form = (changes: Partial<DirectoryForm>) => Object.assign(sandbox.directory, changes);

describe('the lists of names', () => {
	it('serves each in the form of its article, the first 25 rows', async () => {
		const offers = (await list('offers')).json;
		expect(offers).toMatchObject({ request_status: 'Success', total_rows: 42 });
		expect(offers.offers).toHaveLength(25);
		expect((offers.offers as object[])[0]).toEqual({
			offer: {
				offer_id: 12001,
				offer_name: 'Home Solar Quote - US',
				offer_status: 'active',
				advertiser_id: 301,
				payout: 38,
				revenue: 61.5,
			},
		});
		const { json } = await list('affiliates', { row_limit: 500 });
		expect(json.affiliates).toHaveLength(120);
		expect((json.affiliates as object[])[0]).toMatchObject({ affiliate_id: 67801 });
		expect((await list('advertisers')).json).toMatchObject({ total_records: 15 });
		expect(sandbox.log.map(({ result }) => result)).toEqual(['named', 'named', 'named']);
	});

	it('filters by ID, and affiliates and advertisers by a part of the name', async () => {
		expect((await list('offers', { offer_id: 12002 })).json.offers).toHaveLength(1);
		expect((await list('advertisers', { advertiser_name: 'SOLAR' })).json.advertisers).toEqual([
			{ advertiser_id: 309, advertiser_name: 'Verdant Home Solar', advertiser_status: 'active' },
		]);
		expect((await list('affiliates', { affiliate_name: 'nobody' })).json.affiliates).toEqual([]);
	});

	it('serves the other generation: wrapped rows, in envelopes, from row 1, capped at 25', async () => {
		form({ envelope: ['response', 'data'], wrapped: ['affiliates'], firstRow: 1 });
		form({ maxRowsPerPage: 25 });
		const { json } = await list('affiliates', { start_at_row: 25, row_limit: 500 });
		const { data } = json.response as { data: { affiliates: object[]; total_rows: number } };
		expect([data.affiliates.length, data.total_rows]).toEqual([25, 120]);
		expect(data.affiliates[0]).toMatchObject({ affiliate: { affiliate_id: 67825 } });
		const flat = (await list('offers', { row_limit: 1 })).json.response as { data: object };
		expect(flat.data).toMatchObject({ offers: [{ offer_id: 12001 }] });
	});

	it('refuses its lists, and plays an account without them', async () => {
		form({ access: 'refused' });
		expect((await list('offers')).json).toEqual({
			request_status: 'Error',
			message: 'You do not have permission to use this resource',
		});
		form({ access: 'absent' });
		const { status, text } = await list('offers');
		expect([status, text.slice(0, 15)]).toEqual([404, '<!DOCTYPE html>']);
		expect((await client.query()).json.request_status).toBe('Success');
	});

	it('sends a list late', async () => {
		form({ latencyMs: 60_000 });
		const reply = list('offers');
		const lost = expect(reply).rejects.toThrow();
		expect((await client.query()).status).toBe(200);
		expect(sandbox.log.map(({ endpoint, answered }) => [endpoint, answered])).toContainEqual([
			'query',
			true,
		]);
		await sandbox.close();
		await lost;
	});

	it('counts a parameter that the articles do not name', async () => {
		await list('offers', { offer_name: 'Solar' });
		await list('affiliates', { row_limit: 501 });
		expect(sandbox.counters.refusedParameters).toMatchObject([
			{ endpoint: 'offers', parameter: 'offer_name', reason: 'unknown' },
			{ endpoint: 'affiliates', parameter: 'row_limit', reason: 'outOfRange' },
		]);
	});
});
